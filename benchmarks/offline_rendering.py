"""How long the offline voice's bulletins take through the real queue and two workers, beside the bare work.

Run: `python benchmarks/offline_rendering.py [--count 200]`.  The bare work, in two processes of its own: the
engine, loaded once and called directly, speaks the same sentences, and one ffmpeg encodes each bulletin to
the same kind of MP3; nothing is trimmed, measured, limited, checked, kept or written down.  Ours: an empty
SQLite database and two real `loaphuong worker` processes, timed from their start until the last job is done
(the start of the bare work's processes is not counted).  Both are done in turns, a share each, so that what
else the machine has to do falls on both.  It prints and asserts nothing.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import subprocess
import sys
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import espeakng_loader
from sqlalchemy import func, select

from audio import ffmpeg, mastering, rendering
from audio.joining import Spoken, joined
from audio.library import Library
from audio.models import OPEN_STATES, RenderJob
from audio.pcm import Pcm
from audio.reading import sentences
from audio.voices import espeak_child
from audio.voices.espeak import WORDS_PER_MINUTE, EspeakVoice
from benchmarks.bulletins import bulletins
from content.clock import SystemClock
from content.settings import Settings
from web import migrate
from web.house import House

ROOT = Path(__file__).parent.parent
WORKERS = 2
LOOK_S = 0.25
PARTS_OF = 12
TURNS = 5
_VARIANT = "vi+f5"
_LIMIT_S = 30.0
Timed = Callable[[str, Callable[[], Any]], Any]


@dataclass
class Memory:
    """The most that was seen, in KB: each worker's VmHWM, its children's, a worker's RSS with all of them."""

    own: Counter[int] = field(default_factory=Counter)
    child: Counter[str] = field(default_factory=Counter)
    together: int = 0

    def look(self, pids: Sequence[int]) -> None:
        """Look at every worker and what it started."""
        for pid in pids:
            self.own[pid] = max(self.own[pid], _status(pid, "VmHWM"))
            family = [pid, *_descendants(pid)]
            for one in family[1:]:
                name = _name(one)
                self.child[name] = max(self.child[name], _status(one, "VmHWM"))
            self.together = max(self.together, sum(_status(one, "VmRSS") for one in family))


