"""run.py without installing anything: what it looks for, what it prints, when it would set up again."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def run() -> ModuleType:
    """Return run.py as a module of its own."""
    spec = importlib.util.spec_from_file_location("run_of_the_project", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("kind", "name", "there"),
    [
        ("module", "json", True),
        ("module", "khong_co_goi_nay", False),
        ("command", "sh", True),
        ("command", "khong-co-lenh-nay", False),
        ("library", "libc.so.6", True),
        ("library", "libkhongco.so.9", False),
        ("file", "bin/s*", True),
        ("file", "khong/co/*/tep-nay", False),
    ],
)
def test_what_is_there_is_seen(run: ModuleType, kind: str, name: str, there: bool) -> None:
    assert run.is_there(kind, name) is there


def test_nothing_missing_installs_nothing(run: ModuleType) -> None:
    run.install_packages({"python3": ("module", "json")})


def without_rights(tmp_path: Path, sudo: str | None) -> dict[str, str]:
    """Return an environment in which commands are few and sudo, if there is one, asks for a password."""
    folder = tmp_path / "bin"
    folder.mkdir()
    if sudo is not None:
        (folder / "sudo").write_text(f"#!/bin/sh\n{sudo}\n")
        (folder / "sudo").chmod(0o755)
    return {"PATH": str(folder)}


@pytest.mark.parametrize(
    ("user", "sudo", "rights"),
    [(0, None, []), (1000, None, None), (1000, "exit 1", None), (1000, "exit 0", ["sudo", "-n"])],
)
def test_rights_are_root_or_sudo_without_a_password(
    run: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    user: int,
    sudo: str | None,
    rights: list[str] | None,
) -> None:
    monkeypatch.setenv("PATH", without_rights(tmp_path, sudo)["PATH"])
    monkeypatch.setattr(os, "geteuid", lambda: user)
    found = run.rights()
    assert (found and [Path(found[0]).name, *found[1:]]) == (rights or found)
    assert (found is None) == (rights is None)


_ALONE = """
import os, sys
sys.path.insert(0, {root!r})
os.geteuid = lambda: 1000
import run
run.install_packages({{"goi-khong-co": ("command", "khong-co-lenh-nay")}})
"""


def test_without_rights_the_one_line_is_printed_and_nothing_happens(tmp_path: Path) -> None:
    code = _ALONE.format(root=str(ROOT))
    ended = subprocess.run(
        [sys.executable, "-B", "-c", code],
        env=without_rights(tmp_path, "exit 1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.splitlines()[-1] == (
        "    sudo apt-get install -y --no-install-recommends goi-khong-co"
    )


@pytest.fixture
def copy(run: ModuleType, tmp_path: Path) -> Path:
    """Return a folder with everything that an installation is made from, which run.py takes for its own."""
    for name in ("pyproject.toml", "hatch_build.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    front = tmp_path / "web" / "frontend" / "src"
    front.mkdir(parents=True)
    (front / "office.ts").write_text("1")
    (front.parent / "build.mjs").write_text("1")
    words = tmp_path / "web" / "translations" / "en"
    words.mkdir(parents=True)
    (words / "messages.po").write_text("1")
    run.ROOT = tmp_path  # type: ignore[attr-defined]
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "pyproject.toml",
        "hatch_build.py",
        "web/frontend/build.mjs",
        "web/frontend/src/office.ts",
        "web/translations/en/messages.po",
        "web/frontend/src/new.ts",
    ],
)
def test_a_change_of_any_input_is_noticed(run: ModuleType, copy: Path, name: str) -> None:
    before = run.fingerprint()
    (copy / name).write_text("2")
    assert run.fingerprint() != before


def test_nothing_else_matters(run: ModuleType, copy: Path) -> None:
    before = run.fingerprint()
    (copy / "README.md").write_text("2")
    built = copy / "web" / "frontend" / "node_modules"
    built.mkdir()
    (built / "x.js").write_text("2")
    assert run.fingerprint() == before


def test_a_command_that_fails_is_named(run: ModuleType) -> None:
    run.checked([sys.executable, "-c", ""], "việc thử")
    with pytest.raises(SystemExit, match="việc thử không xong"):
        run.checked([sys.executable, "-c", "raise SystemExit(3)"], "việc thử")


def test_an_environment_that_is_not_there_does_not_work(run: ModuleType, tmp_path: Path) -> None:
    run.BIN = tmp_path  # type: ignore[attr-defined]
    assert run.python_works("import json") is False
    (tmp_path / "python").symlink_to(sys.executable)
    assert run.python_works("import json") is True
    assert run.python_works("import khong_co_goi_nay") is False


def test_it_needs_nothing_but_the_standard_library() -> None:
    foreign = "{m.partition('.')[0] for m in sys.modules} - set(sys.stdlib_module_names)"
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import run; print(*sorted({foreign}))"
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(ended.stdout.split()) <= {"__main__", "run"}
