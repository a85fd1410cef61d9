"""`loaphuong db`: up, down, up again; what cannot be used is told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect

from content.db import Database
from tests.web.cli.conftest import Command


def tables(folder: Path) -> set[str]:
    database = Database.open(f"sqlite:///{folder / 'loaphuong.db'}")
    try:
        return set(inspect(database.engine).get_table_names())
    finally:
        database.dispose()


def test_up_down_and_up_again(run: Command, tmp_path: Path) -> None:
    assert "bản mới nhất: sqlite:///" in run("db", "upgrade").out
    assert {"airing", "audit", "user"} < tables(tmp_path / "data")
    assert run("db", "downgrade", "--yes", "base").code == 0
    assert tables(tmp_path / "data") == {"alembic_version"}
    assert run("db", "upgrade").code == 0
    assert "airing" in tables(tmp_path / "data")


def test_going_down_is_asked_about(run: Command, data: Path) -> None:
    before = tables(data)
    assert run("db", "downgrade", "base").code == 130
    assert tables(data) == before


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("khong-phai-dia-chi", "LOAPHUONG_DATABASE_URL không dùng được"),
        ("oracle://x", "LOAPHUONG_DATABASE_URL không dùng được"),
        ("sqlite:////khong/co/thu-muc.db", "unable to open database file"),
        ("sqlite:///{rubbish}", "file is not a database"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(
    run: Command, tmp_path: Path, url: str, told: str
) -> None:
    rubbish = tmp_path / "rubbish.db"
    rubbish.write_text("không phải cơ sở dữ liệu\n" * 100, "utf-8")
    ran = run("db", "upgrade", DATABASE_URL=url.format(rubbish=rubbish))
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert told in ran.err


def test_a_password_in_the_address_is_not_told(run: Command) -> None:
    ran = run("db", "upgrade", DATABASE_URL="sqlite://ai:mat-khau-cua-toi@/khong/co.db")
    assert "mat-khau-cua-toi" not in ran.out + ran.err


def test_a_revision_that_is_not_there_is_one_line(run: Command, data: Path) -> None:
    ran = run("db", "downgrade", "--yes", "khong-co")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "khong-co" in ran.err
