"""How exactly the station hands clips to its player, with two processes that do nothing but burn time.

Run: `nice -n -20 python benchmarks/handover.py [--starts 1000] [--busy 2]` (the burners have the same
niceness).  The whole agent works: it decides, verifies, makes ready, commits `starting` to its journal on
disk, and hands over to the WAV sink, in which the index of a sample is the time.  Clips come in pairs:
the second is planned for the instant at which the first ends.  `lead` is how long before its instant a
clip was handed over; `late` are starts handed over after it.  `error` is where its first sample stands
in the file, less where it was planned; `gap` is the silence between the two of a pair.
"""

from __future__ import annotations

import argparse
import array
import itertools
import subprocess
import sys
import tempfile
import wave
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent))

from audio.players.decoding import RATE
from audio.players.wav import WavPlayer
from content.clock import SystemClock
from content.contracts.asrun import AsRun
from content.contracts.instants import format_instant
from content.contracts.manifest import Item
from station.agent import Agent
from station.settings import Settings
from tests.audio.players.test_wav import make_square
from tests.station.fakes import make_item, make_manifest
from tests.station.ward import CENTRE_KEY, make_identity

CLIP_MS = 300
PAIR_SECONDS = 1.0
BEFORE_SECONDS = 10.0
BLOCK_MS = 10.0
LEVELS = (8000, 4000)
CLOCK = SystemClock()


class WatchedPlayer(WavPlayer):
    """Notes how long before its instant each clip was handed over."""

    leads: list[float]

    def start(self, airing: str, *, at: float, until: float | None = None) -> None:
        """Start as ever."""
        self.leads.append(at - CLOCK.monotonic())
        super().start(airing, at=at, until=until)


def planned(count: int, clips: list[bytes]) -> list[Item]:
    """Return pairs of airings, from some seconds ahead on."""
    now = datetime.now(UTC) + timedelta(seconds=BEFORE_SECONDS)
    first = now.replace(microsecond=now.microsecond // 1000 * 1000)
    items = []
    for number in range(count):
        pair, second = divmod(number, 2)
        after = timedelta(seconds=pair * PAIR_SECONDS, milliseconds=second * CLIP_MS)
        items.append(make_item(number, at=first + after, data=clips[second], duration_ms=CLIP_MS))
    return items


def play(folder: Path, count: int) -> tuple[list[Item], list[float], Agent]:
    """Let the station play; return what was planned, the leads, and the agent."""
    settings = Settings(folder, "wav", "rehearsal")
    player = WatchedPlayer(settings.played, CLOCK)
    player.leads = []
    agent = Agent(settings, make_identity(), CLOCK, player.run())
    agent.boot_up()
    clips = [make_square(folder / f"{level}", CLIP_MS, level=level).read_bytes() for level in LEVELS]
    items = planned(count, clips)
    for item, data in zip(items[:2], clips, strict=True):
        agent.store.path(item.clip.sha256 if item.clip else "").write_bytes(data)
    agent.links.inbox.put(make_manifest(*items, at=items[0].starts_at).seal(CENTRE_KEY))
    end = items[-1].starts_at + timedelta(seconds=5)
    while CLOCK.now() < end:
        agent.wake.clear()
        CLOCK.wait(agent.wake, agent.step())
    player.close()
    return items, player.leads, agent


def beginnings(folder: Path) -> tuple[list[tuple[datetime, int]], list[float]]:
    """Return (instant, level) of every beginning in the files, and ms of silence within each pair."""
    found, gaps = [], []
    for path in sorted(folder.glob("*.wav")):
        origin = datetime.strptime(path.stem[:19], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
        with wave.open(str(path)) as file:
            samples = array.array("h", file.readframes(file.getnframes()))
        runs = [(level, sum(1 for _ in same)) for level, same in itertools.groupby(samples)]
        at = 0
        for (level, length), before in zip(runs, [(0, 0), (0, 0), *runs], strict=False):
            if level:
                found.append((origin + timedelta(seconds=at / RATE), level))
            at += length
            del before
        gaps += [
            silence * 1000 / RATE
            for (first, _), (quiet, silence), (second, _) in zip(runs, runs[1:], runs[2:], strict=False)
            if (first, quiet, second) == (LEVELS[0], 0, LEVELS[1])
        ]
    return found, gaps


def report(items: list[Item], leads: list[float], agent: Agent, folder: Path) -> None:
    """Print the figures."""
    found, gaps = beginnings(folder)
    wanted = {(item.starts_at, LEVELS[number % 2]) for number, item in enumerate(items)}
    errors = []
    for at, level in sorted(wanted):
        near = [abs((instant - at).total_seconds()) for instant, kind in found if kind == level]
        errors.append(min(near, default=60.0) * 1000)
    lines = [AsRun.from_line(line) for line in agent.journal.chain.unsent(limit=10 * len(items))]
    outcomes = Counter(str(line.outcome) for line in lines if line.outcome)
    told = {line.airing: line.started_at for line in lines if line.event == "finished"}
    off = sum(told.get(item.id) != format_instant(item.starts_at) for item in items)
    print(f"starts: {len(items)}, sounded {len(found)}, outcomes {dict(outcomes)}")
    print(f"late: {sum(lead < 0 for lead in leads)}; lead: least {min(leads) * 1000:.0f} ms, ", end="")
    print(f"median {median(leads) * 1000:.0f} ms, under 200 ms: {sum(lead < 0.2 for lead in leads)}")  # noqa: PLR2004
    print(f"error: at most {max(errors):.2f} ms, more than {BLOCK_MS:.0f} ms: ", end="")
    print(f"{sum(error > BLOCK_MS for error in errors)}; told otherwise than planned: {off}")
    print(f"gap within a pair: at most {max(gaps, default=0.0):.2f} ms ({len(items) // 2} pairs)")


def main() -> None:
    """Burn, play, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--starts", type=int, default=1000)
    parser.add_argument("--busy", type=int, default=2)
    given = parser.parse_args()
    burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(given.busy)]
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            report(*play(folder, given.starts), folder / "played")
    finally:
        for burner in burners:
            burner.kill()


if __name__ == "__main__":
    main()
