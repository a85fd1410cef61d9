"""Children that stay: an engine that is slow to start answers one wish after another, and can be killed.

A wish is one line of JSON on the child's standard input; an answer is one line of JSON, whose `bytes` says
how many bytes follow it.  `answer_wishes` is the child's side.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from audio.voices.child import ROOT, ChildError, environment, last_line


@dataclass(frozen=True)
class Answer:
    """What a child answered: facts, and the bytes that came with them."""

    facts: Mapping[str, Any]
    data: bytes = b""


class Children:
    """Children of one module, each lent to one caller at a time; more are started as they are needed.

    A child ends by itself when it has had nothing to do for `idle_s` seconds, when its parent is gone,
    and when an answer takes longer than its limit.
    """

    def __init__(self, module: str, *, voice: str, idle_s: float) -> None:
        self._command = [sys.executable, "-m", module, f"{idle_s:.3f}"]
        self._voice = voice
        self._resting: list[_Child] = []
        self._lock = threading.Lock()
        weakref.finalize(self, _end_all, self._resting)

    def ask(self, wish: Mapping[str, Any], *, limit_s: float) -> Answer:
        """Return the answer to `wish`; ChildError when none came in `limit_s` seconds."""
        while child := self._rested():
            try:
                return self._answer(child, wish, limit_s)
            except _GoneError:
                continue
        try:
            return self._answer(_Child(self._command), wish, limit_s)
        except (_GoneError, OSError) as error:
            raise ChildError(
                "Giọng {voice} dừng giữa chừng ({why}).", voice=self._voice, why=error
            ) from error

    def close(self) -> None:
        """End the children that have nothing to do."""
        with self._lock:
            _end_all(self._resting)

    def _rested(self) -> _Child | None:
        with self._lock:
            return self._resting.pop() if self._resting else None

    def _answer(self, child: _Child, wish: Mapping[str, Any], limit_s: float) -> Answer:
        try:
            answer = child.ask(wish, limit_s)
        except TimeoutError as error:
            child.end()
            raise ChildError(
                "Giọng {voice} không trả lời sau {limit} giây.", voice=self._voice, limit=round(limit_s, 1)
            ) from error
        except BaseException:
            child.end()
            raise
        with self._lock:
            self._resting.append(child)
        return answer


class _GoneError(Exception):
    """The child is gone and has not answered; its last word, if it had one."""


class _Child:
    """One process, used by one thread at a time."""

    def __init__(self, command: list[str]) -> None:
        self._told = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the process)
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=self._told, cwd=ROOT, env=environment()
        )

    def ask(self, wish: Mapping[str, Any], limit_s: float) -> Answer:
        """Return the answer; TimeoutError, or _GoneError when the process ended by itself."""
        late = threading.Event()
        timer = threading.Timer(limit_s, self._kill, (late,))
        timer.start()
        try:
            return self._converse({**wish, "limit_s": limit_s})
        except (OSError, EOFError) as error:
            if late.is_set():
                raise TimeoutError from error
            raise _GoneError(self._why()) from error
        finally:
            timer.cancel()

    def end(self) -> None:
        """End the process and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._told):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr] # (all three are there)

    def _converse(self, wish: Mapping[str, Any]) -> Answer:
        given, printed = self._process.stdin, self._process.stdout
        assert given is not None  # noqa: S101 (asked for above)
        assert printed is not None  # noqa: S101
        given.write(json.dumps(wish).encode() + b"\n")
        given.flush()
        facts = json.loads(_whole(printed.readline(), ends=b"\n"))
        return Answer(facts, _whole(printed.read(facts["bytes"]), size=facts["bytes"]))

    def _kill(self, late: threading.Event) -> None:
        late.set()
        self._process.kill()

    def _why(self) -> str:
        status = self._process.wait()
        self._told.seek(0)
        return last_line(self._told.read()) or f"mã {status}"


def answer_wishes(answer: Callable[[Mapping[str, Any]], Answer]) -> None:
    """Answer every wish of standard input until it ends; alarms end a process that idles or hangs.

    Usage of such a module: `python -m MODULE IDLE_SECONDS`.
    """
    printed = _own_output()
    while True:
        signal.setitimer(signal.ITIMER_REAL, float(sys.argv[1]))
        line = sys.stdin.buffer.readline()
        if not line:
            return
        wish = json.loads(line)
        signal.setitimer(signal.ITIMER_REAL, wish["limit_s"])
        said = answer(wish)
        printed.write(json.dumps({**said.facts, "bytes": len(said.data)}).encode() + b"\n" + said.data)
        printed.flush()


def _own_output() -> IO[bytes]:
    """Return standard output for the answers alone: what a library prints goes to standard error."""
    printed = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return printed


def _whole(found: bytes, *, size: int = 0, ends: bytes = b"") -> bytes:
    if len(found) < size or not found.endswith(ends):
        raise EOFError
    return found


def _end_all(children: list[_Child]) -> None:
    while children:
        children.pop().end()
