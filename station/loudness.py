"""The volume last ordered, kept twice: in the journal, and in a file that outlasts a journal's damage."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from station.files import write_private
from station.journal import Journal

LOUDEST = 100
_KEY = "volume"

log = logging.getLogger("station")


def is_volume(value: object) -> bool:
    """Tell whether `value` is a volume, a whole number from 0 to 100."""
    return type(value) is int and 0 <= value <= LOUDEST


@dataclass(frozen=True)
class Loudness:
    """The volume in percent; the journal's word goes before that of the file at `path`."""

    journal: Journal
    path: Path

    def kept(self) -> int | None:
        """Return the volume in force, None when none was ever ordered."""
        told = self.journal.meta(_KEY)
        return int(told) if told is not None else self._in_file()

    def keep(self, percent: int) -> None:
        """Keep `percent`; a file that cannot be written is logged, for the journal holds it too."""
        self.journal.set_meta(_KEY, str(percent))
        try:
            write_private(self.path, json.dumps({_KEY: percent}).encode())
        except OSError as error:
            log.warning("the volume is kept in the journal alone: %s", error.strerror)

    def restored(self) -> int | None:
        """Return the volume in force, having made both places agree on it."""
        percent = self.kept()
        if percent is not None and (self._in_file() != percent or self.journal.meta(_KEY) is None):
            self.keep(percent)
        return percent

    def _in_file(self) -> int | None:
        try:
            given = json.loads(self.path.read_bytes())
        except (OSError, ValueError):
            return None
        percent = given.get(_KEY) if isinstance(given, dict) else None
        return percent if is_volume(percent) else None
