"""An emergency, station by station: who has it, who sounds it, who was heard, who cannot be reached."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts.airings import State
from scheduler.models.airing import Airing
from scheduler.models.emergency import Emergency
from scheduler.models.station import Station
from scheduler.stations import Connection, connection

MS = timedelta(milliseconds=1)


class Step(StrEnum):
    """How far the newest round has come at a station."""

    WAITING = "waiting"
    RELEASED = "released"
    FETCHED = "fetched"
    SOUNDING = "sounding"
    HEARD = "heard"
    CUT = "cut"
    FAILED = "failed"
    CALLED_BACK = "called_back"


@dataclass(frozen=True)
class Line:
    """One station: its newest round that is due, how often it was heard, and how fast the first round began.

    `heard` counts rounds that were played whole, `cut` those of which a part was heard, and no more.
    `first_ms`: from the start of the call to the first sample, as the station reported it.
    """

    station: Station
    connection: Connection
    row: Airing | None
    step: Step
    heard: int
    cut: int
    first_ms: int | None

    @property
    def wants_again(self) -> bool:
        """Whether nothing was heard whole here, and the newest round has ended: nothing plays it again."""
        return self.heard == 0 and self.step in {Step.CUT, Step.FAILED}

    @property
    def is_reachable(self) -> bool:
        """Whether the station is heard from."""
        return self.connection in {Connection.ONLINE, Connection.LATE}


@dataclass(frozen=True)
class Picture:
    """All stations of an emergency, by title, and the counts that are looked at first."""

    lines: tuple[Line, ...]

    @property
    def steps(self) -> Counter[Step]:
        """How many stations stand at each step."""
        return Counter(line.step for line in self.lines)

    @property
    def silent(self) -> tuple[Line, ...]:
        """The stations that cannot be reached."""
        return tuple(line for line in self.lines if not line.is_reachable)

    @property
    def again(self) -> tuple[Line, ...]:
        """The stations at which it would have to be called anew to be heard whole."""
        return tuple(line for line in self.lines if line.wants_again)

    @property
    def slowest_ms(self) -> int | None:
        """The longest time from the start of the call to a first sample, None before the first."""
        return max((line.first_ms for line in self.lines if line.first_ms is not None), default=None)


def picture_of(session: Session, emergency: Emergency, now: datetime) -> Picture:
    """Return how far an emergency has come, in two queries however many stations there are."""
    stations = session.scalars(select(Station).where(Station.name.in_(emergency.stations)))
    rows: dict[str, list[Airing]] = {}
    if emergency.order_id is not None:
        found = select(Airing).where(Airing.order_id == emergency.order_id).order_by(Airing.n)
        for row in session.scalars(found):
            rows.setdefault(row.station, []).append(row)
    lines = (_line(emergency, one, rows.get(one.name, []), now) for one in stations)
    return Picture(tuple(sorted(lines, key=lambda line: (line.station.title, line.station.name))))


def _line(emergency: Emergency, station: Station, rows: list[Airing], now: datetime) -> Line:
    due = [row for row in rows if row.starts_at <= now]
    row = due[-1] if due else next(iter(rows), None)
    heard = sum(row.state == State.PLAYED for row in rows)
    cut = sum(_ENDS.get(State(row.state)) is Step.CUT for row in rows)
    step = Step.WAITING if row is None else _step(row, station)
    return Line(station, connection(station, now), row, step, heard, cut, _first_ms(emergency, rows))


def _first_ms(emergency: Emergency, rows: list[Airing]) -> int | None:
    began = rows[0].started_at if rows else None
    if began is None or emergency.started_at is None:
        return None
    return round((began - emergency.started_at) / MS)


def _step(row: Airing, station: Station) -> Step:
    state = State(row.state)
    if state is State.ON_AIR:
        return Step.SOUNDING
    if state.final:
        return _ENDS.get(state, Step.FAILED)
    if row.recalled_at is not None:
        return Step.CALLED_BACK
    if row.released_generation is None:
        return Step.WAITING
    holds = station.generation >= row.released_generation and row.clip_sha256 not in station.clips_missing
    return Step.FETCHED if holds else Step.RELEASED


_ENDS = {
    State.PLAYED: Step.HEARD,
    State.PARTIAL: Step.CUT,
    State.INTERRUPTED: Step.CUT,
    State.CANCELLED: Step.CALLED_BACK,
}
