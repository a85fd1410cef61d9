"""The worker, with real mastering and a voice with levers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from audio import rendering
from audio.library import Library
from audio.models import Clip, JobState, RenderJob
from audio.recipe import Recipe
from audio.voices.espeak import EspeakVoice
from audio.voices.registry import Voices
from audio.worker import Worker
from content.clock import SteppedClock
from content.db import Database
from tests.audio.conftest import START
from tests.audio.fake_voice import HummingVoice

SPOKEN = "Câu thứ nhất dài một chút. Câu thứ hai cũng vậy. Câu thứ ba thì sao? Câu thứ tư là câu cuối."


LONG = SPOKEN + "".join(f" Thêm câu số {number}." for number in range(30))


def ask(database: Database, *voices: str, spoken: str = SPOKEN) -> int:
    with database.writing() as session:
        job = rendering.request(session, spoken=spoken, title="Thử", programme=None, voices=voices, now=START)
    assert isinstance(job, RenderJob)
    return job.id


def job_of(database: Database, job_id: int) -> RenderJob:
    with database.reading() as session:
        return session.get_one(RenderJob, job_id)


def test_one_job_ends_in_a_clip_that_can_be_opened(
    database: Database, library: Library, clock: SteppedClock
) -> None:
    job_id = ask(database, "hum")
    worker = Worker(database, library, Voices([HummingVoice()]), clock, "w1")
    assert worker.step()
    job = job_of(database, job_id)
    assert (job.state, job.sentence_done) == (JobState.DONE, 4)
    assert library.open_clip(job.clip_sha256 or "").stat().st_size > 0


def test_the_next_voice_speaks_the_whole_clip_when_the_first_breaks_down(
    database: Database, library: Library, clock: SteppedClock
) -> None:
    ask(database, "first", "second")
    first, second = HummingVoice("first"), HummingVoice("second")
    first.fails_on = "thứ ba"
    Worker(database, library, Voices([first, second]), clock, "w1").step()
    with database.reading() as session:
        assert session.scalars(select(Clip.voice)).one() == "second"
    assert len(second.said) == 4


def test_a_job_that_no_voice_can_speak_waits(
    database: Database, library: Library, clock: SteppedClock
) -> None:
    job_id = ask(database, "hum")
    voice = HummingVoice()
    voice.available = False
    worker = Worker(database, library, Voices([voice]), clock, "w1")
    worker.step()
    assert job_of(database, job_id).state == JobState.QUEUED
    voice.available = True
    clock.advance(10)
    worker.step()
    assert job_of(database, job_id).state == JobState.DONE


def test_a_cancelled_job_is_abandoned_at_the_next_sentence(
    database: Database, library: Library, clock: SteppedClock
) -> None:
    job_id = ask(database, "hum", spoken=LONG)
    voice = HummingVoice()
    said_before: list[int] = []
    one_by_one = threading.Lock()

    def cancel(text: str) -> None:
        clock.advance(1)  # a sentence takes its time, and progress is told every half second
        with one_by_one:
            if "thứ hai" in text:
                said_before.append(len(voice.said))
                with database.writing() as session:
                    rendering.cancel(session, job_id, clock.now())

    voice.before = cancel
    Worker(database, library, Voices([voice]), clock, "w1").step()
    assert len(voice.said) - said_before[0] < 12
    assert job_of(database, job_id).state == JobState.CANCELLED


def test_a_job_cancelled_at_its_last_sentence_leaves_no_clip(
    database: Database, library: Library, clock: SteppedClock
) -> None:
    job_id = ask(database, "hum")
    voice = HummingVoice()

    def cancel(text: str) -> None:
        if "cuối" in text:
            with database.writing() as session:
                rendering.cancel(session, job_id, clock.now())

    voice.before = cancel
    Worker(database, library, Voices([voice]), clock, "w1").step()
    with database.reading() as session:
        assert session.scalars(select(Clip)).all() == []


def test_two_workers_share_the_queue_and_make_every_clip_once(
    database: Database, library: Library, clock: SteppedClock
) -> None:
    with database.writing() as session:
        for number in range(6):
            rendering.request(
                session, spoken="Xin chào.", title=str(number), programme=None, voices=("hum",), now=START
            )
    voice = HummingVoice()
    workers = [Worker(database, library, Voices([voice]), clock, name) for name in ("w1", "w2")]

    def empty_the_queue(worker: Worker) -> int:
        return len(list(iter(worker.step, False)))

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(empty_the_queue, workers))
    with database.reading() as session:
        jobs = session.scalars(select(RenderJob)).all()
    assert (sum(done), {job.state for job in jobs}, {job.attempts for job in jobs}) == (6, {"done"}, {1})


def test_stopping_puts_the_job_back(database: Database, library: Library, clock: SteppedClock) -> None:
    job_id = ask(database, "hum", spoken=LONG)
    voice, stop = HummingVoice(), threading.Event()
    voice.before = lambda _text: stop.set()
    Worker(database, library, Voices([voice]), clock, "w1").run(stop)
    assert len(voice.said) < 12
    assert job_of(database, job_id).state == JobState.QUEUED


def test_a_bug_in_a_voice_fails_the_job_and_spares_the_worker(
    database: Database, library: Library, clock: SteppedClock
) -> None:
    job_id = ask(database, "hum")
    voice = HummingVoice()

    def stumble(_text: str) -> None:
        raise RuntimeError("a bug")

    voice.before = stumble
    worker = Worker(database, library, Voices([voice]), clock, "w1")
    for _ in range(rendering.MOST_DEATHS):
        worker.step()
        clock.advance(200)
    job = job_of(database, job_id)
    assert (job.state, "Lỗi bất ngờ" in (job.error or "")) == (JobState.FAILED, True)


def test_sentences_spoken_before_are_not_spoken_again(
    database: Database, library: Library, clock: SteppedClock
) -> None:
    job_id = ask(database, "hum")
    voice = HummingVoice()
    voice.fails_on = "thứ ba"
    worker = Worker(database, library, Voices([voice]), clock, "w1")
    worker.step()
    voice.fails_on = None
    clock.advance(10)
    worker.step()
    assert len(voice.said) == 4
    assert job_of(database, job_id).state == JobState.DONE


def test_a_lost_clip_is_made_again_byte_for_byte(
    database: Database, library: Library, clock: SteppedClock
) -> None:
    job_id = ask(database, "espeak")
    worker = Worker(database, library, Voices([EspeakVoice()]), clock, "w1")
    worker.step()
    sha256 = job_of(database, job_id).clip_sha256 or ""
    library.open_clip(sha256).unlink()
    with database.writing() as session:
        rendering.renew(session, sha256, clock.now())
    worker.step()
    assert library.open_clip(sha256).is_file()


_DOOMED = """
import sys, threading
from pathlib import Path
from audio.library import Library
from audio.voices.registry import Voices
from audio.worker import Worker
from content.clock import SteppedClock
from content.db import Database
from tests.audio.conftest import START
from tests.audio.fake_voice import HummingVoice

