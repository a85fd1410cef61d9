"""`loaphuong user`: passwords printed once that open the door, and never half a person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from content import people
from content.models.people import Grant, User
from tests.web.cli.conftest import Command, open_house

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def opens(folder: Path, login: str, password: str) -> bool:
    house = open_house(folder)
    with house.database.writing() as session:
        ended = people.sign_in(session, login, password, address="::1", now=NOW)
    house.close()
    return ended.user is not None


def count(folder: Path) -> int | None:
    house = open_house(folder)
    with house.database.reading() as session:
        found = session.scalar(select(func.count()).select_from(User))
    house.close()
    return found


def test_a_person_gets_a_password_that_opens(run: Command, data: Path) -> None:
    ran = run("user", "add", "lan", "--name", "Nguyễn Thị Lan", "--role", "approver", "--unit", "thanh-xuan")
    login, password = ran.out.split()
    assert (login, ran.err) == ("lan", "")
    assert opens(data, "lan", password)


def test_a_person_may_hold_several_roles(run: Command, data: Path) -> None:
    run("user", "add", "lan", "--name", "Lan", "--role", "office", "--role", "editor", "--unit", "ha-dinh")
    house = open_house(data)
    with house.database.reading() as session:
        assert sorted(session.scalars(select(Grant.role))) == ["editor", "office"]
    house.close()


def test_a_new_password_replaces_the_old_one(run: Command, data: Path) -> None:
    old = run("user", "add", "lan", "--name", "Lan").out.split()[1]
    new = run("user", "password", "lan").out.split()[1]
    assert opens(data, "lan", new)
    assert not opens(data, "lan", old)


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "Lan Anh", "--name", "Lan"),
        ("add", "", "--name", "Lan"),
        ("add", "lan", "--name", ""),
        ("add", "lan", "--name", "x" * 121),
        ("add", "lan", "--name", "Lan", "--role", "office", "--unit", "khong-co"),
        ("password", "khong-co"),
    ],
)
def test_a_mistake_is_one_line_and_makes_nobody(run: Command, data: Path, arguments: tuple[str, ...]) -> None:
    ran = run("user", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert count(data) == 0


def test_a_login_is_given_once(run: Command, data: Path) -> None:
    run("user", "add", "lan", "--name", "Lan")
    ran = run("user", "add", "lan", "--name", "Lan khác")
    assert (ran.code, ran.err) == (1, "loaphuong: Đã có người dùng “lan”.\n")


def test_a_role_that_is_none_is_a_usage_error(run: Command, data: Path) -> None:
    assert run("user", "add", "lan", "--name", "Lan", "--role", "king").code == 2
