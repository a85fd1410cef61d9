"""What a voice last failed at, and of how many different sentences in a row nothing could be heard.

One small file, shared by all workers; a success ends the row.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from audio.files import write_whole
from content.clock import Clock
from content.contracts.instants import format_instant, parse_instant
from content.errors import ContractError

MOST_KEPT = 10
_NAME_LENGTH = 16
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Failure:
    """When and why (Vietnamese) the last attempt failed; `sentences` names the different ones in a row."""

    at: datetime
    why: str
    sentences: tuple[str, ...] = ()


class LastFailed:
    """Notes failures that no success followed."""

    def __init__(self, file: Path, clock: Clock) -> None:
        self._file = file
        self._clock = clock

    def note(self, why: str, text: str) -> int:
        """Note that `text` could not be spoken; return how many different ones that makes in a row."""
        name = hashlib.sha256(text.encode()).hexdigest()[:_NAME_LENGTH]
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.with_suffix(".lock").open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                before = self.last()
                row = tuple(dict.fromkeys([*(before.sentences if before else ()), name]))[-MOST_KEPT:]
                self._write(Failure(self._clock.now(), why, row))
        except OSError as error:
            _log.warning("what the voice failed at could not be noted: %s", error.strerror)
            return 0
        return len(row)

    def last(self) -> Failure | None:
        """Return the last failure that no success followed; an unreadable note counts as none."""
        try:
            held = json.loads(self._file.read_bytes())
            return Failure(parse_instant(held["at"]), str(held["why"]), tuple(map(str, held["sentences"])))
        except (OSError, ValueError, KeyError, TypeError, ContractError):
            return None

    def forget(self) -> None:
        """Note a success."""
        self._file.unlink(missing_ok=True)

    def _write(self, failure: Failure) -> None:
        held = {"at": format_instant(failure.at), "why": failure.why, "sentences": list(failure.sentences)}
        write_whole(self._file, json.dumps(held, ensure_ascii=False).encode(), durable=False)
