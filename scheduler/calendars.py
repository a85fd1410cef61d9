"""Calendars: which days a window or an order requires or excludes, and keeping the lists of days.

A mark is a calendar with a sign: `+3` only on days of calendar 3 (of several: of any), `-3` never on
them.  Computed calendars need no table: `vn` public holidays and days off in exchange, `vn-bu` the
weekend days worked in exchange, `vn-lam` the working days (Monday to Friday without holidays, and `vn-bu`).
A calendar of kind `swap` that holds everywhere adds to them what is told of a year later: its Saturdays and
Sundays are worked, its weekdays are off.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content import audit
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.unit import Unit
from content.text import NAME_LIMIT, REASON_LIMIT, body, line, msgid
from scheduler.holidays_vn import holiday_on, worked_instead
from scheduler.models.calendar import Calendar, CalendarDay

HOLIDAYS, WORKED, WORKING = "vn", "vn-bu", "vn-lam"
COMPUTED = {
    HOLIDAYS: msgid("Ngày lễ, tết và ngày nghỉ hoán đổi"),
    WORKED: msgid("Ngày làm bù"),
    WORKING: msgid("Ngày làm việc"),
}
SWAP = "swap"
KINDS = {
    "holiday": msgid("ngày nghỉ"),
    SWAP: msgid("hoán đổi ngày làm việc"),
    "exam": msgid("tuần thi"),
    "mourning": msgid("quốc tang"),
    "other": msgid("khác"),
}
MOST_MARKS = 8
MOST_DAYS = 2000
_LAST_WORKDAY = 5
_MARK = re.compile(r"[+-](vn|vn-bu|vn-lam|[1-9]\d{0,8})")


@dataclass(frozen=True)
class Calendars:
    """The days of every calendar, by the name that a mark uses; the computed ones are always there."""

    days: Mapping[str, frozenset[date]] = field(default_factory=lambda: MappingProxyType({}))
    swapped: frozenset[date] = frozenset()

    def has(self, name: str, day: date) -> bool:
        """Tell whether `day` belongs to a calendar."""
        if name == HOLIDAYS:
            return holiday_on(day) is not None or (day in self.swapped and not _is_weekend(day))
        if name == WORKED:
            return self._is_worked_instead(day)
        if name == WORKING:
            return self._is_worked_instead(day) or not (_is_weekend(day) or self.has(HOLIDAYS, day))
        return day in self.days.get(name, frozenset())

    def worked(self, year: int) -> list[date]:
        """Return the weekend days of a year that are worked in exchange, computed or told, in order."""
        told = {day for day in self.swapped if day.year == year and _is_weekend(day)}
        return sorted(worked_instead(year) | told)

    def told_off(self, year: int) -> list[date]:
        """Return the weekdays of a year that offices told to be off in exchange, in order."""
        off = {day for day in self.swapped if day.year == year and not _is_weekend(day)}
        return sorted(day for day in off if holiday_on(day) is None)

    def _is_worked_instead(self, day: date) -> bool:
        return day in worked_instead(day.year) or (day in self.swapped and _is_weekend(day))

    def allow(self, marks: Sequence[str], day: date) -> bool:
        """Tell whether the marks let something happen on `day`."""
        required = [mark[1:] for mark in marks if mark[0] == "+"]
        excluded = [mark[1:] for mark in marks if mark[0] == "-"]
        wanted = not required or any(self.has(name, day) for name in required)
        return wanted and not any(self.has(name, day) for name in excluded)

    def excluding(self, marks: Sequence[str], day: date) -> str | None:
        """Return the first mark that forbids `day`, None when none does (for telling why)."""
        required = [mark for mark in marks if mark[0] == "+"]
        if required and not any(self.has(mark[1:], day) for mark in required):
            return required[0]
        return next((mark for mark in marks if mark[0] == "-" and self.has(mark[1:], day)), None)


def _is_weekend(day: date) -> bool:
    return day.isoweekday() > _LAST_WORKDAY


def load_calendars(session: Session) -> Calendars:
    """Read the days of every calendar; ended ones too, for what still names them."""
    found: dict[str, set[date]] = {}
    for row in session.scalars(select(CalendarDay)):
        found.setdefault(str(row.calendar_id), set()).add(row.day)
    everywhere = select(Calendar.id).where(
        Calendar.kind == SWAP, Calendar.unit_id.is_(None), Calendar.ended_at.is_(None)
    )
    swapped = frozenset(day for one in session.scalars(everywhere) for day in found.get(str(one), ()))
    return Calendars(MappingProxyType({name: frozenset(days) for name, days in found.items()}), swapped)


def check_marks(session: Session, marks: Collection[str], *, field: str = "calendars") -> list[str]:
    """Return the marks in order, each once; InvalidInputError for a form, a calendar or a clash unknown."""
    wanted = sorted(set(marks))
    if len(wanted) > MOST_MARKS or not all(_MARK.fullmatch(mark) for mark in wanted):
        raise InvalidInputError("Danh sách lịch phải là +lịch hoặc -lịch, nhiều nhất 8 lịch.", field=field)
    names = [mark[1:] for mark in wanted]
    if len(set(names)) < len(names):
        raise InvalidInputError("Một lịch không thể vừa bắt buộc vừa loại trừ.", field=field)
    for name in set(names) - set(COMPUTED):
        calendar = session.get(Calendar, int(name))
        if calendar is None or calendar.ended_at is not None:
            raise InvalidInputError(
                "Không có lịch số {name}, hoặc lịch đã ngừng dùng.", field=field, name=name
            )
    return wanted


def create_calendar(
    session: Session,
    *,
    name: str,
    kind: str,
    source: str,
    days: Mapping[date, str],
    by: str,
    now: datetime,
    unit_id: int | None = None,
) -> Calendar:
    """Store a calendar with its days (day → note); `source` is the paper that fixes them."""
    if kind not in KINDS:
        raise InvalidInputError("Hãy chọn loại lịch.", field="kind")
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise InvalidInputError("Không có đơn vị đó.", field="unit_id")
    calendar = Calendar(
        name=line(name, field="name", what="Tên lịch", limit=NAME_LIMIT),
        kind=kind,
        unit_id=unit_id,
        source=body(source, field="source", what="Nguồn của lịch", limit=REASON_LIMIT),
        created_by=by,
        created_at=now,
    )
    session.add(calendar)
    session.flush()
    _put(session, calendar, days)
    _note(session, "calendar.create", calendar, by=by, now=now, name=calendar.name, days=_said(days))
    return calendar


def set_days(
    session: Session, calendar: Calendar, days: Mapping[date, str], *, by: str, now: datetime
) -> None:
    """Replace the days of a calendar; the log keeps what was added and taken away."""
    if calendar.ended_at is not None:
        raise ConflictError("Lịch “{name}” đã ngừng dùng.", name=calendar.name)
    before = days_of_calendar(session, calendar.id)
    session.execute(delete(CalendarDay).where(CalendarDay.calendar_id == calendar.id))
    _put(session, calendar, days)
    added, gone = set(days) - set(before), set(before) - set(days)
    _note(session, "calendar.days", calendar, by=by, now=now, added=_said(added), removed=_said(gone))


def end_calendar(session: Session, calendar: Calendar, *, by: str, now: datetime) -> None:
    """Let nobody choose the calendar any more; what names it already keeps its days."""
    if calendar.ended_at is not None:
        raise ConflictError("Lịch “{name}” đã ngừng dùng.", name=calendar.name)
    calendar.ended_at = now
    _note(session, "calendar.end", calendar, by=by, now=now)


def get(session: Session, calendar_id: int) -> Calendar:
    """Return a calendar, or raise NotFoundError."""
    calendar = session.get(Calendar, calendar_id)
    if calendar is None:
        raise NotFoundError("Không có lịch số {id}.", id=calendar_id)
    return calendar


def listing(session: Session) -> list[Calendar]:
    """Return the calendars in use, by name."""
    return list(session.scalars(select(Calendar).where(Calendar.ended_at.is_(None)).order_by(Calendar.name)))


def days_of_calendar(session: Session, calendar_id: int) -> dict[date, str]:
    """Return day → note of one calendar, in order."""
    query = select(CalendarDay).where(CalendarDay.calendar_id == calendar_id).order_by(CalendarDay.day)
    return {row.day: row.note for row in session.scalars(query)}


def _put(session: Session, calendar: Calendar, days: Mapping[date, str]) -> None:
    if not 1 <= len(days) <= MOST_DAYS:
        raise InvalidInputError("Lịch phải có từ 1 đến {most} ngày.", field="days", most=MOST_DAYS)
    notes = {
        day: line(note, field="days", what="Ghi chú", limit=NAME_LIMIT) if note.strip() else ""
        for day, note in days.items()
    }
    session.add_all(CalendarDay(calendar_id=calendar.id, day=day, note=notes[day]) for day in sorted(days))
    session.flush()


def _said(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]


def _note(
    session: Session, action: str, calendar: Calendar, *, by: str, now: datetime, **more: object
) -> None:
    audit.record(session, action, actor=by, subject=f"calendar:{calendar.id}", now=now, **more)
