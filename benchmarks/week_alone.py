"""Seven days without a network: a station plays its programme from its own disk and tells of it afterwards.

Run: `python benchmarks/week_alone.py [--days N] [--bulletins N] [--stations N] [--kills N]`.

A real centre signs the week; the real programs fetch it, then the line is cut.  A week passes by the
route in the clock file: 3,000 times as fast while nothing sounds, 300 times while something does, ten times
around every start.  `--kills` cuts the power that many times on the way, after a broadcast.
The clock waits for a process that the machine holds up.  Then the line comes back.
Printed: how late each airing began (in the week's time), what the centre holds, whether the exported ledger
is whole, and how often anything was counted twice.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from subprocess import Popen
from tempfile import mkdtemp
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent))

from content.contracts.manifest import open_manifest
from tests.station.faults import week
from tests.station.faults.machine import REAL, Machine, stop, until
from tests.station.faults.town import Town, Ward, open_town
from tests.station.faults.wire import open_wire

CLIP_BYTES = 100_000
A_SECOND_MS = 1000
PAUSE = timedelta(hours=1)
PATIENCE_SECONDS = 3 * 3600.0


@dataclass
class Alone:
    """One ward of the week."""

    ward: Ward
    machine: Machine
    process: Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program."""
        self.process = self.machine.start()

    def halt(self) -> None:
        """Tell the program to stop."""
        if self.process:
            stop(self.process)

    def cut_power(self) -> None:
        """Kill the program."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def pass_leg(self, slots: Sequence[week.Slot], *, now: datetime) -> None:
        """Start the program with a clock that leaves `now` and passes these airings."""
        leaves = round((REAL.monotonic() + 1) * 1000)
        end = slots[-1].starts_at + timedelta(milliseconds=slots[-1].ms)
        route = week.route(slots, machine_ms=leaves, now=now, until=end, rests=[now])
        (self.machine.folder / "clock.json").write_text(json.dumps({"route": route}), "ascii")
        self.start()

    @property
    def last_told(self) -> datetime:
        """The instant of the newest record."""
        newest = self.machine.ask("select cast(strftime('%s', max(at)) as integer) from line")
        return datetime.fromtimestamp(newest, UTC)


def fetch(town: Town, alone: Alone) -> None:
    """Let the station take its week while the line is whole."""
    alone.start()
    until(lambda: "every clip of generation" in alone.machine.log(), "the week is fetched", within_s=300)
    until(lambda: town.generation(alone.ward) >= town.newest(alone.ward), "it says so")
    until(lambda: town.heard(alone.ward), "its clock is measured")
    alone.halt()


def main() -> None:
    """Pass the week and print what came of it; exit 1 when anything is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--days", type=int, default=7)
    parser.add_argument("--bulletins", type=int, default=8, help="of one broadcast, between two idents")
    parser.add_argument("--stations", type=int, default=1)
    parser.add_argument("--kills", type=int, default=0, help="power cuts on the way, between broadcasts")
    parser.add_argument("--folder", help="where it works; /dev/shm where the disk is busy with other things")
    given = parser.parse_args()
    folder = Path(mkdtemp(prefix="loaphuong-week-", dir=given.folder))
    (folder / "town").mkdir()
    with open_town(folder / "town") as town, ExitStack() as stack:
        wards = [Alone(town.ward(), Machine(folder / f"ward-{number}")) for number in range(given.stations)]
        for alone in wards:
            stack.callback(alone.halt)
        tomorrow = town.now() + timedelta(days=1)
        slots = week.slots(tomorrow, days=given.days, bulletins=given.bulletins)
        port = prepare(town, wards, slots)
        clock = pass_the_week(wards, slots, kills=given.kills)
        town.centre.step(clock - town.now())
        with open_wire(town.url, port=port):
            for alone in wards:
                until(partial(town.settled, alone.ward), "the week is told", within_s=600)
                until(partial(_is_sent, alone), "every record is acknowledged")
            wrong = [line for alone in wards for line in report(town, alone)]
    if not wrong:
        shutil.rmtree(folder)
    print("\n".join(wrong) or "nothing wrong")
    sys.exit(bool(wrong))


