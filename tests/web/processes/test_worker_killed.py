"""`loaphuong worker`, killed at ten points of a job's life: nothing is lost, every clip is made once.

Real processes on one database; a local server that speaks Google's protocol holds them where the test
wants them, and so does the database's own write lock.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from audio import mastering, rendering
from audio.files import PART
from audio.models import Clip, JobState, RenderJob
from content.clock import SystemClock
from content.settings import Settings
from tests.audio.fake_voice import hum
from tests.audio.google_server import GoogleServer, google
from web import migrate
from web.house import House

ROOT = Path(__file__).parents[3]
NUMBERS = ("một", "hai", "ba")
STEP_S = 0.01
PATIENCE_S = 30.0


@dataclass
class Yard:
    """A house, the server its voice asks, and the worker under test.  One worker lives at a time."""

    house: House
    server: GoogleServer
    clock: SystemClock = field(default_factory=SystemClock)
    kills: int = 0
    voices: str = "gtts"

    def ask(self, number: str) -> None:
        """Ask for a clip of three sentences that no other has."""
        spoken = f"Tin {number} bắt đầu. Tin {number} nói tiếp. Tin {number} hết."
        with self.house.database.writing() as session:
            rendering.request(
                session,
                spoken=spoken,
                title=f"Tin {number}",
                programme=None,
                voices=("gtts",),
                now=self.clock.now(),
            )

    def soon(self, seen: Callable[[], object], *, within_s: float = 1.0) -> bool:
        """Tell whether the thing is seen in time."""
        end = self.clock.monotonic() + within_s
        while not seen():
            if self.clock.monotonic() > end:
                return False
            self.clock.wait(threading.Event(), STEP_S)
        return True

    def until(self, seen: Callable[[], object]) -> None:
        """Wait for the thing itself."""
        assert self.soon(seen, within_s=PATIENCE_S)

    def jobs(self) -> list[RenderJob]:
        with self.house.database.reading() as session:
            return list(session.scalars(select(RenderJob).order_by(RenderJob.id)))

    def files(self) -> list[str]:
        """Return the names of everything in the folders of clips and tapes.

        What was cut off in the middle of being written is left out: it is never taken for a clip, and
        housekeeping removes it.
        """
        folders = (self.house.settings.data_dir / name for name in ("clips", "tmp"))
        found = (path for folder in folders for path in folder.rglob("*") if path.is_file())
        return [path.name for path in found if path.suffix != PART]

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Run a worker for the length of the block, then kill it as a power cut does."""
        environment = {
            **os.environ,
            "LOAPHUONG_DATA_DIR": str(self.house.settings.data_dir),
            "LOAPHUONG_MODE": "rehearsal",
            "LOAPHUONG_VOICES": self.voices,
            "LOAPHUONG_GTTS_URL": self.server.url,
        }
        log = self.house.settings.data_dir / "worker.log"
        command = [sys.executable, "-m", "loaphuong", "worker"]
        with (
            log.open("ab") as told,
            subprocess.Popen(command, cwd=ROOT, env=environment, stderr=told, stdout=told) as process,
        ):
            try:
                yield
            finally:
                os.kill(process.pid, signal.SIGKILL)
                self.kills += 1

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody write into the database meanwhile."""
        with self.house.database.writing() as session:
            session.execute(text("SELECT 1"))
            yield

    def let_one_write_through(self, lock: ExitStack) -> None:
        """Lend the lock until the worker has written something of its job."""
        seen = working(self).updated_at
        lock.close()
        self.until(lambda: working(self).updated_at != seen)
        lock.enter_context(self.locked())


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    house = House.open(Settings(mode="rehearsal", data_dir=tmp_path), SystemClock())
    migrate.upgrade(house.database.engine)
    sound = mastering.encoded(hum(1.2), mastering.Settings(0, -2))
    with google(sound) as server:
        yield Yard(house, server)
    house.close()


def die_before_the_job_is_taken(yard: Yard) -> None:
    log = yard.house.settings.data_dir / "worker.log"
    before = log.read_bytes().count(b"at work") if log.exists() else 0
    with yard.locked(), yard.worker():
        yard.until(lambda: log.read_bytes().count(b"at work") > before)


def die_at_a_request(yard: Yard) -> None:
    """Die waiting for an answer that never comes."""
    with yard.worker():
        assert yard.server.arrived.acquire(timeout=PATIENCE_S)


def die_between_two_sentences(yard: Yard) -> None:
    """One sentence is known and kept; the next is on its way or in the pause before it."""
    yard.server.gate.set()
    with yard.worker():
        yard.until(lambda: working(yard).sentence_done >= 1)
    yard.server.gate.clear()


def die_before_the_last_sentence_is_noted(yard: Yard) -> None:
    """Die waiting for the lock, with the sentence in hand."""
    with yard.worker():
        assert yard.server.arrived.acquire(timeout=PATIENCE_S)
        lock = ExitStack()
        lock.enter_context(yard.locked())
        yard.server.gate.set()
        yard.until(lambda: yard.server.at_once == 0)
    lock.close()
    yard.server.gate.clear()


def die_in_mastering(yard: Yard) -> None:
    yard.server.gate.set()
    with yard.worker():
        yard.until(lambda: working(yard).sentence_done == 3)
    yard.server.gate.clear()


def die_with_the_file_written_and_the_job_not_ended(yard: Yard) -> None:
    """Lend the lock for one write at a time, until the clip lies there and only its row is missing."""
    before = len(yard.files())
    yard.server.gate.set()
    with ExitStack() as lock, yard.worker():
        lock.enter_context(yard.locked())
        while not yard.soon(lambda: len(yard.files()) > before):
            yard.let_one_write_through(lock)
    assert working(yard).state == JobState.WORKING
    yard.server.gate.clear()


def die_with_the_job_just_done(yard: Yard) -> None:
    done = sum(job.state == JobState.DONE for job in yard.jobs())
    yard.server.gate.set()
    with yard.worker():
        yard.until(lambda: sum(job.state == JobState.DONE for job in yard.jobs()) > done)
    yard.server.gate.clear()


def working(yard: Yard) -> RenderJob:
    return next(job for job in yard.jobs() if job.state != JobState.DONE)


def drain(yard: Yard) -> None:
    while yard.server.arrived.acquire(blocking=False):
        pass


POINTS = (
    die_before_the_job_is_taken,
    die_at_a_request,
    die_between_two_sentences,
    die_before_the_last_sentence_is_noted,
    die_with_the_job_just_done,
    die_at_a_request,
    die_in_mastering,
    die_with_the_job_just_done,
    die_with_the_file_written_and_the_job_not_ended,
    die_before_the_job_is_taken,
)
"""In the order of a queue of three: no job may lose more workers than it is forgiven."""


def test_a_worker_killed_at_ten_points_loses_nothing_and_makes_every_clip_once(yard: Yard) -> None:
    yard.server.gate.clear()
    for number in NUMBERS:
        yard.ask(number)
    for die in POINTS:
        die(yard)
        drain(yard)
    yard.server.gate.set()
    with yard.worker():
        yard.until(lambda: {job.state for job in yard.jobs()} == {JobState.DONE})
    jobs = yard.jobs()
    assert (yard.kills, len({job.recipe_sha256 for job in jobs}), len(jobs)) == (11, 3, 3)
    assert sorted(yard.files()) == sorted(f"{job.clip_sha256}.mp3" for job in jobs)
    with yard.house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Clip)) == 3
    assert all(yard.house.library.open_clip(str(job.clip_sha256)) for job in jobs)
