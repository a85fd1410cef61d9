"""One mpv process and the JSON lines spoken with it over a socket pair.

The pair's end goes with this process, and mpv ends with it: a player is never left behind.
"""

from __future__ import annotations

import json
import logging
import queue
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from content.clock import Clock
from content.errors import ConfigurationError, UnavailableError

PROGRAM = "mpv"
# No configuration, no scripts, no window: what it plays is said over the socket and nowhere else.
# One output format for everything, so that one clip follows another without a gap.
ARGUMENTS = (
    "--no-config",
    "--idle=yes",
    "--no-video",
    "--no-terminal",
    "--ytdl=no",
    "--load-scripts=no",
    "--osc=no",
    "--input-default-bindings=no",
    "--audio-display=no",
    "--gapless-audio=yes",
    "--prefetch-playlist=yes",
    "--audio-channels=mono",
    "--audio-samplerate=48000",
    "--audio-format=float",
    "--audio-client-name=loaphuong",
    "--network-timeout=10",
)
REPLY_SECONDS = 2.0

log = logging.getLogger("station")


class StuckError(UnavailableError):
    """The program lives and does not answer, or is gone; `why` in plain English, for the journal."""

    code = "player_stuck"

    def __init__(self, why: str) -> None:
        super().__init__("Trình phát mpv hỏng ({why}).", why=why)
        self.why = why


@dataclass
class _Asked:
    """A request on its way and the answer to it."""

    done: threading.Event = field(default_factory=threading.Event)
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """An event of mpv, and the monotonic instant at which it came."""

    at: float
    name: str
    data: dict[str, Any]


class Mpv:
    """A running mpv; `wake` is called, from another thread, when something happened."""

    def __init__(self, clock: Clock, *, device: str, wake: Callable[[], None]) -> None:
        self._clock = clock
        self._wake = wake
        self._asked: dict[int, _Asked] = {}
        self._number = 0
        self._lock = threading.Lock()
        self._heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = _spawn([f"--audio-device={device}"], theirs)
        self._thread = threading.Thread(target=self._listen, name="mpv", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def ask(self, *command: object, patience: float = REPLY_SECONDS) -> Any:
        """Give a command and return the `data` of its answer, None when it was refused.

        Raises StuckError when no answer comes within `patience` seconds.
        """
        with self._lock:
            self._number += 1
            number, asked = self._number, _Asked()
            self._asked[number] = asked
        try:
            self._line.sendall(json.dumps({"command": command, "request_id": number}).encode() + b"\n")
            answered = self._clock.wait(asked.done, patience) and bool(asked.answer)
        except OSError:
            answered = False
        finally:
            self._asked.pop(number, None)
        if not answered:
            raise StuckError("mpv gave no answer")
        return asked.answer.get("data")

    def put(self, name: str, value: object) -> None:
        """Set a property."""
        self.ask("set_property", name, value)

    def get(self, name: str) -> Any:
        """Return a property, None when it has no value now."""
        return self.ask("get_property", name)

    def events(self) -> list[Heard]:
        """Return what happened since the last call, oldest first."""
        heard = []
        while not self._heard.empty():
            heard.append(self._heard.get_nowait())
        return heard

    def kill(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        self._line.close()
        self._thread.join(timeout=5)

    def _listen(self) -> None:
        """Take in every line until the process ends; then nobody waits for an answer any more."""
        try:
            with self._line.makefile("rb") as lines:
                for line in lines:
                    self._take(json.loads(line))
        except (OSError, ValueError) as error:
            log.debug("mpv's line broke: %s", error)
        for asked in list(self._asked.values()):
            asked.done.set()
        self._tell("gone", {})

    def _take(self, message: dict[str, Any]) -> None:
        if "event" in message:
            self._tell(message["event"], message)
            return
        asked = self._asked.get(message.get("request_id", 0))
        if asked is not None:
            asked.answer = message
            asked.done.set()

    def _tell(self, name: str, data: dict[str, Any]) -> None:
        self._heard.put(Heard(self._clock.monotonic(), name, data))
        self._wake()


def check_program() -> None:
    """Raise ConfigurationError unless mpv is installed."""
    if shutil.which(PROGRAM) is None:
        raise ConfigurationError("Máy chưa có mpv để phát ra loa; hãy cài: sudo apt-get install mpv.")


def _spawn(extra: Sequence[str], line: socket.socket) -> subprocess.Popen[bytes]:
    descriptor = line.fileno()
    command = [PROGRAM, *ARGUMENTS, *extra, f"--input-ipc-client=fd://{descriptor}"]
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[descriptor],
        )
    except OSError as error:
        raise UnavailableError("Không chạy được mpv: {why}.", why=str(error)) from error
