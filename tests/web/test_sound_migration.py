"""The migration of sound over rows that were there before it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from audio.models import Asset, Clip
from content.db import Database
from content.models.bulletin import Bulletin, Revision
from tests.factories import NOW, make_bulletin, make_unit, make_user
from web import migrate

RECIPE = '{"v":1,"sentences":["Mời họp."],"voices":["gtts","espeak"]}'


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Database]:
    """Give a database with a bulletin and a clip, taken back to before the migration."""
    database = Database.open(f"sqlite:///{tmp_path / 'loaphuong.db'}")
    migrate.upgrade(database.engine)
    with database.writing() as session:
        make_bulletin(session, make_unit(session), make_user(session))
        session.add(make_clip())
    migrate.downgrade(database.engine, "0003")
    yield database
    database.dispose()


def make_clip() -> Clip:
    facts = {
        "sha256": "a" * 64,
        "bytes": 10,
        "duration_ms": 10,
        "media_type": "audio/mpeg",
        "voice": "espeak",
    }
    return Clip(**facts, loudness_mlu=-16_000, recipe_sha256="b" * 64, recipe=RECIPE, created_at=NOW)


def test_what_it_made_goes_and_the_rows_stay(older: Database) -> None:
    assert "asset" not in inspect(older.engine).get_table_names()
    with older.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM revision")) == 1
        assert session.scalar(text("SELECT count(*) FROM clip")) == 1


def test_older_rows_get_what_they_meant(older: Database) -> None:
    migrate.upgrade(older.engine)
    with older.reading() as session:
        revision, clip = session.scalars(select(Revision)).one(), session.scalars(select(Clip)).one()
        assert (revision.voice, revision.repeat, revision.internal) == (None, 1, False)
        assert (clip.wanted_voice, clip.timing, clip.peaks) == ("gtts", [], [])
        assert session.scalars(select(Bulletin.kind)).all() == ["bulletin"]
    assert migrate.drift(older.engine) == []


def test_of_openings_of_one_place_the_newest_is_taken_back(older: Database) -> None:
    migrate.upgrade(older.engine)
    with older.writing() as session:
        for _ in range(2):
            session.add(Asset(role="opening", unit_id=1, bulletin_id=1, created_by=1, created_at=NOW))
            session.flush()
    migrate.downgrade(older.engine, "0008")
    with older.reading() as session:
        assert session.scalars(text("SELECT id FROM asset WHERE retired_at IS NULL")).all() == [2]
    migrate.upgrade(older.engine)


@pytest.mark.parametrize("wrong", ["UPDATE revision SET repeat = 4", "UPDATE bulletin SET kind = 'song'"])
def test_the_database_refuses_what_nobody_knows(older: Database, wrong: str) -> None:
    migrate.upgrade(older.engine)
    with pytest.raises(IntegrityError), older.writing() as session:
        session.execute(text(wrong))
