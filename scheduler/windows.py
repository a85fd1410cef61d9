"""Windows: making and ending the recurring times of a station's broadcasts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, pairwise
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from content import audit
from content.errors import InvalidInputError, NotFoundError
from content.text import NAME_LIMIT, line
from scheduler.calendars import check_marks
from scheduler.exceptions import take_up
from scheduler.limiting import Law, load_law, require_window
from scheduler.lunar import check_lunar
from scheduler.models.rule import RuleException
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.quiet import blocked_until, instant_at
from scheduler.recurrence import (
    EIGHT_YEARS,
    Broadcast,
    broadcasts,
    check_dates,
    check_local_time,
    check_rule,
    window_days,
)
from scheduler.rules import Rules

LONGEST_MS = 4 * 3600 * 1000
LOWEST_MDB = -60_000
FARTHEST = timedelta(days=3653)
_DAY_MINUTES = 24 * 60
_MINUTE_MS = 60_000


@dataclass(frozen=True)
class WindowWish:
    """What a person asks of a window; see `scheduler.models.window.Window` for the meaning of each part.

    With `lunar` the rule is not asked for.  `enforce_limits` false counts in a rehearsal only.
    """

    title: str
    local_start: str
    budget_ms: int
    first_day: date
    rrule: str = ""
    last_day: date | None = None
    lunar: str | None = None
    exdates: Sequence[str] = ()
    rdates: Sequence[str] = ()
    calendars: Collection[str] = ()
    level_cap_mdb: int | None = None
    enforce_limits: bool = True


def create_window(
    session: Session, station: Station, *, rules: Rules, now: datetime, by: str = audit.SYSTEM, **wish: Any
) -> Window:
    """Store a window, or raise InvalidInputError naming the field; `wish` are the parts of a WindowWish."""
    return add_window(session, station, WindowWish(**wish), rules=rules, now=now, by=by)


def add_window(
    session: Session, station: Station, wish: WindowWish, *, rules: Rules, now: datetime, by: str
) -> Window:
    """Store a window, or raise InvalidInputError naming the field (`rrule`, `local_start`, `budget_ms`…).

    A breach of a rule is refused with its citation unless an approved exception allows it; the
    exceptions used are bound to the window.
    """
    law = load_law(session, rules)
    window = draft_window(session, station, wish, law, now=now)
    used = check_place(session, station, window, law, now=now)
    session.add(window)
    session.flush()
    take_up(session, used, window_id=window.id)
    _note(session, "window.create", window, by=by, now=now)
    return window


def draft_window(session: Session, station: Station, wish: WindowWish, law: Law, *, now: datetime) -> Window:
    """Return the window that a wish would make, kept nowhere; InvalidInputError names the field at fault.

    Whether it meets another window or breaks a rule is asked by `check_place`.
    """
    if abs(wish.first_day - law.rules.day_of(now)) > FARTHEST:
        raise InvalidInputError("Ngày đầu cách hôm nay quá mười năm.", field="first_day")
    window = _made(session, station, wish, now)
    _check_days(window, law)
    return window


def coming(window: Window, law: Law, *, start: date, count: int) -> list[Broadcast]:
    """Return the next `count` broadcasts of a window from the local day `start` on, fewer when it ends."""
    found = broadcasts(
        window, start=start, end=start + EIGHT_YEARS, zone=law.rules.zone, calendars=law.calendars
    )
    return list(islice(found, count))


def end_window(
    session: Session,
    window: Window,
    *,
    last_day: date,
    rules: Rules,
    now: datetime,
    by: str = audit.SYSTEM,
) -> None:
    """Let the window broadcast for the last time on `last_day`; what was planned later is moved."""
    last = max(last_day, window.first_day)
    _change(session, window, {"last_day": last}, rules=rules, now=now)
    _note(session, "window.end", window, by=by, now=now)


def set_exdates(
    session: Session, window: Window, days: Sequence[str], *, rules: Rules, now: datetime, by: str
) -> None:
    """Leave these days (ISO) out of the window, and no others."""
    _change(session, window, {"exdates": check_dates(days, field="exdates")}, rules=rules, now=now)
    _note(session, "window.exdates", window, by=by, now=now)


def set_calendars(
    session: Session, window: Window, marks: Collection[str], *, rules: Rules, now: datetime, by: str
) -> None:
    """Let these calendars (ids with a sign) narrow the window, and no others."""
    _change(session, window, {"calendars": check_marks(session, marks)}, rules=rules, now=now)
    _note(session, "window.calendars", window, by=by, now=now)


def lay_calendar(
    session: Session, windows: Iterable[Window], mark: str, *, rules: Rules, now: datetime, by: str
) -> list[Window]:
    """Let a calendar narrow some windows beside those they have; return those it would leave no day."""
    refused = []
    for window in windows:
        rest = [one for one in window.calendars or () if one[1:] != mark[1:]]
        try:
            set_calendars(session, window, [*rest, mark], rules=rules, now=now, by=by)
        except InvalidInputError:
            refused.append(window)
    return refused


def _change(session: Session, window: Window, values: dict[str, Any], *, rules: Rules, now: datetime) -> None:
    """Change a window; days that it gains are held against the station's other windows and the rules."""
    law, today = load_law(session, rules), rules.day_of(now)
    columns = {column.key: getattr(window, column.key) for column in inspect(Window).columns}
    changed = Window(**{**columns, **values})
    days, before = _coming_days(changed, law, today), _coming_days(window, law, today)
    if not days and "last_day" not in values:
        raise InvalidInputError(
            "Khung giờ này không rơi vào ngày nào trong tám năm tới.", field=next(iter(values))
        )
    if not days <= before:
        station = session.get_one(Station, window.station)
        take_up(session, check_place(session, station, changed, law, now=now), window_id=window.id)
    for name, value in values.items():
        setattr(window, name, value)
    session.flush()


