"""What is too large is refused by its head: nobody waits for the body or keeps it, and the page is ours.

By itself waitress would answer in its own words and cut the line while the browser still sends, so that
people saw "connection reset" instead of a reason.
"""

from __future__ import annotations

import socket
from io import BytesIO
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ErrorTask, WSGITask
from waitress.utilities import RequestEntityTooLarge


class Refusal(WSGITask):  # type: ignore[misc]
    """Has the app answer a request by its head alone; the app finds the length too large, and says so."""

    def execute(self) -> None:
        """Answer, and close after it."""
        self.set_close_on_finish()
        super().execute()

    def get_environment(self) -> dict[str, Any]:
        """Return what the app is told: the declared length, and no body."""
        environ: dict[str, Any] = super().get_environment()
        declared = max(self.request.content_length, self.channel.adj.max_request_body_size)
        return {**environ, "CONTENT_LENGTH": str(declared), "wsgi.input": BytesIO()}


class Channel(HTTPChannel):  # type: ignore[misc]
    """A line to a browser that, once refused, forgets what still comes, so that the answer arrives.

    It ends when the other side does, or when waitress finds the line idle (`channel_timeout`).
    """

    refused = draining = False
    close_when_flushed: bool

    def error_task_class(self, channel: Channel, request: Any) -> WSGITask | ErrorTask:
        """Return what answers a request that cannot be taken."""
        too_large = isinstance(request.error, RequestEntityTooLarge)
        self.refused = self.refused or too_large
        return Refusal(channel, request) if too_large else ErrorTask(channel, request)

    def readable(self) -> bool:
        """Tell whether to read what comes: also while it only has to go."""
        return self.draining or bool(super().readable())

    def send_continue(self) -> None:
        """Tell a browser that asks first to go on, unless it is refused."""
        if self.request.error is None:
            super().send_continue()

    def handle_write(self) -> None:
        """Send; when all of a refusal is sent, say that there is no more instead of cutting the line."""
        if not (self.refused and self.close_when_flushed):
            super().handle_write()
            return
        self._flush_exception(self._flush_some)
        if not self.total_outbufs_len:
            self.close_when_flushed, self.draining = False, True
            self._end_sending()
        if self.will_close:
            self.handle_close()

    def handle_read(self) -> None:
        """Read; what comes after a refusal is forgotten, and counts as no activity."""
        if not self.draining:
            super().handle_read()
            return
        try:
            more = self.recv(self.adj.recv_bytes)
        except OSError:
            more = b""
        if not more:
            self.handle_close()

    def _end_sending(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.will_close = True
