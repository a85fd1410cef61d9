"""What a player is: one loudspeaker output that sounds one clip at a time.

Positions and durations are milliseconds of the clip; instants are seconds of `Clock.monotonic()`.
A player is driven by one thread and never touches the journal.  What follows begins after the Ended
of what was before it, in this order among the events.
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
    """`airing` sounded up to `heard_ms`; `error` is None when that was its end.

    `silent` says that it was a stream that gave no sound for too long.
    """

    airing: str
    heard_ms: int
    error: str | None = None
    silent: bool = False


@dataclass(frozen=True)
class Mended:
    """The output failed and was opened anew; `airing` goes on from `at_ms`.  `why` is plain English."""

    airing: str
    at_ms: int
    why: str


PlayerEvent = Begun | Ended | Mended

FADE_SECONDS = 0.15
SILENCE_SECONDS = 10.0
"""How long a stream may give no sound unless the station's settings say otherwise."""
SILENCE_DB = -50.0


class Player(Protocol):
    """Sounds clips that were made ready before."""

    name: str

    def preload(self, path: Path | None, item: Item, *, from_ms: int = 0) -> None:
        """Make `item`'s clip at `path` ready to sound from `from_ms` on; its stream when there is no path.

        Raises CorruptError when the clip gives no sound or the stream is none that may be relayed,
        UnavailableError when the player cannot.  A stream that cannot be reached is no error here: it
        is silence when its time has come.
        """
        ...

    def discard(self, airing: str) -> None:
        """Let go of what was made ready for `airing`, or waits to follow; harmless when there is nothing."""
        ...

    def start(self, airing: str, *, at: float, until: float | None = None) -> None:
        """Sound what was made ready for `airing` at `at`, or at once when `at` has passed.

        While something sounds it follows: at `at`, but not before what sounds has ended, and then
        without a gap.  Only one may wait so.  At `until` it ends wherever it is.
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

    def stop(self, airing: str) -> int:
        """Fade out `airing`, without an Ended event; return where that began, or where it had ended.

        What follows takes its place.
        """
        ...

    def set_volume(self, percent: int) -> None:
        """Scale everything from now on, 0 to 100."""
        ...

    def close(self) -> None:
        """Let go of the output."""
        ...
