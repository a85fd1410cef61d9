"""A week of 100,000 airings under a storm: processes killed and frozen, clocks stepped, the database locked.

Run: `python benchmarks/chaos.py [sqlite|postgresql] [--stations N] [--orders N] [--days N] [--seed N]`.  Two
schedulers and two web servers run as real processes; the wards fetch manifests and report over HTTP.
Clocks are steered by the clock file: after every blow they go on by twenty minutes or so, so that a week
passes while the storm lasts.  At its end an independent checker in SQL counts what is lost, doubled, fell
back or changed after its end.  The log goes to standard output.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests import postgres
from tests.chaos.centre import centre_on
from tests.chaos.storm import Outcome, Weather, torment


def report(kind: str, outcome: Outcome) -> None:
    """Print what came of it."""
    blows = ", ".join(f"{count} x {name}" for name, count in outcome.blows.most_common())
    states = ", ".join(f"{count} {name}" for name, count in outcome.states.items())
    print(f"{kind}: {outcome.owed} airings owed, {sum(outcome.states.values())} there: {states}")
    print(f"  {outcome.times_due} became due, each once; {outcome.seconds:.0f} s; blows: {blows}")
    print(f"  refused reports: {len(outcome.refused)}; wrong: {outcome.wrong or 'nothing'}", flush=True)


def run(kind: str, given: argparse.Namespace, weather: Weather) -> Outcome:
    """Let the storm pass over a town on a database of `kind`; its logs stay if that fails."""
    folder = Path(mkdtemp(prefix="loaphuong-chaos-"))
    with ExitStack() as stack:

        def server() -> postgres.Postgres:
            return stack.enter_context(postgres.serving(durable=True))

        centre = stack.enter_context(centre_on(kind, folder, server))
        size = {"stations": given.stations, "orders": given.orders, "days": given.days}
        outcome = torment(centre, **size, weather=weather, seed=given.seed, say=tell)
    shutil.rmtree(folder)
    return outcome


def tell(line: str) -> None:
    """Print a line of the log at once."""
    print(line, flush=True)


def main() -> None:
    """Let the storm pass and print what came of it; exit 1 when anything is wrong."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--stations", type=int, default=1_000)
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--days", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--calm", type=float, default=5.0, help="seconds between two blows")
    parser.add_argument("--stride", type=int, default=60, help="minutes of the clock after each blow")
    given = parser.parse_args()
    weather = Weather(calm_s=given.calm, stride=timedelta(minutes=given.stride), patience_s=3600)
    wrong = False
    for kind in given.kinds:
        outcome = run(kind, given, weather)
        report(kind, outcome)
        wrong = wrong or bool(outcome.wrong)
    sys.exit(wrong)


if __name__ == "__main__":
    main()
