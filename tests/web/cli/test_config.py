"""`loaphuong config`, and settings or folders that no command can work with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.cli.conftest import Command


def test_settings_are_shown_secrets_hidden(run: Command) -> None:
    url = "postgresql://ai:mat-khau-db@db/x"
    ran = run("config", SECRET_KEY="khoa-bi-mat", DATABASE_URL=url, PORT="8123")
    assert ran.code == 0
    assert "LOAPHUONG_PORT" in ran.out
    assert "8123" in ran.out
    assert "khoa-bi-mat" not in ran.out
    assert "mat-khau-db" not in ran.out


def test_every_bad_setting_is_named_in_one_line(run: Command) -> None:
    ran = run("config", PORT="nhiều", MODE="thật", TIME_ZONE="Asia/Ha_Noi", QUIET_START="25:00")
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    for name in ("PORT", "MODE", "TIME_ZONE", "QUIET_START"):
        assert f"LOAPHUONG_{name}" in ran.err


@pytest.mark.parametrize(
    "arguments",
    [("db", "upgrade"), ("plan", "show"), ("user", "password", "x"), ("serve",), ("scheduler",), ("worker",)],
)
def test_a_folder_that_cannot_be_written_is_one_line(
    run: Command, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "data").write_text("một tệp")
    ran = run(*arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert "Không ghi được vào thư mục dữ liệu" in ran.err


@pytest.mark.parametrize("process", ["serve", "scheduler", "worker", "bell"])
def test_a_process_wants_the_newest_database(run: Command, process: str) -> None:
    ran = run(process)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "hãy chạy: loaphuong db upgrade" in ran.err
