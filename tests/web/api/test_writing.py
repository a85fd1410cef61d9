"""Writing for many at once: all are kept, one that fails spoils none but itself."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from content.errors import ConflictError, ForbiddenError, LoaPhuongError
from tests.web.wards import MORNING, make_house
from web.api.writing import Together
from web.house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    return make_house(tmp_path, on_disk=True)


def note(session: Session, keys: Sequence[str]) -> list[str | LoaPhuongError]:
    """Keep some things, or fail in one of three ways."""
    told: list[str | LoaPhuongError] = []
    for key in keys:
        if key == "raised":
            raise ForbiddenError("Không được.")
        if key == "broken":
            session.execute(text("SELECT nothing FROM nowhere"))
        session.execute(
            text("INSERT INTO setting (key, value, updated_at) VALUES (:key, '1', :now)"),
            {"key": key, "now": str(MORNING)},
        )
        told.append(ConflictError("Đã giữ, nhưng không được.") if key == "conflict" else key)
    return told


def kept(house: House) -> list[str]:
    with house.database.reading() as session:
        return list(session.connection().exec_driver_sql("SELECT key FROM setting ORDER BY key").scalars())


def test_all_who_come_at_once_are_kept_and_answered(house: House) -> None:
    together, gate = Together(), threading.Barrier(7)

    def one(key: str) -> str:
        gate.wait()
        try:
            return together.write(house.database, note, key)
        except (LoaPhuongError, OperationalError) as error:
            return type(error).__name__

    with ThreadPoolExecutor(7) as pool:
        told = list(pool.map(one, ("a", "conflict", "b", "broken", "c", "raised", "d")))
    assert told == ["a", "ConflictError", "b", "OperationalError", "c", "ForbiddenError", "d"]
    assert kept(house) == ["a", "b", "c", "conflict", "d"]


def test_those_who_wait_are_written_at_once(house: House) -> None:
    """While the first writes six come; the next of them writes for all."""
    together, at_work, go_on = Together(), threading.Event(), threading.Event()
    seen: list[list[str]] = []

    def work(session: Session, keys: Sequence[str]) -> list[str | LoaPhuongError]:
        seen.append(sorted(keys))
        if keys == ["first"]:
            at_work.set()
            go_on.wait(10)
        return note(session, keys)

    with ThreadPoolExecutor(7) as pool:
        first = pool.submit(together.write, house.database, work, "first")
        assert at_work.wait(10)
        others = [pool.submit(together.write, house.database, work, key) for key in "abcdef"]
        while len(together._waiting) < len(others):
            at_work.wait(0.01)
        go_on.set()
        assert [first.result(), *(one.result() for one in others)] == ["first", *"abcdef"]
    assert seen == [["first"], list("abcdef")]
    assert kept(house) == [*"abcdef", "first"]
