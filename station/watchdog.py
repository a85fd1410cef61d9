"""What systemd is told: that the station is ready, what it does, and that it still works.

The protocol of sd_notify(3): lines in a datagram to the socket that NOTIFY_SOCKET names.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Mapping

from content.clock import Clock

_FEEDS_A_TERM = 3


class Watchdog:
    """Speaks to the service manager where there is one; without any every method does nothing.

    `term` is the time (s) after which the manager ends a program it has not heard from, 0 for never.
    """

    def __init__(self, address: str, clock: Clock, *, term: float = 0.0) -> None:
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._clock = clock
        self._pause = term / _FEEDS_A_TERM
        self._fed_at: float | None = None
        self._ready = False
        self._said = ""

    @classmethod
    def from_environ(cls, clock: Clock, environ: Mapping[str, str] | None = None) -> Watchdog:
        """Read what systemd set; its watchdog counts only when it means this very process."""
        environ = os.environ if environ is None else environ
        meant = environ.get("WATCHDOG_PID") in {None, str(os.getpid())}
        term = environ.get("WATCHDOG_USEC", "")
        seconds = int(term) / 1_000_000 if meant and term.isdecimal() else 0.0
        return cls(environ.get("NOTIFY_SOCKET", ""), clock, term=seconds)

    def works(self, status: str) -> None:
        """Say that the main loop has just done its work, and what the station is at."""
        lines = [] if self._ready else ["READY=1"]
        if status != self._said:
            lines.append(f"STATUS={status}")
        if self._hungry():
            lines.append("WATCHDOG=1")
            self._fed_at = self._clock.monotonic()
        self._ready, self._said = True, status
        self._send(lines)

    def stopping(self) -> None:
        """Say that the station is on its way out."""
        self._send(["STOPPING=1"])

    def _hungry(self) -> bool:
        if not self._pause:
            return False
        return self._fed_at is None or self._clock.monotonic() - self._fed_at >= self._pause

    def _send(self, lines: list[str]) -> None:
        if not (lines and self._address):
            return
        # A manager that does not listen is no reason to stop playing.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.setblocking(False)
            out.sendto("\n".join(lines).encode(), self._address)
