"""Makers of what the packer takes, in the words of wall clocks, and readers of what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from content.contracts.airings import Level
from scheduler.hearings import Hearing, Ticket, Turn
from scheduler.idents import SignFor
from scheduler.moments import length_ms, to_instant, to_ms
from scheduler.packing import pack
from scheduler.quiet import span_from
from scheduler.shares import Frame, Measures, Packed, Share, Timetable
from scheduler.timeline import Slot, Spans, merged
from tests.scheduler.factories import NOW, RULES, TODAY, ZONE, local

DAY = timedelta(days=1)
MEASURES = Measures.of(RULES)
SOON = to_ms(NOW + RULES.lead)
_TURNS = {Level.EMERGENCY: Turn.EMERGENCY, Level.PRIORITY: Turn.PRIORITY, Level.NORMAL: Turn.NORMAL}


def nights(days: int = 9) -> Spans:
    """Return the quiet hours of some days around today."""
    spans = (span_from(RULES.quiet[0], TODAY + n * DAY, ZONE) for n in range(-2, days))
    return merged((to_ms(start), to_ms(end)) for start, end in spans)


QUIET = nights()


def ticket(number: int = 1, *, seconds: float = 60, programme: str | None = "03", **more: Any) -> Ticket:
    fields: dict[str, Any] = {"first": TODAY, "last": TODAY + 30 * DAY, "bulletin": number}
    return Ticket(
        number, int(seconds * 1000), f"Bản tin {number}", **{**fields, "programme": programme, **more}
    )


def hearing(
    order: int = 1,
    *,
    n: int = 1,
    seconds: float = 60,
    level: Level = Level.NORMAL,
    due: date = TODAY,
    fixed: str | None = None,
    wording: int | None = None,
    days: int = 2,
    until: date | None = None,
    programme: str | None = "03",
    last: date = TODAY + 30 * DAY,
) -> Hearing:
    turn = Turn.FIXED if fixed and level is not Level.EMERGENCY else _TURNS[level]
    return Hearing(
        order=order,
        due=due,
        n=n,
        turn=turn,
        ticket=ticket(wording or order, seconds=seconds, programme=programme, last=last),
        days=tuple(due + k * DAY for k in range(days)),
        until=until or due,
        ordered_at=to_ms(NOW),
        fixed=to_ms(local(fixed, due)) if turn is Turn.FIXED and fixed else None,
        level=str(level),
    )


def frame(start: str = "06:00", minutes: float = 15, *, window: int = 0, day: date = TODAY) -> Frame:
    starts = to_ms(local(start, day))
    ends = starts + int(minutes * 60_000)
    return Frame(starts, ends, day, window, quiet=tuple(q for q in QUIET if q[0] <= ends and starts < q[1]))


def timetable(frames: Sequence[Frame], **more: Any) -> Timetable:
    return Timetable(tuple(sorted(frames)), **{"quiet": QUIET, "strict": QUIET, **more})


def share(hearings: Sequence[Hearing], frames: Sequence[Frame], **more: Any) -> Share:
    owed = sorted(hearings, key=lambda one: one.precedence)
    table = timetable(frames, **more.pop("timetable", {}))
    return Share(table, owed, **{"now": to_ms(NOW), "soon": SOON, **more})


def packed(hearings: Sequence[Hearing], frames: Sequence[Frame], **more: Any) -> Packed:
    measures = more.pop("measures", MEASURES)
    return pack(share(hearings, frames, **more), measures)


def slot(start: str, end: str, wording: int | None = None, frame: int | None = None) -> Slot:
    return Slot(to_ms(local(start)), to_ms(local(end)), wording, frame)


def places(made: Packed) -> list[tuple[int, datetime]]:
    """Return (order, start) in the order in which places were given."""
    return [(place.hearing.order, to_instant(place.starts)) for place in made.places]


def by_time(made: Packed) -> list[int]:
    """Return the orders in the order in which they sound."""
    return [place.hearing.order for place in sorted(made.places, key=lambda place: place.starts)]


def why(made: Packed) -> list[str]:
    return [reason for _, reason, _ in made.left]


def signs(**seconds: float) -> tuple[SignFor, ...]:
    """Return idents by role and length."""
    return tuple(SignFor(role, ticket(900 + n, seconds=s)) for n, (role, s) in enumerate(seconds.items()))


def ms(minutes: float) -> int:
    return length_ms(timedelta(minutes=minutes))


def quotas(**minutes: float) -> Mapping[str, int]:
    """Return quotas by programme (`p03=10`) in ms."""
    return {code.removeprefix("p"): ms(value) for code, value in minutes.items()}
