"""What goes to one address at a time: all that is due for it, in one message.  And what can become of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

HandOver = Callable[[], None]


@dataclass(frozen=True)
class Line:
    """One notice in a message."""

    id: int
    at: datetime
    kind: str
    unit: str
    station: str | None
    subject: str
    text: str


@dataclass(frozen=True)
class Letter:
    """What is due for one address: its lines, and the deliveries that they are."""

    deliveries: tuple[int, ...]
    address: str
    secret: str | None
    lines: tuple[Line, ...]

    @property
    def subject(self) -> str:
        """The subject: of one line its own, of several how many."""
        first, *more = self.lines
        return f"{first.subject} (và {len(more)} việc khác)" if more else first.subject

    @property
    def name(self) -> str:
        """What the message is called, the same each time that the same lines go out."""
        return "-".join(str(number) for number in (self.deliveries[0], self.deliveries[-1]))


class TryLaterError(Exception):
    """Nothing was taken, and it may go well later."""


class UnreachableError(TryLaterError):
    """Nobody there at all: what else waits for the same place need not be tried now."""


class RefusedError(Exception):
    """It was refused for good, or can never be sent."""


class UnsureError(Exception):
    """It was handed over, and no answer came: perhaps it arrived."""


class Channel(Protocol):
    """An open way to a place; its exceptions are the four above."""

    def prepare(self, letter: Letter) -> HandOver:
        """Go as far as possible without handing anything over; return what hands it over."""
        ...


class Post(Protocol):
    """What opens channels of one way, and knows which addresses are at the same place."""

    def place(self, address: str) -> str:
        """Return what is named alike by addresses that are reached, or not, together."""
        ...

    def open(self, place: str) -> AbstractContextManager[Channel]:
        """Give a channel to the place for the length of the block; UnreachableError when there is none."""
        ...
