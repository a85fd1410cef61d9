"""A station without threads and network: its clock stands until the test lets time pass."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from audio.players.silent import SilentPlayer
from content.clock import SteppedClock
from content.contracts.asrun import AsRun
from content.contracts.manifest import Manifest, Mode
from content.contracts.signing import PrivateKey
from station.agent import Agent
from station.identity import Enrolment, Identity
from station.machine import Machine
from station.settings import Settings
from tests.station.fakes import NOON, STATION, TOKEN

CENTRE_KEY = PrivateKey(bytes(range(32)))
STATION_KEY = PrivateKey(bytes(range(1, 33)))


def make_identity(*, mode: Mode = "rehearsal", url: str = "http://127.0.0.1:9", bell: str = "") -> Identity:
    keys = (CENTRE_KEY.public.raw.hex(),)
    return Identity(STATION_KEY, Enrolment(STATION, mode, url, bell, "Asia/Ho_Chi_Minh", keys, TOKEN))


class Ward:
    """An agent that a test drives: `deliver`, `spend`, then look at `events` and `heard`."""

    def __init__(self, folder: Path, *, mode: Mode = "rehearsal", at: datetime = NOON, url: str = "") -> None:
        folder.mkdir(exist_ok=True)
        self.settings = Settings(folder, "silent", mode)
        self.identity = make_identity(mode=mode, url=url or "http://127.0.0.1:9")
        self.clock = SteppedClock(at)
        self.machine = Machine("the first start", battery=False, synced=False)
        self.boot()

    def boot(self) -> None:
        """Start the program, as after a power cut: nothing of the last run is in memory."""
        self.player = SilentPlayer(self.clock)
        self.agent = Agent(self.settings, self.identity, self.clock, self.player, machine=self.machine)
        self.agent.boot_up()

    def reboot(self) -> None:
        """Cut the power and start again."""
        self.agent.journal.close()
        self.boot()

    def store(self, *clips: bytes) -> None:
        """Put clips on the station's disk."""
        for data in clips:
            self.agent.store.path(_sha256(data)).write_bytes(data)

    def deliver(self, manifest: Manifest, *, clips: bool = True, key: PrivateKey = CENTRE_KEY) -> None:
        """Hand over a signed manifest, with the clips of its items unless told otherwise."""
        if clips:
            self.store(*(b"clip %d" % int(item.id, 16) for item in manifest.items))
        self.agent.links.inbox.put(manifest.seal(key))
        self.agent.step()

    def spend(self, seconds: float, *, tick: float = 0.1) -> None:
        """Let time pass, the agent looking at every tick."""
        self.agent.step()
        for _ in range(round(seconds / tick)):
            self.clock.advance(tick)
            self.agent.step()

    @property
    def heard(self) -> list[tuple[int, int]]:
        """(number of the airing, ms it began at) of everything that sounded, in order."""
        return [(int(airing, 16), position) for airing, position in self.player.heard]

    @property
    def records(self) -> list[AsRun]:
        """Every record that is not acknowledged."""
        return [AsRun.from_line(line) for line in self.agent.journal.chain.unsent(limit=10_000)]

    def plays(self) -> list[tuple[int, str, str | None, str | None]]:
        """Return (number, event, outcome, reason) of the records of plays."""
        return [
            (int(record.airing or "0", 16), str(record.event), *_ending(record))
            for record in self.records
            if record.event in {"starting", "finished", "not_played"}
        ]

    def ends(self) -> list[tuple[int, str | None, str | None]]:
        """Return (number, outcome, reason) of every end."""
        return [(number, outcome, why) for number, event, outcome, why in self.plays() if event != "starting"]

    def alarms(self) -> list[str]:
        """Return the reasons of the alarms."""
        return [str(record.reason) for record in self.records if record.event == "alarm"]


def _ending(record: AsRun) -> tuple[str | None, str | None]:
    return record.outcome and str(record.outcome), record.reason and str(record.reason)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