def _status(pid: int, key: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{key}:")), 0)


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return "gone"


def _descendants(pid: int) -> Iterator[int]:
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found = [int(one) for one in listed.read_text(encoding="ascii").split()]
        except OSError:
            continue
        for one in found:
            yield one
            yield from _descendants(one)


def _bare(texts: Sequence[str]) -> dict[str, float]:
    """Do the bare work over some texts; return seconds of engine, encoding, both on the wall, and sound."""
    os.chdir(Path(espeakng_loader.get_data_path()).parent)
    library = espeakng_loader.get_library_path()
    engine, rate = espeak_child.begin(library, _VARIANT, WORDS_PER_MINUTE)
    spent = {"engine": 0.0, "encode": 0.0, "wall": 0.0, "sound": 0.0}
    started = perf_counter()
    for text in texts:
        begun = perf_counter()
        samples = b"".join(espeak_child.synthesise(engine, one) for one in sentences(text))
        spoke = perf_counter()
        pcm = Pcm(samples, rate)
        _encoded(pcm)
        spent["engine"] += spoke - begun
        spent["encode"] += perf_counter() - spoke
        spent["sound"] += pcm.duration_ms / 1000
    return {**spent, "wall": perf_counter() - started}


def _encoded(pcm: Pcm) -> None:
    kind = ("-c:a", "libmp3lame", "-b:a", mastering.BIT_RATE, "-ac", "1", "-ar", str(mastering.RATE))
    kind += ("-flush_packets", "0")
    ffmpeg.run(
        ("-loglevel", "error", *ffmpeg.pcm_input(pcm), *kind, "-f", "mp3", "pipe:1"), stdin=pcm.samples
    )


def _bare_in_two(texts: Sequence[str]) -> tuple[float, dict[str, float]]:
    """Do the bare work in two processes; return the wall time without their start, and the parts of both."""
    command = [sys.executable, str(Path(__file__)), "--bare"]

    def run(share: Sequence[str]) -> dict[str, float]:
        done = subprocess.run(command, input=json.dumps(share).encode(), stdout=subprocess.PIPE, check=True)
        spent: dict[str, float] = json.loads(done.stdout)
        return spent

    with ThreadPoolExecutor(WORKERS) as pool:
        spent = list(pool.map(run, [texts[n::WORKERS] for n in range(WORKERS)]))
    return max(one["wall"] for one in spent), {part: sum(one[part] for one in spent) for part in spent[0]}


@contextmanager
def _workers(house: House) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run two real workers."""
    env = {**os.environ, "LOAPHUONG_DATA_DIR": str(house.settings.data_dir), "LOAPHUONG_VOICES": "espeak"}
    with (house.settings.data_dir / "workers.log").open("wb") as log:
        started = [
            subprocess.Popen(
                [sys.executable, "loaphuong.py", "worker", "--number", str(n + 1)],
                cwd=ROOT,
                env=env,
                stderr=log,
                stdout=log,
            )
            for n in range(WORKERS)
        ]
        try:
            yield started
        finally:
            for one in started:
                one.terminate()
            for one in started:
                one.wait()


def _ask(house: House, texts: Sequence[str], title: str) -> Counter[str]:
    """Ask for every text; count the jobs and the clips that came back."""
    with house.database.writing() as session:
        now = house.clock.now()
        got = [
            rendering.request(
                session, spoken=text, title=f"{title} {n}", programme="05", voices=("espeak",), now=now
            )
            for n, text in enumerate(texts)
        ]
        return Counter(type(one).__name__ for one in got)


def _jobs(house: House) -> list[RenderJob]:
    with house.database.reading() as session:
        return list(session.scalars(select(RenderJob)))


def _work_off(house: House, look: Callable[[Sequence[int]], object]) -> float:
    """Let two workers do what is asked, from their start; return the wall time."""
    begun, never = perf_counter(), threading.Event()
    with _workers(house) as workers:
        while _open(house):
            if any(one.poll() is not None for one in workers):
                raise SystemExit((house.settings.data_dir / "workers.log").read_text(encoding="utf-8"))
            look([one.pid for one in workers])
            never.wait(LOOK_S)
        return perf_counter() - begun


def _open(house: House) -> int:
    """Count the jobs to be done; one that failed shows in the end by its state."""
    with house.database.reading() as session:
        jobs = (
            select(func.count())
            .select_from(RenderJob)
            .where(RenderJob.state.in_(OPEN_STATES), RenderJob.error.is_(None))
        )
        return session.scalars(jobs).one()


def _parts(house: House, texts: Sequence[str]) -> dict[str, float]:
    """Time the steps of a few bulletins one after the other in this process; seconds a bulletin."""
    spent: dict[str, float] = defaultdict(float)
    library, voice = Library(house.settings.data_dir / "parts"), EspeakVoice()
    voice.speak("Xin chào.", limit_s=30)

    def timed(part: str, step: Callable[[], Any]) -> Any:
        begun = perf_counter()
        result = step()
        spent[part] += perf_counter() - begun
        return result

    for text in texts:
        _steps(text, timed, voice, library)
        rounds: list[None] = []
        sound = joined([Spoken(one, voice.speak(one, limit_s=_LIMIT_S)) for one in sentences(text)])
        mastering.master(sound, title="x", programme=None, on_round=functools.partial(rounds.append, None))
        spent["rounds"] += len(rounds)
    return {part: seconds / len(texts) for part, seconds in spent.items()}


def _steps(text: str, timed: Timed, voice: EspeakVoice, library: Library) -> None:
    """Make one bulletin step by step."""

    def speak() -> list[Spoken]:
        return [Spoken(one, voice.speak(one, limit_s=_LIMIT_S)) for one in sentences(text)]

    spoken = timed("speak", speak)
    sound: Pcm = timed("trim and join", lambda: joined(spoken))
    settings = mastering.first_settings(timed("measure the raw sound", lambda: _raw(sound)))
    data: bytes = timed("limit and encode", lambda: mastering.encoded(sound, settings))
    timed("measure the decoded MP3", lambda: ffmpeg.measure(("-f", "mp3", "-i", "pipe:0"), data))
    timed("keep the file", lambda: library.put(data))


def _raw(sound: Pcm) -> ffmpeg.Loudness:
    return ffmpeg.measure(ffmpeg.pcm_input(sound), sound.samples, true_peak=False)


def _told(house: House, texts: Sequence[str]) -> None:
    load, memory = os.getloadavg()[0], Memory()
    ours = bare = 0.0
    spent: dict[str, float] = defaultdict(float)
    for turn in range(TURNS):
        share = texts[turn::TURNS]
        took, parts = _bare_in_two(share)
        bare += took
        for part, seconds in parts.items():
            spent[part] += seconds
        _ask(house, share, f"Bản tin {turn}")
        ours += _work_off(house, memory.look)
        print(f"  turn {turn + 1} of {TURNS}: {bare:.1f} s bare, {ours:.1f} s ours so far", file=sys.stderr)
    jobs = _jobs(house)
    count = len(texts)
    print(f"{count} bulletins, {spent['sound'] / 60:.0f} minutes of sound, {WORKERS} processes each way")
    print(f"load average {load:.1f} before, {os.getloadavg()[0]:.1f} after; {os.cpu_count()} cores")
    engine, encode = (spent[part] / count * 1000 for part in ("engine", "encode"))
    print(f"  bare engine + one encode   {bare:8.1f} s wall")
    print(f"    engine {engine:.0f} ms, encode {encode:.0f} ms a bulletin")
    print(f"  queue and workers          {ours:8.1f} s wall, the {TURNS} starts of the workers counted")
    print(f"  ratio                      {ours / bare:8.2f}")
    print(f"  jobs by state              {dict(Counter(job.state for job in jobs))}")
    print(f"  sentences spoken           {sum(job.sentence_total - job.sentence_cached for job in jobs)}")
    _tell_memory(memory)
    again = sum((_ask(house, texts[n::TURNS], f"Bản tin {n}") for n in range(TURNS)), Counter[str]())
    print(f"second pass, same texts: {again['Clip']} clips at once, {again['RenderJob']} jobs")
    _ask(house, texts, "Tên khác")
    third = _work_off(house, lambda _pids: None)
    renamed = _jobs(house)[count:]
    spoken = sum(job.sentence_total - job.sentence_cached for job in renamed)
    print(f"same texts under other titles: {len(renamed)} jobs, {spoken} sentences spoken, {third:.1f} s")
    print(f"the steps one after the other, ms a bulletin, {PARTS_OF} bulletins:")
    for part, seconds in _parts(house, texts[:PARTS_OF]).items():
        told = f"{seconds:.2f}" if part == "rounds" else f"{seconds * 1000:.0f} ms"
        print(f"  {part:26} {told}")


def _tell_memory(memory: Memory) -> None:
    own = ", ".join(f"{kb / 1024:.0f}" for kb in memory.own.values())
    children = ", ".join(f"{name} {kb / 1024:.0f}" for name, kb in memory.child.items() if kb)
    print(f"  peak memory of a worker    {own} MB (VmHWM, children not counted)")
    print(f"  peak of its children       {children} MB (VmHWM each, by name)")
    print(f"  a worker with all of them  {memory.together / 1024:.0f} MB (sum of RSS, every {LOOK_S} s)")


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--bare", action="store_true", help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.bare:
        print(json.dumps(_bare(json.load(sys.stdin))))
        return
    with TemporaryDirectory() as folder:
        house = House.open(
            Settings(mode="rehearsal", data_dir=Path(folder), voices=("espeak",)), SystemClock()
        )
        migrate.upgrade(house.database.engine)
        _told(house, bulletins(asked.count))
        house.close()


if __name__ == "__main__":
    main()