def _coming_days(window: Window, law: Law, today: date) -> set[date]:
    start = max(window.first_day, today)
    return set(window_days(window, start=start, end=today + EIGHT_YEARS, calendars=law.calendars))


def get(session: Session, window_id: int) -> Window:
    """Return a window, or raise NotFoundError."""
    window = session.get(Window, window_id)
    if window is None:
        raise NotFoundError("Không có khung giờ số {id}.", id=window_id)
    return window


def windows_of(session: Session, stations: Iterable[str]) -> dict[str, list[Window]]:
    """Return station → its windows, for the stations that have any."""
    found: dict[str, list[Window]] = {}
    query = select(Window).where(Window.station.in_(list(stations))).order_by(Window.id)
    for window in session.scalars(query):
        found.setdefault(window.station, []).append(window)
    return found


def first_clash(one: Window, other: Window, law: Law, *, start: date) -> date | None:
    """Return the first local day from `start` on which two windows overlap, looking eight years ahead."""
    if not _walls_meet(one, other):
        return None
    end, zone = start + EIGHT_YEARS, law.rules.zone
    both = (broadcasts(w, start=start, end=end, zone=zone, calendars=law.calendars) for w in (one, other))
    held = sorted((broadcast for each in both for broadcast in each), key=lambda b: b.starts_at)
    return next((later.day for before, later in pairwise(held) if later.starts_at < before.ends_at), None)


def _made(session: Session, station: Station, wish: WindowWish, now: datetime) -> Window:
    """Return the window asked for, every part of it checked by itself."""
    if wish.lunar:
        check_lunar(wish.lunar)
    else:
        check_rule(wish.rrule, first_day=wish.first_day)
    check_local_time(wish.local_start, field="local_start")
    if not 0 < wish.budget_ms <= LONGEST_MS:
        raise InvalidInputError("Khung giờ phải dài từ 1 giây đến 4 giờ.", field="budget_ms")
    if wish.last_day is not None and wish.last_day < wish.first_day:
        raise InvalidInputError("Ngày cuối sớm hơn ngày đầu.", field="last_day")
    if wish.level_cap_mdb is not None and not LOWEST_MDB <= wish.level_cap_mdb <= 0:
        raise InvalidInputError("Mức âm cao nhất phải từ −60 đến 0 dB.", field="level_cap_mdb")
    return Window(
        station=station.name,
        title=line(wish.title, field="title", what="Tên khung giờ", limit=NAME_LIMIT),
        rrule="" if wish.lunar else wish.rrule.strip(),
        lunar=wish.lunar or None,
        local_start=wish.local_start,
        budget_ms=wish.budget_ms,
        first_day=wish.first_day,
        last_day=wish.last_day,
        exdates=check_dates(wish.exdates, field="exdates"),
        rdates=check_dates(wish.rdates, field="rdates"),
        calendars=check_marks(session, wish.calendars),
        level_cap_mdb=wish.level_cap_mdb,
        enforce_limits=wish.enforce_limits,
        created_at=now,
    )


def _check_days(window: Window, law: Law) -> None:
    """Refuse a window that never broadcasts: its last day, days left out and calendars counted."""
    end = window.first_day + EIGHT_YEARS
    if not window_days(window, start=window.first_day, end=end, calendars=law.calendars):
        field = next(
            (name for name in ("calendars", "exdates", "last_day") if getattr(window, name)), "rrule"
        )
        raise InvalidInputError("Khung giờ này không rơi vào ngày nào trong tám năm tới.", field=field)


def check_place(
    session: Session, station: Station, window: Window, law: Law, *, now: datetime
) -> list[RuleException]:
    """Refuse what meets another window of the station, quiet hours or a rule; return exceptions used."""
    if not _enforced(window, law.rules):
        return []
    start = max(window.first_day, law.rules.day_of(now))
    there = windows_of(session, [station.name]).get(station.name, [])
    beside = [other for other in there if other.id != window.id]
    for other in beside:
        clash = first_clash(window, other, law, start=start)
        if clash is not None:
            raise InvalidInputError(
                "Khung giờ trùng với “{title}” ngày {day:%d/%m/%Y}.",
                field="local_start",
                title=other.title,
                day=clash,
            )
    used = require_window(session, law, station, window, beside, start=start)
    begins = instant_at(start, check_local_time(window.local_start, field="local_start"), law.rules.zone)
    ends = begins + timedelta(milliseconds=window.budget_ms)
    if blocked_until(begins, ends, law.rules.quiet, law.rules.zone):
        raise InvalidInputError("Khung giờ chạm vào giờ yên tĩnh.", field="local_start")
    return used


def _walls_meet(one: Window, other: Window) -> bool:
    """Tell whether the two could ever overlap, by their wall times alone (an hour for changing clocks)."""
    first, second = _minutes(one), _minutes(other)
    apart = (second - first) % _DAY_MINUTES
    lengths = (one.budget_ms / _MINUTE_MS + 60, other.budget_ms / _MINUTE_MS + 60)
    return apart < lengths[0] or _DAY_MINUTES - apart < lengths[1]


def _minutes(window: Window) -> int:
    hours, minutes = window.local_start.split(":")
    return int(hours) * 60 + int(minutes)


def _enforced(window: Window, rules: Rules) -> bool:
    return window.enforce_limits or not rules.rehearsal


def _note(session: Session, action: str, window: Window, *, by: str, now: datetime) -> None:
    about = {"station": window.station, "local_start": window.local_start, "exdates": window.exdates}
    last = window.last_day.isoformat() if window.last_day else None
    subject = f"window:{window.id}"
    audit.record(session, action, actor=by, subject=subject, now=now, **about, last_day=last)
