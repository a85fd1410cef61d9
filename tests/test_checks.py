"""The house keeps its own rules: lint, format, types, import arrows, and names that are ours alone."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distributions, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("audio", "content", "loaphuong", "scheduler", "station", "web")
BIN = Path(sys.executable).parent
PLAIN = {"content.clock", "content.contracts", "content.errors"}
KNOWS = {
    "station": {*PLAIN, "audio.players", "station"},
    "audio/players": {*PLAIN, "audio.players"},
    "content/contracts": PLAIN,
}
"""Folder → all of ours that it may import; import-linter forbids by name, here the rest is forbidden too."""
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


def modules_named(line: ast.stmt) -> list[str]:
    """Return the modules a line may import: of `from content import clock` it is content.clock."""
    if isinstance(line, ast.Import):
        return [alias.name for alias in line.names]
    if isinstance(line, ast.ImportFrom):
        assert line.level == 0, "imports are absolute"
        return [f"{line.module}.{alias.name}" for alias in line.names]
    return []


def imports_of_ours(folder: str) -> Iterator[tuple[str, str]]:
    """Yield (file, module) for each import of a module of ours below the folder, wherever it stands."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            for name in modules_named(node) if isinstance(node, ast.stmt) else []:
                if name.partition(".")[0] in OURS:
                    yield path.relative_to(ROOT).as_posix(), name


@pytest.mark.parametrize("folder", KNOWS)
def test_a_room_that_runs_elsewhere_imports_only_what_it_may(folder: str) -> None:
    allowed = tuple(f"{name}." for name in KNOWS[folder])
    found = list(imports_of_ours(folder))
    assert found
    assert [one for one in found if not f"{one[1]}.".startswith(allowed)] == []


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("import content.db, json", ["content.db", "json"]),
        ("from content import db, clock", ["content.db", "content.clock"]),
        ("from content.text import msgid", ["content.text.msgid"]),
        ("x = 1", []),
    ],
)
def test_an_import_is_seen_however_it_is_written(line: str, named: list[str]) -> None:
    assert modules_named(ast.parse(line).body[0]) == named
