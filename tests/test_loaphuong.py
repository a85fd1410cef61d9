"""The command line's lazy group: it loads what is called, nothing else, and tells failures in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import loaphuong

ROOT = Path(__file__).parents[1]
_LOADED = """
import json, sys
import loaphuong
sys.argv = {argv!r}
try:
    loaphuong.main()
except SystemExit:
    pass
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""
HEAVY = {"flask", "sqlalchemy", "alembic", "pydub", "gtts", "apscheduler", "waitress", "web", "scheduler"}


def loaded(*arguments: str) -> set[str]:
    """Return the packages that a command leaves loaded in a fresh process."""
    code = _LOADED.format(argv=["loaphuong", *arguments])
    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        input="",
        env={**os.environ, "LOAPHUONG_STATION_DIR": "/dev/null/x"},
    )
    return set(json.loads(ended.stdout.splitlines()[-1]))


def test_help_loads_nothing_but_click() -> None:
    assert loaded("--help") & (HEAVY | {"audio", "station"}) == set()


@pytest.mark.parametrize("arguments", [["station"], ["station", "enrol", "khong-phai-ma"]])
def test_a_wards_program_loads_nothing_of_the_centre(arguments: list[str]) -> None:
    assert loaded(*arguments) & HEAVY == set()


def test_reading_loads_no_server() -> None:
    assert loaded("read") & {"flask", "scheduler", "apscheduler", "waitress"} == set()


@pytest.mark.parametrize("name", [*loaphuong.COMMANDS])
def test_every_command_is_there(name: str) -> None:
    found = loaphuong.cli.get_command(click.Context(loaphuong.cli), name)
    assert isinstance(found, click.Command)
    assert found.help or name in loaphuong.COMMANDS


@pytest.mark.parametrize("name", [*loaphuong.STATION_COMMANDS])
def test_every_station_command_is_there(name: str) -> None:
    found = loaphuong.station.get_command(click.Context(loaphuong.station), name)
    assert isinstance(found, click.Command)


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "loaphuong", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_help_lists_every_command_in_its_order() -> None:
    told = run("--help").stdout.split("Commands:")[1]
    places = [told.index(f"\n  {name} ") for name in loaphuong.COMMANDS]
    assert places == sorted(places)


@pytest.mark.parametrize("arguments", [["khong-co"], ["station", "khong-co"], ["serve", "--khong-co"]])
def test_a_command_that_is_none_is_a_usage_error(arguments: list[str]) -> None:
    ended = run(*arguments)
    assert ended.returncode == 2
    assert "Usage:" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_target_that_is_no_command_is_a_bug() -> None:
    with pytest.raises(TypeError, match="is no command"):
        loaphuong._load("loaphuong:main")
