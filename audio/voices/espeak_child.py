"""Speaks by eSpeak NG, each utterance in a process of its own: a script of the standard library alone.

The engine is not safe among threads and corrupts the heap when it fails, so it lives one utterance long.
What need not be done for each is done once: this process starts, loads the library, and then forks a child
for every connection that it is handed.

Usage: `python -I -S espeak_child.py LIBRARY DATA`.  Standard input is a socket; each byte on it carries one
connection (SCM_RIGHTS), its end ends this process.  A connection brings one JSON wish `{"limit_s",
"voice", "words_per_minute", "text"}` up to its end, and is answered by a line `RATE BYTES` and so many
bytes of s16le samples, or by a line `! WHY`.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import sys
from pathlib import Path

_SYNCHRONOUS, _DONT_EXIT = 2, 0x8000
_UTF8, _END_PAUSE = 1, 0x1000
_RATE = 1
_DIE_WITH_PARENT = 1
_PIECE = 1 << 16
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def begin(library: str, voice: str, words_per_minute: int) -> tuple[ctypes.CDLL, int]:
    """Return the engine, ready, and its samples a second.  It can be begun once in a process.

    RuntimeError when it refuses.
    """
    engine = ctypes.CDLL(library)
    # The data lie in the working folder: the engine keeps paths in a buffer too short for some.
    rate = int(engine.espeak_Initialize(_SYNCHRONOUS, 0, b".", _DONT_EXIT))
    if rate <= 0:
        raise RuntimeError(f"eSpeak NG cannot start from {Path.cwd()}")
    if engine.espeak_SetVoiceByName(voice.encode()) != 0:
        raise RuntimeError(f"eSpeak NG has no voice {voice}")
    engine.espeak_SetParameter(_RATE, words_per_minute, 0)
    return engine, rate


def synthesise(engine: ctypes.CDLL, text: str) -> bytes:
    """Return the s16le samples of `text`; RuntimeError when the engine refuses it."""
    # It seeds its breath noise with the hour; the same words are to give the same clip.
    engine.espeak_ng_SetRandSeed(ctypes.c_long(1))
    heard = bytearray()

    def hear(samples: object, count: int, _events: object) -> int:
        if samples and count > 0:
            heard.extend(ctypes.string_at(samples, count * 2))  # type: ignore[arg-type]
        return 0

    callback = _Callback(hear)
    engine.espeak_SetSynthCallback(callback)
    said = text.encode() + b"\0"
    size = ctypes.c_size_t(len(said))
    if engine.espeak_Synth(said, size, 0, 1, 0, _UTF8 | _END_PAUSE, None, None) != 0:
        raise RuntimeError("eSpeak NG refused the text")
    engine.espeak_Synchronize()
    return bytes(heard)


def _answer(connection: socket.socket, library: str) -> None:
    """Answer one wish; the alarm ends this child whatever the engine is caught in."""
    wish = json.loads(b"".join(iter(lambda: connection.recv(_PIECE), b"")))
    signal.setitimer(signal.ITIMER_REAL, max(0.001, wish["limit_s"]))
    engine, rate = begin(library, wish["voice"], wish["words_per_minute"])
    samples = synthesise(engine, wish["text"])
    connection.sendall(b"%d %d\n" % (rate, len(samples)) + samples)


def _live_once(connection: socket.socket, library: str) -> None:
    """Be the child: answer, or say why not, and end."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    try:
        _answer(connection, library)
    except Exception as error:  # noqa: BLE001 (the end of a process: what went wrong is told to who waits)
        with contextlib.suppress(OSError):
            connection.sendall(f"! {error}\n".encode())
    os._exit(0)


def _serve(control: socket.socket, library: str) -> None:
    """Fork a child for every connection handed over, until there is nobody to hand one over."""
    while True:
        told, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not told:
            return
        for handle in handles:
            with socket.socket(fileno=handle) as connection:
                if os.fork() == 0:
                    control.close()
                    _live_once(connection, library)


def main() -> None:
    """Load the engine and serve.  Ctrl-C is the parent's affair; children are never waited for."""
    library, data = sys.argv[1:]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.chdir(Path(data).parent)
    with contextlib.suppress(OSError):
        ctypes.CDLL(library)
    with socket.socket(fileno=0) as control:
        _serve(control, library)


if __name__ == "__main__":
    main()