voice = HummingVoice("espeak")
def halt(text):
    if "thứ ba" in text:
        print("in the middle", flush=True)
        threading.Event().wait()
voice.before = halt
folder = Path(sys.argv[1])
database = Database.open(f"sqlite:///{folder / 'test.db'}")
Worker(database, Library(folder), Voices([voice]), SteppedClock(START), "w1").run(threading.Event())
"""


@pytest.mark.parametrize("name", ["w1", "w2"])
def test_a_worker_killed_in_mid_render_loses_nothing_and_the_next_renders_once(
    database: Database, library: Library, clock: SteppedClock, tmp_path: Path, name: str
) -> None:
    """`w1` is the same worker started again, `w2` another one that finds the lease run out."""
    job_id = ask(database, "espeak")
    command = [sys.executable, "-c", _DOOMED, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as doomed:
        assert doomed.stdout
        assert doomed.stdout.readline().strip() == b"in the middle"
        os.kill(doomed.pid, signal.SIGKILL)
    held = job_of(database, job_id)
    assert held.state == JobState.WORKING
    assert held.lease_until
    clock.advance((held.lease_until - clock.now()).total_seconds() if name == "w2" else 0)
    worker = Worker(database, library, Voices([EspeakVoice()]), clock, name)
    worker._take_back()
    assert worker.step()
    assert not worker.step()
    assert job_of(database, job_id).state == JobState.DONE
    with database.reading() as session:
        assert len(session.scalars(select(Clip)).all()) == 1


_CRAMPED = """
import json, resource, sys, threading
from pathlib import Path
from sqlalchemy import select
from audio import rendering
from audio.library import Library
from audio.models import RenderJob
from audio.voices.registry import Voices
from audio.worker import Worker
from content.clock import SteppedClock
from content.db import Base, Database
from tests.audio.conftest import START
from tests.audio.fake_voice import HummingVoice

