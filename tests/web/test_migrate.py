"""Migrations: up, down, up again, no drift, and the guards that come with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from content import audit
from content.db import Database
from content.errors import ConfigurationError
from content.models.guards import GUARDS
from tests import postgres
from tests.factories import NOW
from web import migrate

OLD_ORDER = (
    "INSERT INTO unit (id, slug, name, kind, valid_from, self_approval)"
    " VALUES (1, 'ha-dinh', 'Hạ Đình', 'ward', '2025-07-01', false)",
    'INSERT INTO "user" (id, login, name, password_hash, active, epoch, created_at)'
    " VALUES (1, 'an', 'An', '-', true, 0, '2026-11-22')",
    "INSERT INTO bulletin (id, unit_id, created_by, created_at) VALUES (1, 1, 1, '2026-11-22')",
    "INSERT INTO broadcast_order VALUES (7, 1, 'normal', '2026-11-23', '2026-11-23', '1', 1, '[]', 1,"
    " '2026-11-22', NULL, NULL)",
    "INSERT INTO order_unit VALUES (7, 1)",
)
OLD_STATION = (
    "INSERT INTO unit (id, slug, name, kind, valid_from, self_approval)"
    " VALUES (1, 'ha-dinh', 'Hạ Đình', 'ward', '2025-07-01', false)",
    "INSERT INTO station (name, unit_id, title, created_at, generation, clips_missing)"
    " VALUES ('ha-dinh', 1, 'Hạ Đình', '2026-11-22', 0, '[]')",
)
MANIFEST = text(
    'INSERT INTO manifest (station, generation, payload, sha256, issued_at, "to")'
    " VALUES ('ha-dinh', :generation, '{}', 'x', '2026-11-22', '2026-11-29')"
)
KEPT_ORDER = (
    "SELECT o.id, o.bulletin_id, o.created_by, o.source_id, u.unit_id FROM broadcast_order o"
    " JOIN order_unit u ON u.order_id = o.id WHERE CAST(o.tags AS TEXT) = '[]'"
)


@pytest.fixture(params=postgres.KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give a database without any table."""
    if postgres.is_wanted(request):
        server: postgres.Postgres = request.getfixturevalue("postgres_server")
        with server.bare_database() as bare:
            yield bare
        return
    made = Database.open(f"sqlite:///{tmp_path / 'loaphuong.db'}")
    yield made
    made.dispose()


def guards(database: Database) -> set[str]:
    """Return table and name of every trigger of ours."""
    one = "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    other = "SELECT relname, tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal"
    with database.reading() as session:
        query = one if database.engine.dialect.name == "sqlite" else other
        return {f"{table}: {name}" for table, name in session.execute(text(query))}


def expected_guards(database: Database) -> set[str]:
    """Return what `guards` finds when every one stands: SQLite needs a trigger for each verb."""
    verbs = ("_update", "_delete") if database.engine.dialect.name == "sqlite" else ("",)
    return {f"{table}: guard_{table}{verb}" for table in GUARDS for verb in verbs}


def dangling(database: Database) -> list[object]:
    """Return references to rows that are not there; only SQLite can be brought to have any."""
    if database.engine.dialect.name != "sqlite":
        return []
    with database.reading() as session:
        return list(session.execute(text("PRAGMA foreign_key_check")))


def test_what_is_migrated_is_what_the_code_declares(empty: Database) -> None:
    migrate.upgrade(empty.engine)
    assert migrate.drift(empty.engine) == []
    migrate.require_newest(empty.engine)


def test_a_missing_table_is_drift(empty: Database) -> None:
    migrate.upgrade(empty.engine)
    with empty.writing() as session:
        session.execute(text("DROP TABLE sign_in_try"))
    assert len(migrate.drift(empty.engine)) > 0


def test_everything_goes_and_comes_back(empty: Database) -> None:
    migrate.upgrade(empty.engine)
    migrate.downgrade(empty.engine, "base")
    assert inspect(empty.engine).get_table_names() == ["alembic_version"]
    assert guards(empty) == set()
    migrate.upgrade(empty.engine)
    assert migrate.drift(empty.engine) == []


def test_an_upgrade_twice_changes_nothing(empty: Database) -> None:
    migrate.upgrade(empty.engine)
    with empty.writing() as session:
        audit.record(session, "test.note", actor="system", subject="x:1", now=NOW)
    migrate.upgrade(empty.engine)
    with empty.reading() as session:
        assert audit.verify(session).lines == 1


def test_an_older_database_is_told_what_to_do(empty: Database) -> None:
    with pytest.raises(ConfigurationError, match="loaphuong db upgrade"):
        migrate.require_newest(empty.engine)


def test_every_guard_stands(empty: Database) -> None:
    migrate.upgrade(empty.engine)
    assert guards(empty) == expected_guards(empty)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_the_log_is_never_altered(empty: Database, statement: str) -> None:
    migrate.upgrade(empty.engine)
    with empty.writing() as session:
        audit.record(session, "test.note", actor="system", subject="x:1", now=NOW)
    with (
        pytest.raises(DBAPIError, match="rows of audit are never altered"),
        empty.writing() as session,
    ):
        session.execute(text(statement))


def test_orders_come_through_a_table_made_anew(empty: Database) -> None:
    migrate.upgrade(empty.engine, "0005")
    with empty.writing() as session:
        for statement in OLD_ORDER:
            session.execute(text(statement))
    migrate.upgrade(empty.engine)
    migrate.downgrade(empty.engine, "0005")
    migrate.upgrade(empty.engine)
    with empty.reading() as session:
        assert session.execute(text(KEPT_ORDER)).all() == [(7, 1, 1, None, 1)]
    assert dangling(empty) == []


def test_manifests_that_were_there_are_numbered_too(empty: Database) -> None:
    migrate.upgrade(empty.engine, "0015")
    with empty.writing() as session:
        for statement in OLD_STATION:
            session.execute(text(statement))
        session.execute(MANIFEST, {"generation": 1})
    migrate.upgrade(empty.engine)
    with empty.writing() as session:
        session.execute(MANIFEST, {"generation": 2})
    with empty.reading() as session:
        numbered = session.execute(text("SELECT generation FROM manifest ORDER BY rowid")).scalars().all()
    assert numbered == [1, 2]
    migrate.downgrade(empty.engine, "0015")
    migrate.upgrade(empty.engine)
    assert migrate.drift(empty.engine) == []
