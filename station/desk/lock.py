"""The door of the local page: a PIN, waits after wrong ones, and who has come in."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from content.clock import Clock
from content.errors import ForbiddenError, ThrottledError
from station.files import write_private

PIN_FILE = "desk.json"
PIN_DIGITS = 6
ROUNDS = 100_000
FREE_TRIES = 3
LONGEST_WAIT_SECONDS = 60.0
SESSION_SECONDS = 12 * 3600
_MOST_DOUBLINGS = 6


@dataclass(frozen=True)
class Pin:
    """A PIN as it is kept: salted and stretched; `key` signs who has come in."""

    salt: str
    hash: str
    key: str

    @classmethod
    def of(cls, pin: str) -> Pin:
        """Return how `pin` is kept."""
        salt = secrets.token_hex(16)
        return cls(salt, _stretched(pin, salt), secrets.token_hex(32))

    def is_this(self, given: str) -> bool:
        """Tell whether `given` is the PIN, in a time that does not tell how near it came."""
        return hmac.compare_digest(self.hash, _stretched(given, self.salt))


def make_pin(folder: Path) -> str:
    """Make and keep a new PIN for the station in `folder`; return it, to be shown once."""
    pin = "".join(secrets.choice("0123456789") for _ in range(PIN_DIGITS))
    write_private(folder / PIN_FILE, json.dumps(asdict(Pin.of(pin))).encode())
    return pin


def has_pin(folder: Path) -> bool:
    """Tell whether a PIN was made."""
    return (folder / PIN_FILE).exists()


def pin_source(folder: Path, given: str | None) -> Callable[[], Pin | None]:
    """Return what tells the PIN in force: the one `given` by the settings, else the one kept in `folder`.

    The file is read each time, so that a new PIN counts at once.
    """
    fixed = Pin.of(given) if given else None
    return lambda: fixed or _kept(folder)


def _kept(folder: Path) -> Pin | None:
    try:
        return Pin(**json.loads((folder / PIN_FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


class Lock:
    """Lets in who knows the PIN; sessions are signed, so that they outlast a restart of the program.

    `source` tells the PIN in force; a new one ends the sessions of the old when somebody comes in by it.
    """

    def __init__(self, source: Callable[[], Pin | None], clock: Clock) -> None:
        self._source = source
        self._pin = source()
        self._clock = clock
        self._wrong = 0
        self._not_before = 0.0
        self._guard = threading.Lock()

    def enter(self, given: str) -> str:
        """Return a session for the right PIN; ForbiddenError for a wrong one, ThrottledError too soon."""
        with self._guard:
            left = self._not_before - self._clock.monotonic()
            if left > 0:
                raise ThrottledError(
                    "Sai PIN nhiều lần; hãy đợi {seconds} giây rồi thử lại.",
                    seconds=int(left) + 1,
                    retry_after_seconds=int(left) + 1,
                )
            self._pin = self._source()
            if self._pin is None:
                raise ForbiddenError("Trạm chưa có PIN; hãy chạy trên máy này: loaphuong station pin")
            if not self._pin.is_this(given):
                self._refuse()
            self._wrong = 0
        return self._sign(f"{int(self._clock.now().timestamp())}.{secrets.token_hex(16)}")

    def knows(self, session: str) -> bool:
        """Tell whether a session was given by this lock and has not run out."""
        said, _, _ = session.rpartition(".")
        began = said.partition(".")[0]
        if not (began.isdecimal() and hmac.compare_digest(self._sign(said), session)):
            return False
        age = self._clock.now().timestamp() - int(began)
        return -SESSION_SECONDS < age < SESSION_SECONDS

    def token(self, session: str) -> str:
        """Return what a request that changes something must carry beside its session."""
        return self._mark(f"token {session}")

    def _refuse(self) -> None:
        self._wrong += 1
        over = self._wrong - FREE_TRIES
        if over >= 0:
            wait = min(LONGEST_WAIT_SECONDS, 2.0 ** min(over + 1, _MOST_DOUBLINGS))
            self._not_before = self._clock.monotonic() + wait
        raise ForbiddenError("PIN không đúng; hãy thử lại.")

    def _sign(self, said: str) -> str:
        return f"{said}.{self._mark(said)}"

    def _mark(self, said: str) -> str:
        key = bytes.fromhex(self._pin.key) if self._pin else secrets.token_bytes(32)
        return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def _stretched(pin: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", pin.encode(), bytes.fromhex(salt), ROUNDS).hex()
