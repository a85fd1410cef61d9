"""What a station notes beside an airing: codes, put into words by whatever shows them.

A note is parts joined by `; `, each a code with at most a position in milliseconds and a cause as the
machine told it: `cut_off 5000; back 5000`, `failed: mpv gave no answer`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

SEPARATOR = "; "
_PART = re.compile(r"([a-z_]+)(?: (\d{1,12}))?(?:: ([^;]*))?")


class Noted(StrEnum):
    """What may be noted; with a position where one makes sense."""

    QUIET_IN_REHEARSAL = "quiet_in_rehearsal"
    MAYBE_HEARD = "maybe_heard"
    CUT_OFF = "cut_off"
    BACK = "back"
    MENDED = "mended"
    STAND_IN = "stand_in"
    STOOD_STILL = "stood_still"
    SILENT = "silent"
    FAILED = "failed"


@dataclass(frozen=True)
class Part:
    """One thing noted: `at_ms` is how much had been heard, `cause` no words for a page."""

    code: Noted
    at_ms: int | None = None
    cause: str | None = None

    def __str__(self) -> str:
        at = "" if self.at_ms is None else f" {self.at_ms}"
        cause = "" if self.cause is None else f": {' '.join(self.cause.replace(';', ',').split())}"
        return f"{self.code}{at}{cause}"


def parts_of(note: str) -> list[Part] | None:
    """Return what a note says, None when it is of another form: somebody's own words."""
    found = [_PART.fullmatch(part) for part in note.split(SEPARATOR)]
    known = [match for match in found if match and match[1] in set(Noted)]
    if len(known) < len(found):
        return None
    return [Part(Noted(match[1]), int(match[2]) if match[2] else None, match[3]) for match in known]
