"""A storm over a town: processes killed and frozen, clocks stepped, the database locked, by a seed."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import func, select

from content.contracts.airings import State
from scheduler.draft import LEAST_REACH
from scheduler.models.airing import Airing
from tests.chaos import checker
from tests.chaos.centre import REAL, Centre
from tests.chaos.town import Town, build
from tests.chaos.wards import Wards

SCHEDULERS = ("scheduler-1", "scheduler-2")
SERVERS = ("web-1", "web-2")
HOUR = timedelta(hours=1)
_NEVER = threading.Event()
Say = Callable[[str], None]


@dataclass(frozen=True)
class Weather:
    """How bad it is: seconds between two blows, of a lock, of the longest freeze; how the clock goes on."""

    calm_s: float = 1.0
    locked_s: float = 5.0
    frozen_s: float = 5.0
    stride: timedelta = timedelta(minutes=20)
    patience_s: float = 600.0


@dataclass
class Outcome:
    """What happened, and what the checker found."""

    owed: int
    seconds: float
    blows: Counter[str]
    states: dict[str, int]
    times_due: int
    refused: list[str]
    wrong: dict[str, int] = field(default_factory=dict)


class Storm:
    """Torments the processes of a centre, which comes back by itself."""

    def __init__(self, centre: Centre, wards: Wards, weather: Weather, seed: int, say: Say) -> None:
        self._centre = centre
        self._wards = wards
        self._weather = weather
        self._chance = random.Random(seed)  # noqa: S311 (a storm is no secret)
        self._say = say
        self.blows: Counter[str] = Counter()
        self._frozen: list[threading.Thread] = []
        self.kinds: tuple[Callable[[], str], ...] = (
            self.kill_leader,
            self.kill_any,
            self.freeze_leader,
            self.freeze_any,
            self.clock_forward,
            self.clock_back,
            self.lock,
        )

    def rage(self, until: datetime) -> None:
        """Strike again and again, every kind in turn and then at random, until the clock has come so far.

        However slow the machine: the clock goes on only when each ward had its turn since it last did.
        """
        turn = list(self.kinds)
        while self._centre.clock.now() < until:
            blow = turn.pop(0) if turn else self._chance.choice(self.kinds)
            self._strike(blow)
            self._centre.step(self._weather.stride)
            REAL.wait(_NEVER, self._weather.calm_s)
            self._let_wards_serve()
        for thread in self._frozen:
            thread.join()

    def _let_wards_serve(self) -> None:
        """Wait for two whole rounds: the first one may have begun before the clock went on."""
        wanted = min(self._wards.rounds) + 2
        _until(self._centre, lambda: min(self._wards.rounds) >= wanted, self._weather)

    def kill_leader(self) -> str:
        """Kill who holds the lease."""
        return self._kill(self._centre.leader() or SCHEDULERS[0])

    def kill_any(self) -> str:
        """Kill any process."""
        return self._kill(self._any())

    def freeze_leader(self) -> str:
        """Stop who holds the lease."""
        return self._freeze(self._centre.leader() or SCHEDULERS[0])

    def freeze_any(self) -> str:
        """Stop any process."""
        return self._freeze(self._any())

    def clock_forward(self) -> str:
        """Step all clocks an hour forward."""
        self._centre.step(HOUR)
        return "clock + 1 h"

    def clock_back(self) -> str:
        """Step all clocks an hour back."""
        self._centre.step(-HOUR)
        return "clock - 1 h"

    def lock(self) -> str:
        """Lock the database."""
        with self._centre.locked():
            REAL.wait(_NEVER, self._weather.locked_s)
        return "database locked"

    def _strike(self, blow: Callable[[], str]) -> None:
        told = blow()
        self.blows[told] += 1
        local = self._centre.house.local(self._centre.clock.now())
        self._say(f"{local:%d/%m %H:%M} {told}")

    def _any(self) -> str:
        return self._chance.choice([*SCHEDULERS, *SERVERS])

    def _kill(self, name: str) -> str:
        self._centre.kill(name)
        self._centre.start(name)
        return f"{name.split('-', maxsplit=1)[0]} killed"

    def _freeze(self, name: str) -> str:
        """Stop a process; it goes on by itself after a while, while other blows fall."""
        process = self._centre.processes[name]
        self._centre.freeze(name)

        def thaw() -> None:
            REAL.wait(_NEVER, self._chance.uniform(1, self._weather.frozen_s))
            if process.poll() is None:
                self._centre.thaw(name)

        self._frozen.append(threading.Thread(target=thaw))
        self._frozen[-1].start()
        return f"{name.split('-', maxsplit=1)[0]} frozen"


def torment(
    centre: Centre,
    *,
    stations: int,
    orders: int,
    days: int,
    weather: Weather,
    seed: int,
    say: Say = lambda _line: None,
) -> Outcome:
    """Build a town, let a storm pass over all its days, wait until it is calm, and check every airing."""
    town = build(centre, stations=stations, orders=orders, days=days)
    for name in (*SCHEDULERS, *SERVERS):
        centre.start(name)
    wards = Wards(centre, town.stations, list(SERVERS))
    wards.start()
    began = REAL.monotonic()
    try:
        _until(centre, lambda: _planned(centre) == town.owed, weather)
        _until(centre, lambda: wards.hold() == _released(centre) >= stations * orders, weather)
        said = f"{_planned(centre)} airings planned, {wards.hold()} in the stations' hands"
        say(f"after {REAL.monotonic() - began:.0f} s: {said}")
        storm = Storm(centre, wards, weather, seed, say)
        evening = datetime.combine(town.days[-1], time(19, 0), centre.house.settings.zone)
        storm.rage(evening)
        end = _calm(centre, wards, town, weather, say)
    finally:
        wards.stop()
    return Outcome(
        owed=town.owed,
        seconds=REAL.monotonic() - began,
        blows=storm.blows,
        states=checker.states(centre.database),
        times_due=checker.times_due(centre.database),
        refused=wards.refused,
        wrong=checker.findings(centre.database, town.days, end),
    )


def _calm(centre: Centre, wards: Wards, town: Town, weather: Weather, say: Say) -> datetime:
    """Let everything be told and settled after the storm; return the instant up to which all must be over."""
    end = datetime.combine(town.days[-1], time(20, 30), centre.house.settings.zone)
    centre.step(max(timedelta(), end + HOUR - centre.clock.now()))
    seen = min(wards.rounds)
    _until(centre, lambda: min(wards.rounds) >= seen + 2 and wards.quiet, weather)
    say("everything reported")
    _until(centre, lambda: _open(centre, end) == 0, weather)
    say("everything settled")
    return end


def _until(centre: Centre, seen: Callable[[], bool], weather: Weather) -> None:
    centre.until(seen, within_s=weather.patience_s, every_s=0.5)


def _planned(centre: Centre) -> int:
    with centre.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Airing)) or 0


def _released(centre: Centre) -> int:
    """Return how many airings are released; 0 while some that the stations must hold are not."""
    query = select(func.count()).select_from(Airing).where(Airing.rank == State.RELEASED.rank)
    late = Airing.starts_at < centre.clock.now() + LEAST_REACH
    with centre.database.reading() as session:
        missing = session.scalar(select(func.count()).where(Airing.rank == State.PLANNED.rank, late))
        return 0 if missing else session.scalar(query) or 0


def _open(centre: Centre, until: datetime) -> int:
    query = select(func.count()).select_from(Airing).where(Airing.rank < 4, Airing.starts_at <= until)
    with centre.database.reading() as session:
        return session.scalar(query) or 0
