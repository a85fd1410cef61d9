"""Children that stay, and can be killed."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from audio.voices.child import ChildError
from audio.voices.standing import Children
from content.clock import SystemClock

MODULE = "tests.audio.voices.hanging_child"
ROOT = Path(__file__).parents[3]


def make_children(idle_s: float = 30) -> Children:
    return Children(MODULE, voice="thử", idle_s=idle_s)


def pid(children: Children) -> int:
    return int(children.ask({"do": "echo"}, limit_s=20).facts["pid"])


def is_gone(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return True
    return False


def test_a_child_answers_again_and_again() -> None:
    children = make_children()
    assert pid(children) == pid(children)


@pytest.mark.parametrize("what", ["echo", "print"])
def test_bytes_come_whole_and_chatter_is_kept_apart(what: str) -> None:
    assert make_children().ask({"do": what}, limit_s=20).data == b"\0\n\xff" * 99_999


def test_a_child_that_hangs_is_ended_in_time_and_another_takes_its_place() -> None:
    children, clock = make_children(), SystemClock()
    first, start = pid(children), clock.monotonic()
    with pytest.raises(ChildError, match="không trả lời"):
        children.ask({"do": "hang"}, limit_s=0.3)
    assert clock.monotonic() - start < 10
    assert is_gone(first)
    assert pid(children) != first


def test_a_child_that_dies_tells_its_last_word() -> None:
    with pytest.raises(ChildError, match="đứt giữa chừng"):
        make_children().ask({"do": "die"}, limit_s=20)


def test_a_child_that_was_killed_while_it_rested_is_replaced() -> None:
    children = make_children()
    first = pid(children)
    os.kill(first, signal.SIGKILL)
    assert pid(children) != first


def test_two_callers_get_two_children() -> None:
    children, found = make_children(), set()
    together = threading.Barrier(2)

    def ask() -> None:
        together.wait()
        found.add(pid(children))

    callers = [threading.Thread(target=ask) for _ in range(2)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert len(found) == 2


def test_an_idle_child_ends_by_itself() -> None:
    children = make_children(idle_s=1)
    child = int(children.ask({"do": "echo"}, limit_s=20).facts["pid"])
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert pid(children) != child


def test_no_child_outlives_its_parent() -> None:
    code = (
        f"from audio.voices.standing import Children\nc = Children({MODULE!r}, voice='x', idle_s=60)\n"
        "print(c.ask({'do': 'echo'}, limit_s=20).facts['pid'], flush=True)\nimport signal; signal.pause()"
    )
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        held = os.pidfd_open(child)
        parent.kill()
    assert wait_for_end(held)


def wait_for_end(pidfd: int) -> bool:
    """Wait up to 20 s until a process has ended."""
    ready, _, _ = select.select([pidfd], [], [], 20)
    os.close(pidfd)
    return bool(ready)


def test_a_child_gets_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAPHUONG_SECRET_KEY", "rat-bi-mat")
    assert make_children().ask({"do": "echo"}, limit_s=20).facts["secret"] is None
