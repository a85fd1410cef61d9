"""Writing for many at once: all are kept, one that fails spoils none but itself."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from content.errors import ConflictError
from tests.web.wards import MORNING, make_house
from web.api.writing import Together
from web.house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_house(tmp_path, on_disk=True)


def note(session: Session, key: str) -> str:
    """Keep something, or fail in one of two ways."""
    if key == "conflict":
        raise ConflictError("Không được.")
    if key == "broken":
        session.execute(text("SELECT nothing FROM nowhere"))
    session.execute(
        text("INSERT INTO setting (key, value, updated_at) VALUES (:key, '1', :now)"),
        {"key": key, "now": str(MORNING)},
    )
    return key


@pytest.mark.parametrize("needed", [True, False])
def test_all_who_come_at_once_are_kept_and_answered(house: House, needed: bool) -> None:
    together, gate = Together(needed=needed), threading.Barrier(6)

    def one(key: str) -> str:
        gate.wait()
        try:
            return together.write(house.database, lambda session: note(session, key))
        except (ConflictError, OperationalError) as error:
            return type(error).__name__

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(one, ("a", "conflict", "b", "broken", "c", "d")))
    with house.database.reading() as session:
        kept = session.connection().exec_driver_sql("SELECT key FROM setting ORDER BY key").scalars().all()
    assert told == ["a", "ConflictError", "b", "OperationalError", "c", "d"]
    assert kept == ["a", "b", "c", "d"]


def test_what_was_written_before_an_error_of_ours_stays(house: House) -> None:
    def work(session: Session) -> None:
        note(session, "truoc")
        note(session, "conflict")

    with pytest.raises(ConflictError):
        Together(needed=True).write(house.database, work)
    with house.database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT key FROM setting").scalars().all() == ["truoc"]
