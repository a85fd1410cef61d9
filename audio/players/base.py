"""What a player is: one loudspeaker output that sounds one clip at a time.

Positions and durations are milliseconds of the clip; instants are seconds of `Clock.monotonic()`.
A player is driven by one thread and never touches the journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from content.contracts.manifest import Item


@dataclass(frozen=True)
class Begun:
    """The first sample of `airing` sounded at the monotonic instant `at`."""

    airing: str
    at: float


@dataclass(frozen=True)
class Ended:
    """`airing` sounded up to `heard_ms` of its clip; `error` is None when that was its end."""

    airing: str
    heard_ms: int
    error: str | None = None


PlayerEvent = Begun | Ended


class Player(Protocol):
    """Sounds clips that were made ready before."""

    name: str

    def preload(self, path: Path, item: Item, *, from_ms: int = 0) -> None:
        """Make `item`'s clip at `path` ready to sound from `from_ms` on.

        Raises CorruptError when the clip gives no sound, UnavailableError when the player cannot.
        """
        ...

    def discard(self, airing: str) -> None:
        """Let go of what was made ready for `airing`; harmless when there is nothing."""
        ...

    def start(self, airing: str, *, at: float) -> None:
        """Sound what was made ready for `airing` at `at`, or at once when `at` has passed.

        Raises UnavailableError when it was not made ready or the output does not open.
        """
        ...

    def poll(self) -> tuple[PlayerEvent, ...]:
        """Return what happened since the last call, oldest first."""
        ...

    def position(self) -> int:
        """Return how far the clip has sounded, 0 when nothing plays."""
        ...

    def pause(self) -> None:
        """Hold what plays where it is."""
        ...

    def resume(self) -> None:
        """Go on with what was held."""
        ...

    def stop(self) -> int:
        """Silence what plays, without an Ended event; return its position."""
        ...

    def set_volume(self, percent: int) -> None:
        """Scale everything from now on, 0 to 100."""
        ...

    def close(self) -> None:
        """Let go of the output."""
        ...
