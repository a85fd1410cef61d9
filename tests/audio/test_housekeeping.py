"""The clip library in order: checked, restored, archived, cleaned."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from audio import housekeeping, rendering
from audio.composing import ClipFacts
from audio.library import Library
from content import bulletins
from tests.factories import NOW, make_approval, make_bulletin, make_unit, make_user

OLD, YOUNG = timedelta(days=31), timedelta(days=29)


def put(library: Library, sound: bytes, *, age: timedelta = OLD) -> str:
    """Keep a sound whose file is so old; return its name."""
    sha256 = library.put(sound)
    made_old(library.path(sha256), age)
    return sha256


def made_old(path: Path, age: timedelta) -> None:
    at = (NOW - age).timestamp()
    os.utime(path, (at, at))


def approve(session: Session, sha256: str) -> None:
    bulletin = make_bulletin(session, make_unit(session), make_user(session), title="Thu gom rác")
    clip = bulletins.ClipFacts(sha256, 10, 1000, "audio/mpeg", "espeak")
    make_approval(session, bulletin, make_user(session, "lanh-dao"), clip=clip)


def finish(session: Session, sha256: str, now: datetime) -> None:
    """Let a render job end in the clip."""
    rendering.request(session, spoken="Mời họp.", title="Thử", programme=None, voices=("hum",), now=now)
    lease = rendering.lease_next(session, "w1", now)
    assert lease
    rendering.finish(session, lease, ClipFacts(sha256, 10, 1000, "audio/mpeg", "hum", -16_000, -1_000), now)


def test_a_walk_tells_what_is_lost_damaged_and_not_archived(library: Library) -> None:
    sound, kept, damaged = (put(library, word) for word in (b"sound", b"kept", b"damaged"))
    library.keep(kept)
    library.path(damaged).write_bytes(b"dAmaged")
    found = housekeeping.check(library, [sound, kept, damaged, "f" * 64])
    assert (found.sound, found.lost, found.damaged) == ((sound, kept), ("f" * 64,), (damaged,))
    assert (found.unarchived, found.whole) == ((sound,), False)


def test_what_the_archive_has_comes_back_and_the_rest_is_named(library: Library) -> None:
    sha256 = put(library, b"sound")
    library.keep(sha256)
    library.path(sha256).unlink()
    assert housekeeping.restore(library, [sha256, "f" * 64]) == ([sha256], ["f" * 64])


def test_the_archive_is_completed_once(library: Library) -> None:
    names = [put(library, b"one"), put(library, b"two"), "f" * 64]
    assert [housekeeping.complete_archive(library, names) for _ in range(2)] == [2, 0]


def test_an_old_clip_that_nothing_names_goes(session: Session, library: Library) -> None:
    sha256 = put(library, b"sound")
    assert housekeeping.clean(session, library, [], NOW) == housekeeping.Cleaned(1, 0, 5)
    assert not library.has(sha256)


def test_an_approved_clip_stays_for_ever(session: Session, library: Library) -> None:
    sha256 = put(library, b"sound", age=timedelta(days=3000))
    approve(session, sha256)
    assert housekeeping.clean(session, library, [], NOW).clips == 0
    assert library.has(sha256)


def test_what_an_airing_names_stays(session: Session, library: Library) -> None:
    sha256 = put(library, b"sound")
    assert housekeeping.clean(session, library, [sha256], NOW).clips == 0


@pytest.mark.parametrize(("age", "clips"), [(YOUNG, 0), (OLD, 1)])
def test_what_a_job_ended_in_stays_for_a_month(
    session: Session, library: Library, age: timedelta, clips: int
) -> None:
    finish(session, put(library, b"sound"), NOW - age)
    assert housekeeping.clean(session, library, [], NOW).clips == clips


def test_a_young_clip_stays(session: Session, library: Library) -> None:
    put(library, b"sound", age=YOUNG)
    assert housekeeping.clean(session, library, [], NOW).clips == 0


@pytest.mark.parametrize(("age", "parts"), [(timedelta(hours=23), 0), (timedelta(hours=25), 1)])
def test_half_written_files_go_after_a_day(
    session: Session, library: Library, age: timedelta, parts: int
) -> None:
    part = library.folder / "ab" / "x.mp3.1234.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    made_old(part, age)
    assert housekeeping.clean(session, library, [], NOW).parts == parts


def test_a_clip_that_was_put_again_is_young_again(session: Session, library: Library) -> None:
    put(library, b"sound")
    library.put(b"sound")
    assert housekeeping.clean(session, library, [], NOW).clips == 0


def test_approved_clips_are_named_by_their_wording(session: Session) -> None:
    approve(session, "a" * 64)
    assert housekeeping.approved(session) == {"a" * 64: "Thu gom rác"}
