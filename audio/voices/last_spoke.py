"""When a voice last spoke on this machine: one small file, so that nobody claims more than is known."""

from __future__ import annotations

import logging
from datetime import datetime
from pathlib import Path

from audio.files import write_whole
from content.clock import Clock
from content.contracts.instants import format_instant, parse_instant
from content.errors import ContractError

_log = logging.getLogger(__name__)


class LastSpoke:
    """Notes the instant of each success."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def note(self) -> None:
        """Note that the voice has just spoken."""
        try:
            write_whole(self._file, format_instant(self._clock.now()).encode(), durable=False)
        except OSError as error:
            _log.warning("when the voice last spoke could not be noted: %s", error.strerror)

    def at(self) -> datetime | None:
        """Return the instant, or None when it never spoke here; an unreadable note counts as none."""
        try:
            return parse_instant(self._file.read_text("ascii"))
        except (OSError, ValueError, ContractError):
            return None
