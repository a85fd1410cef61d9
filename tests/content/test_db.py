"""The database: aware instants, transactions, and rows that nobody alters."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from content import audit
from content.db import Database
from content.models.audit import Audit, Setting
from tests.factories import NOW
from web.tables import metadata


def test_instants_come_back_aware_and_in_utc(session: Session) -> None:
    hanoi = datetime(2026, 11, 23, 6, 0, tzinfo=timezone(timedelta(hours=7)))
    session.add(Setting(key="k", value="1", updated_at=hanoi))
    session.flush()
    session.expire_all()
    found = session.get_one(Setting, "k").updated_at
    assert (found, found.tzinfo) == (hanoi, UTC)


def test_a_naive_instant_is_refused(session: Session) -> None:
    session.add(Setting(key="k", value="1", updated_at=datetime(2026, 11, 23)))  # noqa: DTZ001
    with pytest.raises(StatementError):
        session.flush()
    session.rollback()


def test_an_error_rolls_back(database: Database) -> None:
    with pytest.raises(IntegrityError), database.writing() as session:
        session.add_all(Setting(key="k", value="1", updated_at=NOW) for _ in range(2))
    with database.reading() as session:
        assert session.get(Setting, "k") is None


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x'", "DELETE FROM audit"])
def test_what_was_audited_is_never_altered(database: Database, statement: str) -> None:
    with database.writing() as session:
        audit.record(session, "a", actor="b", subject="c:1", now=NOW)
    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(text(statement))
    with database.reading() as session:
        assert session.get_one(Audit, 1).actor == "b"


def test_writers_that_read_first_wait_for_each_other(tmp_path: Path) -> None:
    """Read-then-write transactions of several threads all go through; none finds the file locked."""
    database = Database.open(f"sqlite:///{tmp_path / 'x.db'}")
    metadata.create_all(database.engine)

    def write() -> None:
        for _ in range(5):
            with database.writing() as session:
                audit.record(session, "a", actor="b", subject="c:1", now=NOW)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert audit.verify(session) == audit.AuditVerdict(20)
    database.dispose()
