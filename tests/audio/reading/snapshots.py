"""What the tests of reviewed readings share: comparing with the file a person has read, and renewing it."""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterable
from pathlib import Path

RESIDUE = re.compile(r"[^a-zA-ZÀ-ỹđĐ .,;:?!]")


def changes(reviewed: Path, lines: Iterable[str], *, module: str) -> str:
    """Say what differs from the reviewed file and how to renew it; nothing where all is as reviewed."""
    kept = reviewed.read_text(encoding="utf-8").splitlines()
    found = list(difflib.unified_diff(kept, list(lines), "reviewed", "now", lineterm="", n=0))
    if not found:
        return ""
    renew = f"python -m {module} > {module.rpartition('.')[0].replace('.', '/')}/{reviewed.name}; git diff"
    return "\n".join(["the reading is no longer the one reviewed; read what changed, then:", renew, *found])


def write(lines: Iterable[str]) -> None:
    """Write a reading to standard output, one line for each, to be kept after a review."""
    sys.stdout.write("\n".join(lines) + "\n")
