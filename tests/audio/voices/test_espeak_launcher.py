"""One process per utterance, and what happens when one of the processes is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from audio.voices.child import ROOT, ChildError
from audio.voices.espeak import EspeakVoice
from audio.voices.espeak_launcher import LAUNCHERS, Launcher, speak
from content.errors import UnavailableError

LONG = "xin chào bà con " * 240
HELLO = "Xin chào bà con."
MOST_LOOKS = 2_000_000
_OWNER = """
import sys
from audio.voices.espeak import EspeakVoice
from audio.voices.espeak_launcher import LAUNCHERS
EspeakVoice().speak("Xin chào.", limit_s=20)
print(LAUNCHERS.get().pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    EspeakVoice().speak(HELLO, limit_s=20)
    yield LAUNCHERS.get()
    LAUNCHERS.close()


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def until(seen: Callable[[], object], tries: int = MOST_LOOKS) -> None:
    assert any(seen() for _ in range(tries))


def speaking(launcher: Launcher, pool: ThreadPoolExecutor) -> tuple[Future[object], int]:
    """Begin a long utterance; return it and its child."""
    said: Future[object] = pool.submit(EspeakVoice().speak, LONG, limit_s=30)
    looks = (children(launcher.pid) for _ in range(MOST_LOOKS))
    return said, next(seen[0] for seen in looks if seen)


def fate_of_a_killed_child(launcher: Launcher, pool: ThreadPoolExecutor) -> BaseException | None:
    """Kill what speaks; None: it had said everything before the blow."""
    said, child = speaking(launcher, pool)
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    return said.exception()


def test_every_utterance_has_a_process_of_its_own(launcher: Launcher) -> None:
    with ThreadPoolExecutor(2) as pool:
        said = [pool.submit(EspeakVoice().speak, LONG, limit_s=30) for _ in range(2)]
        until(lambda: len(children(launcher.pid)) == 2)
    assert said[0].result() == said[1].result()


def test_a_killed_child_is_an_error_and_the_next_one_speaks(launcher: Launcher) -> None:
    with ThreadPoolExecutor(1) as pool:
        until(lambda: isinstance(fate_of_a_killed_child(launcher, pool), ChildError), tries=20)
    assert EspeakVoice().speak(HELLO, limit_s=20).duration_ms > 500


def test_a_killed_launcher_takes_its_child_along_and_the_words_are_said_by_the_next(
    launcher: Launcher,
) -> None:
    whole = EspeakVoice().speak(LONG, limit_s=30)
    with ThreadPoolExecutor(1) as pool:
        said, child = speaking(launcher, pool)
        os.kill(launcher.pid, signal.SIGKILL)
        assert said.result() == whole
    until(lambda: not lives(child))


def test_a_launcher_that_stands_still_is_replaced(launcher: Launcher) -> None:
    os.kill(launcher.pid, signal.SIGSTOP)
    with pytest.raises(ChildError, match="không trả lời"):
        EspeakVoice().speak(HELLO, limit_s=0.1)
    assert EspeakVoice().speak(HELLO, limit_s=20).duration_ms > 500
    assert not lives(launcher.pid)


def test_ctrl_c_is_left_to_the_parent(launcher: Launcher) -> None:
    os.kill(launcher.pid, signal.SIGINT)
    assert EspeakVoice().speak(HELLO, limit_s=20).duration_ms > 500
    assert LAUNCHERS.get() is launcher


def test_it_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAPHUONG_SECRET", "x" * 40)
    LAUNCHERS.close()
    EspeakVoice().speak(HELLO, limit_s=20)
    assert b"SECRET" not in Path(f"/proc/{LAUNCHERS.get().pid}/environ").read_bytes()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, None])
def test_it_ends_with_its_owner(how: signal.Signals | None) -> None:
    command = [sys.executable, "-W", "error", "-c", _OWNER]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as owner:  # type: ignore[call-overload]
        pid = int(owner.stdout.readline())
        assert lives(pid)
        if how:
            owner.send_signal(how)
        _, told = owner.communicate()
    until(lambda: not lives(pid))
    assert told == b""


def test_what_the_engine_refuses_is_told() -> None:
    with pytest.raises(UnavailableError, match="no voice"):
        speak("xin chào", voice="vi-nowhere", words_per_minute=115, limit_s=5)
