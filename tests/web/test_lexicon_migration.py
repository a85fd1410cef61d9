"""The lexicon's migration over rows that were there before it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, select, text

from content.db import Database
from content.models.bulletin import Revision
from tests.factories import make_bulletin, make_unit, make_user
from web import migrate


def test_a_wording_written_before_has_no_corrections(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'loaphuong.db'}")
    migrate.upgrade(database.engine)
    with database.writing() as session:
        made = make_bulletin(session, make_unit(session), make_user(session))
        made.latest.corrections = {"UBND": "ủy ban"}
    migrate.downgrade(database.engine, "0001")
    assert "lexicon_entry" not in inspect(database.engine).get_table_names()
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM revision")) == 1
    migrate.upgrade(database.engine)
    with database.reading() as session:
        revision = session.scalars(select(Revision)).one()
        assert (revision.corrections, revision.meant) == ({}, [])
    assert migrate.drift(database.engine) == []
    database.dispose()
