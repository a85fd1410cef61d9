"""Thousands of open lines: a turn of the server's loop costs as much as there are lines that stir.

By itself waitress asks every open line, at every turn, whether it wants to read or to write.  After a power
cut a city's stations stand in line by the thousand, and browsers keep theirs open besides: asking them took
as long as answering.
"""

from __future__ import annotations

import select
import threading
import time
from collections import deque
from contextlib import suppress
from typing import Any

from waitress import wasyncore

from web.processes.refusing import Channel

SWEEP_SECONDS = 0.5
"""All are asked as often as this: what a clock decides (a line idle for too long) stirs nothing."""
_READ, _WRITE = select.EPOLLIN | select.EPOLLPRI, select.EPOLLOUT


class Loop:
    """The loop of one server, in place of waitress's own: an epoll that remembers what each line waits for.

    A line is asked anew when it is new, when something came to it, and while and after a thread answers on
    it.  `always` (file numbers) are asked at every turn: the sockets that accept.
    """

    def __init__(self, always: set[int]) -> None:
        self._epoll = select.epoll()
        self._always = always
        self._watched: dict[int, tuple[Any, int]] = {}
        self._stirred: set[int] = set()
        self._answering: dict[int, Line] = {}
        self._answered: deque[Line] = deque()
        self._swept_at = 0.0

    def stir(self, number: int) -> None:
        """Have a line asked at the next turn; for the loop's own thread."""
        self._stirred.add(number)

    def answer(self, line: Line) -> None:
        """Hear from the thread that calls that it begins to answer on `line`; it wakes the loop by itself."""
        self._answering[threading.get_ident()] = line

    def answered(self, line: Line) -> None:
        """Hear from any thread that it has done so."""
        self._answered.append(line)

    def loop(self, *, timeout: float, map: dict[int, Any], use_poll: bool) -> None:  # noqa: A002, ARG002
        """Serve until no line is left; waitress calls this."""
        with self._epoll:
            while map:
                self._turn(timeout, map)

    def _turn(self, timeout: float, lines: dict[int, Any]) -> None:
        for number in self._to_ask(lines):
            self._watch(number, lines.get(number))
        for number, told in self._epoll.poll(timeout):
            self.stir(number)
            if number in lines:
                wasyncore.readwrite(lines[number], told)

    def _to_ask(self, lines: dict[int, Any]) -> set[int]:
        now = time.monotonic()
        if now - self._swept_at >= SWEEP_SECONDS:
            self._swept_at = now
            return {*lines, *self._watched}
        some, self._stirred = self._stirred | self._always, set()
        busy = list(self._answering.values())
        while self._answered:
            busy.append(self._answered.popleft())
        return some.union(number for line in busy if (number := line.number) is not None)

    def _watch(self, number: int, line: Any) -> None:
        """Have the epoll wait for what `line` waits for; None: there is no line of this number any more."""
        known, before = self._watched.get(number, (None, 0))
        wanted = _wanted(line)
        if known is line and before == wanted:
            return
        if before and known is not line:
            self._forget(number)
            before = 0
        if wanted and before:
            self._epoll.modify(number, wanted)
        elif wanted:
            self._epoll.register(number, wanted)
        elif before:
            self._forget(number)
        if line is None:
            self._watched.pop(number, None)
        else:
            self._watched[number] = line, wanted

    def _forget(self, number: int) -> None:
        """Take a number out of the epoll; closing its socket did so already."""
        with suppress(OSError):
            self._epoll.unregister(number)


class Line(Channel):
    """A line that tells the loop when to ask it."""

    @property
    def number(self) -> int | None:
        """Its file number, None once it is closed."""
        found: int | None = self._fileno
        return found

    def add_channel(self, map: dict[int, Any] | None = None) -> None:  # noqa: A002 (waitress's name)
        """Be known to the server, and new to the loop."""
        super().add_channel(map)
        self.server.asyncore.stir(self._fileno)

    def service(self) -> None:
        """Answer one request."""
        self.server.asyncore.answer(self)
        super().service()
        self.server.asyncore.answered(self)


def wait_by_epoll(server: Any) -> None:
    """Have a waitress server, before it runs, refuse by the head and wait for its lines by `Loop`."""
    sockets = getattr(server, "map", None) or server._map  # noqa: SLF001 (one socket or several)
    servers = [one for one in sockets.values() if hasattr(one, "channel_class")]
    loop = Loop({one._fileno for one in servers})  # noqa: SLF001
    for one in {server, *servers}:
        one.channel_class, one.asyncore = Line, loop


def _wanted(line: Any) -> int:
    if line is None:
        return 0
    writes = line.writable() and not line.accepting
    return (_READ if line.readable() else 0) | (_WRITE if writes else 0)
