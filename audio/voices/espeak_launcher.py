"""Keeps the process that speaks by eSpeak NG, one for this process, and hands it the wishes."""

from __future__ import annotations

import atexit
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path

import espeakng_loader

from audio.files import told
from audio.pcm import Pcm
from audio.voices.child import ChildError, environment
from content.errors import UnavailableError

_SCRIPT = Path(__file__).with_name("espeak_child.py")
_GRACE_S = 1.0
_PIECE = 1 << 18
_REFUSED = b"!"


class Launcher:
    """A process that forks one child per utterance; it ends when this object closes or its owner dies."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        library, data = espeakng_loader.get_library_path(), espeakng_loader.get_data_path()
        command = [sys.executable, "-I", "-S", str(_SCRIPT), library, data]
        quiet = subprocess.DEVNULL
        with theirs:
            self._process = subprocess.Popen(
                command, stdin=theirs.fileno(), stdout=quiet, stderr=quiet, env=environment()
            )
        self._control = ours
        self._lock = threading.Lock()

    @property
    def pid(self) -> int:
        """The process that forks."""
        return int(self._process.pid)

    @property
    def alive(self) -> bool:
        """Whether the other end is still there to be handed anything."""
        try:
            return bool(self._control.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def ask(self, wish: bytes, limit_s: float) -> bytes:
        """Return the child's whole answer, short when it died; OSError when nobody took or answered it."""
        ours, theirs = socket.socketpair()
        with ours, theirs:
            with self._lock:
                socket.send_fds(self._control, [b"w"], [theirs.fileno()])
            theirs.close()
            ours.settimeout(limit_s + _GRACE_S)
            ours.sendall(wish)
            ours.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: ours.recv(_PIECE), b""))

    def close(self) -> None:
        """End the process, and with it whatever it is saying."""
        self._control.close()
        self._process.kill()
        self._process.wait()


class Launchers:
    """The launcher of this process: started when first wanted, and again when it has died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._launcher: Launcher | None = None

    def get(self) -> Launcher:
        """Return a launcher that lives; OSError when none can be started."""
        with self._lock:
            if self._launcher and not self._launcher.alive:
                self._drop()
            self._launcher = self._launcher or Launcher()
            return self._launcher

    def drop(self, launcher: Launcher) -> None:
        """End a launcher that does not answer; the next one wanted is another."""
        with self._lock:
            if self._launcher is launcher:
                self._drop()

    def close(self) -> None:
        """End the launcher, if there is one."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._launcher:
            self._launcher.close()
        self._launcher = None


LAUNCHERS = Launchers()
atexit.register(LAUNCHERS.close)


def speak(text: str, *, voice: str, words_per_minute: int, limit_s: float) -> Pcm:
    """Return one utterance, spoken in a process of its own.

    ChildError when that process hung, died or could not be started; UnavailableError when the engine refused.
    """
    wish = {"limit_s": limit_s, "voice": voice, "words_per_minute": words_per_minute, "text": text}
    head, samples = _answer(json.dumps(wish).encode(), limit_s)
    if head.startswith(_REFUSED):
        raise UnavailableError(
            "Giọng espeak không đọc được: {why}.", why=head[1:].decode("utf-8", "replace").strip()
        )
    if not samples:
        raise UnavailableError("Giọng espeak không phát ra tiếng nào.")
    return Pcm(samples, int(head.split()[0]))


def _answer(wish: bytes, limit_s: float) -> tuple[bytes, bytes]:
    """Return an answer's first line and the rest; ask once more when the launcher died over it."""
    for _ in range(2):
        try:
            launcher = LAUNCHERS.get()
            head, _, samples = _asked(launcher, wish, limit_s).partition(b"\n")
        except OSError as error:
            raise ChildError("Không khởi động được giọng espeak: {why}.", why=told(error)) from error
        if _whole(head, samples):
            return head, samples
        if launcher.alive:
            break
    raise ChildError("Giọng espeak dừng giữa chừng, hoặc đọc quá {limit} giây.", limit=round(limit_s, 1))


def _whole(head: bytes, samples: bytes) -> bool:
    return head.startswith(_REFUSED) or head.endswith(b" %d" % len(samples))


def _asked(launcher: Launcher, wish: bytes, limit_s: float) -> bytes:
    """Return the answer, empty when the other side died; one that says nothing in time is ended."""
    try:
        return launcher.ask(wish, limit_s)
    except TimeoutError as error:
        LAUNCHERS.drop(launcher)
        raise ChildError("Giọng espeak không trả lời sau {limit} giây.", limit=round(limit_s, 1)) from error
    except OSError:
        return b""