folder, clock, database = Path(sys.argv[1]), SteppedClock(START), Database.open("sqlite://")
Base.metadata.create_all(database.engine)
with database.writing() as session:
    order = {"spoken": "Mời bà con họp.", "title": "Họp", "programme": None, "voices": ("hum",)}
    rendering.request(session, **order, now=START)
worker = Worker(database, Library(folder), Voices([HummingVoice()]), clock, "w1")

def seen():
    with database.reading() as session:
        job = session.scalars(select(RenderJob)).one()
    files = [path.name for path in folder.rglob("*") if path.is_file()]
    return [job.state, job.error or "", sorted(files)]

free = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), free))
worker.step()
cramped = seen()
resource.setrlimit(resource.RLIMIT_FSIZE, (free, free))
clock.advance(10)
worker.step()
print(json.dumps([cramped, seen()]))
"""


def test_a_full_disk_is_told_leaves_nothing_half_written_and_is_tried_again(tmp_path: Path) -> None:
    """The system refuses files above 2000 bytes; then it takes them again."""
    command = [sys.executable, "-c", _CRAMPED, str(tmp_path), "2000"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], check=True)
    (state, error, files), after = json.loads(done.stdout)
    assert (state, [name for name in files if not name.endswith((".pcm", ".lock"))]) == (JobState.QUEUED, [])
    assert error.startswith("Không ghi được tệp tạm")
    assert (after[0], sum(name.endswith(".mp3") for name in after[2])) == (JobState.DONE, 1)


def test_a_stop_is_heard_while_a_voice_hangs(
    database: Database, library: Library, clock: SteppedClock
) -> None:
    job_id = ask(database, "hum")
    voice, stop, hang = HummingVoice(), threading.Event(), threading.Event()

    def linger(_text: str) -> None:
        stop.set()
        hang.wait(20)

    voice.before = linger
    Worker(database, library, Voices([voice]), clock, "w1").run(stop)
    assert job_of(database, job_id).state == JobState.QUEUED
    assert not hang.is_set()
    hang.set()


def test_a_renewal_is_made_by_the_wanted_voice_or_not_at_all(
    database: Database, library: Library, clock: SteppedClock
) -> None:
    first, second = HummingVoice("first"), HummingVoice("second")
    first.fails_on = "thứ"
    recipe = Recipe.of(SPOKEN, title="Thử", programme=None, voices=("first", "second"))
    with database.writing() as session:
        job_id = rendering.open_job(session, recipe, clock.now(), renewal=True).id
    Worker(database, library, Voices([first, second]), clock, "w1").step()
    job = job_of(database, job_id)
    assert (job.state, second.said) == (JobState.FAILED, [])


def test_a_fallback_says_why(database: Database, library: Library, clock: SteppedClock) -> None:
    job_id = ask(database, "first", "second")
    first = HummingVoice("first")
    first.available = False
    Worker(database, library, Voices([first, HummingVoice("second")]), clock, "w1").step()
    job = job_of(database, job_id)
    assert (job.state, job.fallback, job.error) == (JobState.DONE, True, "thử")


def test_what_an_operator_reads_in_the_morning(
    database: Database, library: Library, clock: SteppedClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    ask(database, "hum")
    Worker(database, library, Voices([HummingVoice()]), clock, "w1").step()
    begun, ended = (record.getMessage() for record in caplog.records if record.name == "audio.worker")
    assert begun == "job 1 “Thử”: begun, attempt 1, 4 to say"
    assert "by hum, -16." in ended
    assert "spoken 4, from cache 0" in ended