def prepare(town: Town, wards: list[Alone], slots: list[week.Slot]) -> int:
    """Owe every ward its week and let it fetch; return the port of the line, which is cut then."""
    with open_wire(town.url) as wire:
        for alone in wards:
            alone.machine.folder.mkdir()
            alone.machine.environ["LOAPHUONG_STATION_SINK"] = "silent"
            alone.machine.enrol(town, alone.ward, url=wire.url)
            week.owe(town, alone.ward, slots, size=CLIP_BYTES)
            fetch(town, alone)
            told = open_manifest(town.envelope(alone.ward), [town.centre.house.key.public])
            reach = (told.end - told.start) / timedelta(days=1)
            print(
                f"{alone.ward.name}: manifest of {len(told.items)} airings reaches {reach:.1f} days",
                flush=True,
            )
        return int(urlsplit(wire.url).port or 0)


def pass_the_week(wards: list[Alone], slots: list[week.Slot], *, kills: int) -> datetime:
    """Let the week pass at every ward, in legs between two power cuts; return the time of its end."""
    now = REAL.now() + timedelta(seconds=1)
    ends = [at for at in range(1, len(slots)) if slots[at].starts_at - slots[at - 1].starts_at > PAUSE]
    cuts = [*(ends[len(ends) * number // (kills + 1)] for number in range(1, kills + 1)), len(slots)]
    for alone in wards:
        alone.pass_leg(slots[: cuts[0]], now=now)
    for before, cut in pairwise(cuts):
        for alone in wards:
            until(partial(_is_over, alone, before), "the power cut", within_s=PATIENCE_SECONDS)
            alone.cut_power()
            alone.pass_leg(slots[before:cut], now=alone.last_told)
    for alone in wards:
        until(partial(_is_over, alone, len(slots)), "the week's end", within_s=PATIENCE_SECONDS)
    return max(alone.last_told for alone in wards)


def _is_over(alone: Alone, airings: int) -> bool:
    return alone.machine.ask("select count(*) from airing where ended = 1") >= airings


def _is_sent(alone: Alone) -> bool:
    return alone.machine.unsent() == 0


def report(town: Town, alone: Alone) -> list[str]:
    """Print what came of a ward's week; return what is wrong."""
    ward = alone.ward
    states, started, late = town.states(ward), town.started(ward), sorted(week.lateness_ms(town, ward))
    for planned, ms in zip(ward.planned, week.lateness_ms(town, ward), strict=True):
        if ms > A_SECOND_MS:
            print(f"  {planned.starts_at:%d/%m %H:%M:%S} began {ms / 1000:.1f} s late")
    verdict, again = town.ledger(ward), sum(count - 1 for count in started if count > 1)
    told = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    p99 = late[int(len(late) * 0.99)]
    print(f"{ward.name}: {len(states)} airings: {told}; began again: {again}")
    middle, worst = late[len(late) // 2], late[-1]
    print(f"  late by the week's clock: median {middle:.0f} ms, p99 {p99:.0f} ms, worst {worst:.0f} ms")
    print(
        f"  ledger: {verdict.records} records, {verdict.seals} seals, {verdict.chains} chains, "
        f"{verdict.unsealed} unsealed, {'whole' if verdict.whole else verdict.why}; "
        f"alarms: {', '.join(town.alarms(ward)) or 'none'}; lines kept apart: {town.forks(ward)}",
        flush=True,
    )
    checks = {
        "not everything played": set(states) == {"played"},
        "begun again": again == 0,
        "an airing began more than a second late": late[-1] <= A_SECOND_MS,
        "the ledger is not whole": verdict.whole and verdict.unsealed == 0,
        "lines were kept apart": town.forks(ward) == 0,
    }
    return [f"{ward.name}: {what}" for what, is_right in checks.items() if not is_right]


if __name__ == "__main__":
    main()
