"""A week of a ward's programme and the route of a clock that passes it in minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from content.contracts.airings import State
from scheduler.models.airing import Airing
from scheduler.models.station import Station
from tests.scheduler.factories import make_airing
from tests.station.faults.town import ZONE, Planned, Town, Ward

STARTS = (time(6, 0), time(11, 0), time(17, 0))
IDENT_S = 8
BULLETIN_S = (45, 75, 60, 90, 30)
IDLE, APPROACHING, SOUNDING, STARTING, RESTING = 3000.0, 100.0, 300.0, 10.0, 20.0
REST = timedelta(minutes=10)
BEFORE, AROUND = timedelta(seconds=20), timedelta(seconds=1, milliseconds=500)


@dataclass(frozen=True)
class Slot:
    """One airing of the week: when, how long, and which of the clips."""

    starts_at: datetime
    ms: int
    clip: int


def slots(first: datetime, *, days: int, bulletins: int) -> list[Slot]:
    """Return every airing of `days` local days from the day of `first` on: broadcasts between two idents."""
    zone, found = ZoneInfo(ZONE), []
    for day in range(days):
        date = first.astimezone(zone).date() + timedelta(days=day)
        for number, start in enumerate(STARTS):
            at = datetime.combine(date, start, zone).astimezone(first.tzinfo)
            lengths = [BULLETIN_S[(day + place) % len(BULLETIN_S)] for place in range(bulletins)]
            for place, seconds in enumerate([IDENT_S, *lengths, IDENT_S]):
                # What is new on a day is heard again in its later broadcasts.
                clip = (
                    0
                    if place in {0, bulletins + 1}
                    else 1 + day * bulletins + (place - 1 + number) % bulletins
                )
                found.append(Slot(at, seconds * 1000, clip))
                at += timedelta(seconds=seconds)
    return found


def route(
    week: Sequence[Slot],
    *,
    machine_ms: int,
    now: datetime,
    until: datetime,
    rests: Sequence[datetime] = (),
) -> list[tuple[int, int]]:
    """Return the route of a clock that leaves `now` at `machine_ms` and comes to `until`.

    It hurries while nothing is to sound, runs while something sounds, and strolls around every start and
    after every instant of `rests`, at which a machine may have to start.
    """
    marks: list[tuple[datetime, float]] = [(now + timedelta(seconds=2), 1.0)]
    to_rest = list(rests)
    for slot in week:
        while to_rest and to_rest[0] < slot.starts_at:
            marks += [(to_rest[0], IDLE), (to_rest.pop(0) + REST, RESTING)]
        pace = SOUNDING
        if slot.starts_at - BEFORE > marks[-1][0] + BEFORE:
            marks.append((slot.starts_at - BEFORE, IDLE))
            pace = APPROACHING
        marks += [(slot.starts_at - AROUND, pace), (slot.starts_at + AROUND, STARTING)]
    marks.append((until, IDLE))
    points, at = [(float(machine_ms), now)], now
    for mark, rate in marks:
        if mark > at:
            points.append((points[-1][0] + (mark - at) / timedelta(milliseconds=1) / rate, mark))
            at = mark
    return [(round(machine), round(shown.timestamp() * 1000)) for machine, shown in points]


def clip_of(number: int, size: int) -> bytes:
    """Return the bytes of a clip; a silent sink does not hear them, but they are fetched and verified."""
    seed = hashlib.sha256(b"clip %d" % number).digest()
    return seed * (size // len(seed))


def owe(town: Town, ward: Ward, week: Sequence[Slot], *, size: int) -> None:
    """Owe a ward its week and sign a manifest that says so."""
    now, library = town.now(), town.centre.house.library
    clips = {number: clip_of(number, size) for number in {slot.clip for slot in week}}
    names = {number: library.put(data) for number, data in clips.items()}
    with town.centre.database.writing() as session:
        station = session.get_one(Station, ward.name)
        for place, slot in enumerate(week):
            row = make_airing(
                session,
                station,
                id=hashlib.sha256(f"{ward.name} {place}".encode()).hexdigest()[:32],
                starts_at=slot.starts_at,
                not_after=slot.starts_at + timedelta(minutes=15),
                duration_ms=slot.ms,
                title=f"Bản tin {place}",
                clip_sha256=names[slot.clip],
                clip_bytes=len(clips[slot.clip]),
                media_type="audio/mpeg",
                state=str(State.PLANNED),
                released_generation=None,
                created_at=now,
                updated_at=now,
            )
            ward.planned.append(Planned(row.id, place, row.starts_at, row.duration_ms))
        town.release(session, ward)


def lateness_ms(town: Town, ward: Ward) -> list[float]:
    """Return by how much each airing began after its instant, as the centre holds it."""
    with town.centre.database.reading() as session:
        rows = [session.get_one(Airing, planned.id) for planned in ward.planned]
        return [
            (row.started_at - row.starts_at) / timedelta(milliseconds=1) if row.started_at else float("inf")
            for row in rows
        ]
