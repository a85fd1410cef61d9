"""The house keeps its own rules: lint, format, types, import arrows, and names that are ours alone."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("audio", "content", "loaphuong", "scheduler", "station", "web")
BIN = Path(sys.executable).parent
pytestmark = pytest.mark.xdist_group("checks")


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports"]],
    ids=["lint", "format", "types", "arrows"],
)
def test_the_tool_has_nothing_to_say(command: list[str]) -> None:
    ended = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("name", OURS)
def test_a_top_level_name_is_ours_alone(name: str) -> None:
    """No other distribution brings a module of that name, and what Python imports lies in this project."""
    foreign = {owner for owner in packages_distributions().get(name, []) if owner != "loaphuong"}
    found = subprocess.run(
        [sys.executable, "-c", f"import {name}; print({name}.__file__)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert foreign == set()
    assert Path(found.stdout.strip()).is_relative_to(ROOT)


def test_the_project_is_installed() -> None:
    assert "loaphuong" in {found.metadata["Name"] for found in distributions()}


def test_a_file_of_ours_stays_readable() -> None:
    """Alarm at 400 lines; data and migrations are not read like code."""
    long = {
        path.relative_to(ROOT).as_posix()
        for package in (*OURS, "tests")
        for path in (ROOT / package).rglob("*.py")
        if "node_modules" not in path.parts and "versions" not in path.parts
        if len(path.read_text("utf-8").splitlines()) > 500
    }
    assert long == set()
