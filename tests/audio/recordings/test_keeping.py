"""Whose a recording is, and when it is forgotten."""

from __future__ import annotations

import io
import os
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from audio.models import Recording
from audio.recordings import keeping
from audio.recordings.store import Recordings, Taken
from content.db import Database
from tests.audio.recordings.conftest import Sounds
from tests.factories import NOW, make_bulletin, make_unit, make_user

LATER = NOW + keeping.KEPT + timedelta(days=1)


@pytest.fixture
def taken(store: Recordings, sounds: Sounds) -> Taken:
    made = store.take(io.BytesIO(sounds.of("mp3")))
    os.utime(store.open(made.sha256), (NOW.timestamp(), NOW.timestamp()))
    return made


def noted(session: Session, taken: Taken, login: str = "an") -> Recording:
    return keeping.note(session, taken, by=make_user(session, login).id, name="../../etc/x.mp3", now=NOW)


def test_it_is_known_who_gave_what(database: Database, taken: Taken) -> None:
    with database.writing() as session:
        made = noted(session, taken)
        assert (made.sha256, made.media, made.name_shown) == (taken.sha256, "mp3", "x.mp3")
        again = keeping.note(session, taken, by=made.uploaded_by, name="y.mp3", now=LATER)
        assert (again, again.uploaded_at) == (made, NOW)


def test_the_same_bytes_of_two_people_are_two_rows(database: Database, taken: Taken) -> None:
    with database.writing() as session:
        first, second = noted(session, taken), noted(session, taken, "binh")
        assert keeping.behind(session, taken.sha256, {second.uploaded_by}) is second
        assert keeping.behind(session, taken.sha256, ()) is first


def test_what_no_wording_names_is_forgotten_after_a_while(
    database: Database, store: Recordings, taken: Taken
) -> None:
    with database.writing() as session:
        noted(session, taken)
        assert (keeping.clean(session, store, NOW), store.has(taken.sha256)) == (0, True)
        assert (keeping.clean(session, store, LATER), store.has(taken.sha256)) == (1, False)
        assert keeping.behind(session, taken.sha256, ()) is None


def test_what_a_wording_names_stays(database: Database, store: Recordings, taken: Taken) -> None:
    with database.writing() as session:
        made = noted(session, taken)
        bulletin = make_bulletin(session, make_unit(session), made.uploader)
        bulletin.latest.recording_sha256 = taken.sha256
        session.flush()
        assert keeping.bulletins_with(session, taken.sha256) == {bulletin.id}
        assert (keeping.clean(session, store, LATER), store.has(taken.sha256)) == (0, True)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\an\\Ghi âm 1.m4a", "Ghi âm 1.m4a"),
        ("a\x00b\u202egpj.mp3", "a b gpj.mp3"),
        ("..", "bản thu"),
        ("", "bản thu"),
        ("dài" * 100, ("dài" * 100)[:120]),
    ],
)
def test_a_name_is_shown_never_used(name: str, shown: str) -> None:
    assert keeping.shown(name) == shown
