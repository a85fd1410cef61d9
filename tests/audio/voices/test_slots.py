"""At most so many at a time, over all processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from audio.voices.slots import slot
from content.clock import SteppedClock
from content.errors import UnavailableError

ROOT = Path(__file__).parents[3]
_HOLDER = """
import sys, threading
from pathlib import Path
from audio.voices.slots import slot
from content.clock import SystemClock
with slot(Path(sys.argv[1]), SystemClock(), count=1, limit_s=5):
    print("held", flush=True)
    threading.Event().wait()
"""


def test_a_full_house_is_told_in_time(tmp_path: Path, clock: SteppedClock) -> None:
    with (
        slot(tmp_path, clock, count=1, limit_s=1),
        pytest.raises(UnavailableError, match="đang chờ"),
        slot(tmp_path, clock, count=1, limit_s=1),
    ):
        pass


def test_a_place_is_free_again_afterwards(tmp_path: Path, clock: SteppedClock) -> None:
    for _ in range(3):
        with slot(tmp_path, clock, count=1, limit_s=1):
            assert (tmp_path / "slot-0").exists()


def test_a_killed_process_gives_its_place_back(tmp_path: Path, clock: SteppedClock) -> None:
    command = [sys.executable, "-c", _HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(UnavailableError), slot(tmp_path, clock, count=1, limit_s=1):
            pass
        os.kill(holder.pid, signal.SIGKILL)
    with slot(tmp_path, clock, count=1, limit_s=1):
        assert holder.returncode == -signal.SIGKILL


def test_a_folder_that_cannot_be_is_told(tmp_path: Path, clock: SteppedClock) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError), slot(tmp_path / "file" / "in", clock, count=1, limit_s=1):
        pass
