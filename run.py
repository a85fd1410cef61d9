#!/usr/bin/env python3
"""The two commands of a fresh machine; standard library only.

    python3 run.py [--port N] [--data DIR]     set up once, then a rehearsal with sample data
    python3 run.py test [pytest arguments]     set up once, then every test and check

A virtual environment is made in .venv and the project installed into it, the front end built on the
way.  Debian packages that are missing are installed when this runs as root (or sudo needs no password);
otherwise the one line to type is printed and nothing else happens.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
LEAST_PYTHON = (3, 11)
# Debian package -> how to see that it is there: a module, a command, a shared library or a file.
PACKAGES = {"python3-venv": ("module", "ensurepip")}
TEST_PACKAGES = {
    "chromium": ("command", "chromium"),
    "libatomic1": ("library", "libatomic.so.1"),
    "mpv": ("command", "mpv"),
    "postgresql": ("file", "usr/lib/postgresql/*/bin/initdb"),
    "pulseaudio": ("command", "pulseaudio"),
    "pulseaudio-utils": ("command", "parec"),
}
TEST_ARGUMENTS = ["-n", "4", "--dist", "loadgroup", "--durations", "25"]


def main() -> None:
    """Set up what is missing, then become the program or its tests."""
    if sys.version_info < LEAST_PYTHON:
        sys.exit("Loa Phường cần Python 3.11 trở lên / needs Python 3.11 or newer.")
    arguments = sys.argv[1:]
    testing = arguments[:1] == ["test"]
    if testing:
        install_packages(TEST_PACKAGES)
    install_project("[test]" if testing else "")
    os.chdir(ROOT)
    if testing:
        become("pytest", [*(arguments[1:] or TEST_ARGUMENTS)])
    become("loaphuong", ["demo", *arguments])


def is_there(kind: str, name: str) -> bool:
    """Tell whether a Debian package's module, command or library can be used, or its file is there."""
    if kind == "command":
        return shutil.which(name) is not None
    if kind == "file":
        return any(Path("/").glob(name))
    code = f"import ctypes; ctypes.CDLL({name!r})" if kind == "library" else f"import {name}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


def install_packages(packages: dict[str, tuple[str, str]]) -> None:
    """Install the Debian packages that are missing, or print the line that does and stop."""
    missing = [name for name, probe in packages.items() if not is_there(*probe)]
    if not missing:
        return
    line = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    become_root = rights()
    if become_root is None or shutil.which("apt-get") is None:
        sys.exit(
            f"Thiếu gói hệ thống, hãy chạy một lần / missing packages, run once:\n    sudo {' '.join(line)}"
        )
    print(f"+ {' '.join(line)}", flush=True)
    environment = ["env", "DEBIAN_FRONTEND=noninteractive"]
    checked([*become_root, "apt-get", "update", "-qq"], "apt-get update")
    checked([*become_root, *environment, *line, "-qq"], "apt-get install", quiet=True)


def rights() -> list[str] | None:
    """Return the words before a command that root must run, or None when we may not be root."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n"]
    return None


def install_project(extra: str) -> None:
    """Install the project with its `extra`, unless what it is installed from is unchanged."""
    stamp = VENV / f"stamp{extra}"
    wanted = fingerprint()
    if stamp.is_file() and stamp.read_text("utf-8") == wanted and python_works("import flask, click"):
        return
    print(f"Đang cài đặt lần đầu (vài chục giây) / setting up{extra} …", flush=True)
    if not python_works("import pip"):
        install_packages(PACKAGES)
        checked([sys.executable, "-m", "venv", "--clear", str(VENV)], "python3 -m venv")
    pip = [str(BIN / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    checked([*pip, "-e", f".{extra}"], "pip install", cwd=ROOT)
    stamp.write_text(wanted, "utf-8")


def python_works(code: str) -> bool:
    """Tell whether the environment's Python runs `code`."""
    python = BIN / "python"
    if not python.exists():
        return False
    return subprocess.run([str(python), "-c", code], capture_output=True, check=False).returncode == 0


def fingerprint() -> str:
    """Return a hash of everything the installation is made from."""
    front = ROOT / "web" / "frontend"
    inputs = [ROOT / "pyproject.toml", ROOT / "hatch_build.py"]
    inputs += sorted(path for path in front.glob("*") if path.is_file())
    inputs += sorted(path for path in (front / "src").rglob("*") if path.is_file())
    inputs += sorted((ROOT / "web" / "translations").rglob("*.po"))
    total = hashlib.sha256(sys.version.encode())
    for path in inputs:
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def checked(command: list[str], what: str, *, quiet: bool = False, cwd: Path | None = None) -> None:
    """Run a command; when it fails say which and stop."""
    out = subprocess.DEVNULL if quiet else None
    ended = subprocess.run(command, check=False, stdout=out, cwd=cwd)
    if ended.returncode:
        sys.exit(f"{what} không xong (mã {ended.returncode}) / failed; the lines above say why.")


def become(program: str, arguments: list[str]) -> None:
    """Replace this process by a program of the environment."""
    sys.stdout.flush()
    os.execv(BIN / program, [program, *arguments])  # noqa: S606 (a program of our own)


if __name__ == "__main__":
    main()
