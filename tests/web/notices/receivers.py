"""Real receivers on loopback: a mail server and a webhook, with levers for how they behave."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from content.settings import Settings
from web.processes.ports import free_port

_FIRST_PORT = 36_000


class Mailbox:
    """A mail server's memory.  Levers: what it says to a receiver, and to a message."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.to_receiver = "250 OK"
        self.to_message = "250 OK"
        self.port = 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd names it so)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take a receiver, or say what the lever says."""
        if self.to_receiver.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_receiver

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message, or hang up after it was handed over."""
        if self.to_message.startswith("250") or self.to_message == "hang up":
            content = cast("bytes", envelope.content)
            self.messages.append(message_from_bytes(content, policy=policy.default))
        if self.to_message == "hang up" and server.transport is not None:
            server.transport.close()
        return self.to_message

    @property
    def settings(self) -> Settings:
        """Settings that lead here."""
        return Settings(
            smtp_host="127.0.0.1",
            smtp_port=self.port,
            smtp_security="none",
            smtp_from="loa@phuong.example.vn",
            webhook_private=True,
        )


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """Run a mail server for the length of the block."""
    box = Mailbox()
    box.port = free_port(_FIRST_PORT + os.getpid() % 5_000)
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


class Receiver:
    """A webhook's memory.  Lever: the status it answers, 0 to hang up without a word."""

    def __init__(self) -> None:
        self.calls: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        self.url = ""


@contextmanager
def webhook() -> Iterator[Receiver]:
    """Run a webhook for the length of the block."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.calls.append((dict(self.headers), body))
            if receiver.status:
                self.send_response(receiver.status)
                self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (named by the library)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/bao?phuong=1"
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
