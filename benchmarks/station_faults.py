"""Everything a ward's station must survive, played through with real processes; prints a table.

Run: `python benchmarks/station_faults.py [--only WORD …] [--at-a-time N] [--storms N] [--seed N]`.

A real centre (database, web server) and for every fault a station of its own: the real program with its
WAV sink, killed, cut off, lied to, its clock stepped, its disk filled.  What sounded is heard again from the
sink's files: every airing has its own pitch.  `storms` are series of kills at random moments over twelve
airings each.  "Doubles" counts sounds of an airing that had sounded before, and must be 0.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import mkdtemp

sys.path.insert(0, str(Path(__file__).parent.parent))

from content.errors import LoaPhuongError
from tests.station.faults.case import Case, Fault, Outcome, play
from tests.station.faults.clocks import CLOCKS
from tests.station.faults.crowds import CROWDS
from tests.station.faults.disks import DISKS
from tests.station.faults.full_disks import FULL_DISKS
from tests.station.faults.kills import KILLS
from tests.station.faults.machine import REAL, until
from tests.station.faults.players import PLAYERS
from tests.station.faults.town import open_town
from tests.station.faults.wires import WIRES

ENDS = ("played", "interrupted (power_lost)")
AIRINGS, EVERY_S = 12, 2.0


def storm(seed: int, case: Case) -> None:
    """Kill the station again and again at random moments while twelve airings follow each other."""
    chance = random.Random(seed)  # noqa: S311 (a storm is no secret)
    case.town.plan(case.ward, *(4.0 + EVERY_S * place for place in range(AIRINGS)), ms=1500, late_s=60)
    kills = 0
    while not case.town.passed_by(case.ward, AIRINGS - 1):
        process = case.machine.start()
        lives_until = REAL.monotonic() + chance.uniform(1.0, 5.0)
        until(partial(_is_past, lives_until), "the moment of the kill")
        process.kill()
        process.wait()
        kills += 1
    case.notes.append(f"{kills} kills")
    case.finish()


def _is_past(moment: float) -> bool:
    return REAL.monotonic() >= moment


def row(fault: Fault, outcome: Outcome | None, error: str) -> tuple[str, ...]:
    """Return one line of the table."""
    if outcome is None:
        return (fault.name, error, "", "", "", "WRONG")
    again = f", {outcome.begun_again} begun again, alarmed" if outcome.begun_again else ""
    return (
        fault.name,
        _counted(outcome.sounded),
        _counted(outcome.states) + again,
        str(outcome.doubles),
        ", ".join(sorted(outcome.alarms)) or "–",
        "as it must" if _is_right(fault, outcome) else "WRONG",
        "; ".join(outcome.notes),
    )


def _counted(words: tuple[str, ...]) -> str:
    if len(words) <= 4:  # noqa: PLR2004 (as many as a line holds)
        return ", ".join(words)
    return ", ".join(f"{words.count(word)} × {word}" for word in dict.fromkeys(words))


def _is_right(fault: Fault, outcome: Outcome) -> bool:
    as_it_must = (
        set(outcome.states) <= set(ENDS) and fault.is_met(outcome)
        if fault.name.startswith("storm")
        else (outcome.sounded, outcome.states) == (fault.sounded, fault.states) and fault.is_met(outcome)
    )
    return as_it_must and outcome.doubles == 0 and outcome.verdict.whole


def main() -> None:
    """Play all faults through and print the table; exit 1 when anything is not as it must be."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--at-a-time", type=int, default=2)
    parser.add_argument("--storms", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    storms = [
        Fault(f"storm of kills {number}", partial(storm, given.seed + number), (), ())
        for number in range(given.storms)
    ]
    faults = [*KILLS, *storms, *WIRES, *CLOCKS, *DISKS, *FULL_DISKS, *PLAYERS, *CROWDS]
    chosen = [one for one in faults if not given.only or any(word in one.name for word in given.only)]
    folder = Path(mkdtemp(prefix="loaphuong-faults-"))
    (folder / "town").mkdir()
    with open_town(folder / "town") as town, ThreadPoolExecutor(given.at_a_time) as pool:

        def played(fault: Fault) -> tuple[str, ...]:
            machine = folder / fault.name.replace(" ", "-").replace("/", "-")
            try:
                return row(fault, play(fault, town, machine), "")
            except (TimeoutError, AssertionError, OSError, LoaPhuongError) as error:
                return row(fault, None, f"{type(error).__name__}: {error}")

        wrong = 0
        print("| fault | what sounded | what the centre holds | doubles | alarms | outcome | notes |")
        print("|---|---|---|---|---|---|---|")
        for line in pool.map(played, chosen):
            wrong += "WRONG" in line
            print("| " + " | ".join(line) + " |", flush=True)
    print(f"\n{len(chosen)} faults, {wrong} not as they must be")
    if not wrong:
        shutil.rmtree(folder)
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
