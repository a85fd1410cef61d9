"""Voices speak in children that can be killed: an engine that hangs or crashes takes nobody along."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from audio.files import told
from content.errors import UnavailableError


class ChildError(UnavailableError):
    """The child hung, died or could not be started: it says nothing about the text."""


ROOT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def run_child(
    module: str, given: bytes, arguments: Sequence[str] = (), *, limit_s: float, voice: str
) -> bytes:
    """Run `python -m module LIMIT arguments…`, feed it `given`, return what it prints.

    ChildError when it fails.  The child gets no secret: its environment is a short list of harmless names.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, f"{limit_s:.3f}", *arguments],
            input=given,
            capture_output=True,
            timeout=limit_s + 1,
            check=False,
            cwd=ROOT,
            env=environment(),
        )
    except subprocess.TimeoutExpired as error:
        raise ChildError(
            "Giọng {voice} không trả lời sau {limit} giây.", voice=voice, limit=round(limit_s, 1)
        ) from error
    except OSError as error:
        raise ChildError(
            "Không khởi động được giọng {voice}: {why}.", voice=voice, why=told(error)
        ) from error
    if done.returncode != 0:
        raise ChildError(
            "Giọng {voice} dừng giữa chừng ({why}).",
            voice=voice,
            why=last_line(done.stderr) or f"mã {done.returncode}",
            status=done.returncode,
        )
    return done.stdout


def environment() -> dict[str, str]:
    """Return what a child gets of our environment: a short list of harmless names, no secret."""
    wanted = {*_KEPT, *_PROXIES, *(name.upper() for name in _PROXIES)}
    return {name: value for name, value in os.environ.items() if name in wanted}


def last_line(told: bytes) -> str:
    """Return the last line a child told on standard error, cut to 200 characters."""
    lines = told.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else ""
