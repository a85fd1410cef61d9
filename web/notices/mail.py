"""Notices by e-mail, over SMTP."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.header import Header
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from functools import partial

from content.clock import Clock
from content.settings import Settings
from web.notices.letters import HandOver, Letter, RefusedError, TryLaterError, UnreachableError, UnsureError

TIMEOUT_SECONDS = 15.0
WIRE = compat32.clone(linesep="\r\n")
_OK, _WILL_FORWARD, _FOR_GOOD = 250, 251, 500


class Mail:
    """The mail server of the settings."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    def place(self, address: str) -> str:  # noqa: ARG002 (one server takes all)
        """Return the same for all: they go by one server."""
        return "smtp"

    @contextmanager
    def open(self, place: str) -> Iterator[MailChannel]:  # noqa: ARG002
        """Give a connection to the server, signed in."""
        if self._settings.smtp_host is None:
            yield MailChannel(None, self._settings, self._clock)
            return
        server = self._connect(self._settings.smtp_host)
        try:
            yield MailChannel(server, self._settings, self._clock)
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()

    def _connect(self, host: str) -> smtplib.SMTP:
        settings = self._settings
        context = ssl.create_default_context()
        try:
            if settings.smtp_security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, settings.smtp_port, timeout=TIMEOUT_SECONDS, context=context
                )
            else:
                server = smtplib.SMTP(host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
            if settings.smtp_security == "starttls":
                server.starttls(context=context)
            if settings.smtp_user and settings.smtp_password:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        except smtplib.SMTPAuthenticationError as error:
            raise UnreachableError(f"máy chủ thư không nhận tên và mật khẩu ({error.smtp_code})") from error
        except (smtplib.SMTPException, OSError) as error:
            raise UnreachableError(f"chưa nối được máy chủ thư ({type(error).__name__})") from error
        return server


class MailChannel:
    """One connection to the mail server; None when the settings name no server."""

    def __init__(self, server: smtplib.SMTP | None, settings: Settings, clock: Clock) -> None:
        self._server = server
        self._settings = settings
        self._clock = clock

    def prepare(self, letter: Letter) -> HandOver:
        """Name sender and receiver to the server; the message itself goes with the call returned."""
        if self._server is None:
            raise RefusedError("chưa cài máy chủ thư (LOAPHUONG_SMTP_HOST)")
        message = written(letter, self._settings, self._clock).as_bytes(policy=WIRE)
        try:
            self._server.ehlo_or_helo_if_needed()
            self._server.rset()
            _expect(*self._server.mail(str(self._settings.smtp_from)))
            _expect(*self._server.rcpt(letter.address))
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise UnreachableError(f"máy chủ thư ngắt ({type(error).__name__})") from error
        return partial(_hand_over, self._server, message)


def written(letter: Letter, settings: Settings, clock: Clock) -> MIMEText:
    """Return the message: plain text, with a name by which a second copy is known.

    The newer classes of `email` lose blanks where they fold a long Vietnamese subject; these do not.
    """
    told = [
        f"{line.at.astimezone(settings.zone):%H:%M %d/%m/%Y} · {line.unit}\n{line.text}"
        for line in letter.lines
    ]
    where = f"Xem và ghi đã xem: {settings.url_of_site}/office/thong-bao"
    message, sender = MIMEText("\n\n".join([*told, where]) + "\n", "plain", "utf-8"), str(settings.smtp_from)
    message["From"] = formataddr(("Loa Phường", sender))
    message["To"] = letter.address
    message["Subject"] = Header(f"[Loa Phường] {letter.subject}", "utf-8")  # type: ignore[assignment]
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<bao-tin-{letter.name}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    return message


def _hand_over(server: smtplib.SMTP, message: bytes) -> None:
    try:
        _expect(*server.data(message))
    except smtplib.SMTPDataError as error:
        raise _meant(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise UnsureError(f"máy chủ thư không trả lời sau khi gửi ({type(error).__name__})") from error


def _expect(code: int, said: bytes) -> None:
    if code not in {_OK, _WILL_FORWARD}:
        raise _meant(code, said)


def _meant(code: int, said: bytes | str) -> Exception:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    told = f"máy chủ thư trả lời {code}: {words[:150]}"
    return RefusedError(told) if code >= _FOR_GOOD else TryLaterError(told)
