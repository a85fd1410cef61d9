"""What a person asks of an order, and every check of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from content import bulletins
from content.contracts.airings import Level
from content.contracts.instants import parse_local_time
from content.errors import InvalidInputError
from content.models.bulletin import Approval, RevisionState
from content.units import TAG, load_tree
from scheduler import relays, stand_ins
from scheduler.calendars import check_marks, load_calendars
from scheduler.limiting import Law, load_law, require_fixed_times
from scheduler.limits import MINUTE_MS, SESSION_MINUTES, Ruling
from scheduler.models.rule import RuleException
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.quiet import blocked_until, instant_at
from scheduler.recurrence import check_local_time
from scheduler.rules import Rules
from scheduler.stations import stations_below
from scheduler.windows import windows_of

MOST_TIMES = 6
MOST_UNITS = 500
LONGEST_DAYS = 366
EVERY_DAY = range(1, 8)
_LEVELS = tuple(Level)


@dataclass(frozen=True)
class Wish:
    """What a person asks for, as the form gave it; `weekdays` are 1 = Monday … 7 = Sunday.

    With `fixed_times` (HH:MM) their number counts, otherwise `times_per_day` (1 … 6).  `level` None
    means the bulletin's own; it may be lower than that, never higher.  `tags` reach units that carry one
    of them, `calendars` are ids with a sign (scheduler/calendars.py).  A relay has no bulletin but a
    `source_id` and `seconds`, and perhaps a bulletin that stands in for it (`stand_in_id`); it is never
    an emergency.
    """

    bulletin_id: int | None
    unit_ids: Sequence[int]
    first_day: date
    last_day: date
    weekdays: Collection[int] = EVERY_DAY
    times_per_day: int = 1
    fixed_times: Sequence[str] = ()
    level: str | None = None
    tags: Collection[str] = ()
    calendars: Collection[str] = ()
    source_id: int | None = None
    seconds: int | None = None
    stand_in_id: int | None = None


def check(session: Session, wish: Wish, rules: Rules, now: datetime, *, since: date | None = None) -> Level:
    """Return the level of the order, or raise InvalidInputError whose `field` is the part at fault.

    `since` is the first day of an order that is being changed: that one it may keep.
    """
    matter, today = matter_of(session, wish, now), rules.day_of(now)
    level = _level(wish, matter)
    _check_days(wish, matter, level, today, since)
    _check_times(wish, level)
    _check_calendars(session, wish)
    reached = {station.name: station.unit_id for station in reached_by(session, wish, today)}
    if not reached:
        raise InvalidInputError("Các đơn vị đã chọn chưa có trạm nào.", field="unit_ids")
    windows = windows_of(session, list(reached))
    if wish.fixed_times:
        _check_fixed(wish, matter, rules, lenient=lenient(windows, rules))
    elif level is not Level.EMERGENCY:
        _check_windows(wish, windows, matter, _Longest.of(session, rules, wish), reached)
    return level


def reached_by(session: Session, wish: Wish, today: date) -> list[Station]:
    """Return the stations in use that a wish reaches on its first day, or today if that is later, by name."""
    tree, day = load_tree(session), max(wish.first_day, today)
    check_units(wish.unit_ids)
    if not wish.unit_ids and not wish.tags:
        raise InvalidInputError("Hãy chọn ít nhất một đơn vị.", field="unit_ids")
    if not set(wish.unit_ids) <= set(tree.units):
        raise InvalidInputError("Không có đơn vị đó.", field="unit_ids")
    bad = next((tag for tag in sorted(wish.tags) if not TAG.fullmatch(tag)), None)
    if bad is not None:
        raise InvalidInputError("Nhãn “{tag}” phải dạng noi-thanh.", field="tags", tag=bad[:40])
    tagged = [unit.id for unit in tree.tagged(wish.tags, day)] if wish.tags else []
    return stations_below(session, [*wish.unit_ids, *tagged], day)


def check_units(unit_ids: Collection[int]) -> None:
    """Refuse to name more units than a person can have looked at, or the page would ask about each."""
    if len(set(unit_ids)) > MOST_UNITS:
        raise InvalidInputError(
            "Một lệnh chọn nhiều nhất {most} đơn vị; hãy chọn đơn vị cấp trên hoặc nhãn.",
            field="unit_ids",
            most=MOST_UNITS,
        )


def _check_calendars(session: Session, wish: Wish) -> None:
    """Refuse marks that are none, and marks that leave no day of the order."""
    marks = check_marks(session, wish.calendars) if wish.calendars else []
    days = [day for day in _days(wish) if day.isoweekday() in wish.weekdays]
    if marks and not any(load_calendars(session).allow(marks, day) for day in days):
        raise InvalidInputError("Lịch đã chọn không để lại ngày nào của lệnh.", field="calendars")


def require_rules(
    session: Session,
    wish: Wish,
    level: Level,
    rules: Rules,
    *,
    duration_ms: int,
    today: date,
    of: int | None = None,
) -> list[RuleException]:
    """Return the exceptions to rules that the fixed times need; raise the first breach none allows.

    What has no fixed time goes into broadcasts, which keep the rules themselves; emergencies are exempt.
    `of` is the number of an order that is being changed; the days before `today` are over.
    """
    if not wish.fixed_times or level is Level.EMERGENCY:
        return []
    days = [day for day in _days(wish) if day >= today and day.isoweekday() in wish.weekdays]
    reached = reached_by(session, wish, today)
    windows = windows_of(session, [station.name for station in reached])
    if lenient(windows, rules) or not days:
        return []
    return require_fixed_times(
        session,
        load_law(session, rules),
        reached,
        windows,
        times=[check_local_time(text, field="fixed_times") for text in sorted(set(wish.fixed_times))],
        days=days,
        duration=timedelta(milliseconds=duration_ms),
        of=of,
    )


def lenient(windows: dict[str, list[Window]], rules: Rules) -> bool:
    """Tell whether quiet hours are only reported: in a rehearsal, where a window is marked for it."""
    return rules.rehearsal and any(not window.enforce_limits for ws in windows.values() for window in ws)


@dataclass(frozen=True)
class Matter:
    """What is to sound: how long, at most at which level, on which days (no last day: None) and hours."""

    field: str
    level: Level
    length_ms: int
    first: date
    last: date | None
    hours: tuple[time, time] | None = None


def matter_of(session: Session, wish: Wish, now: datetime) -> Matter:
    """Return what a wish is about, or raise InvalidInputError: approved, permitted, one of the two."""
    if (wish.bulletin_id is None) == (wish.source_id is None):
        raise InvalidInputError("Hãy chọn một bản tin hoặc một nguồn tiếp âm.", field="bulletin_id")
    if wish.bulletin_id is not None:
        approval = _approved(session, wish.bulletin_id)
        revision = approval.revision
        level, length = Level(revision.level), approval.duration_ms
        return Matter("bulletin_id", level, length, revision.valid_from, revision.valid_to)
    return _relayed(session, wish, now)


def _relayed(session: Session, wish: Wish, now: datetime) -> Matter:
    source = relays.get(session, wish.source_id or 0)
    if not relays.is_permitted(source, now):
        raise InvalidInputError("Nguồn tiếp âm này chưa được duyệt hoặc đã hết phép.", field="source_id")
    begins, ends = parse_local_time(source.local_from), parse_local_time(source.local_to)
    longest = (ends.hour - begins.hour) * 3600 + (ends.minute - begins.minute) * 60
    if wish.seconds is None or not 1 <= wish.seconds <= longest:
        raise InvalidInputError(
            "Thời lượng tiếp âm phải từ 1 đến {most} giây.", field="seconds", most=longest
        )
    if wish.stand_in_id is not None:
        stand_ins.check(session, wish.stand_in_id, wish.first_day, wish.last_day)
    days, hours = (source.first_day, source.last_day), (begins, ends)
    return Matter("source_id", Level.PRIORITY, wish.seconds * 1000, *days, hours)


def _approved(session: Session, bulletin_id: int) -> Approval:
    bulletin = bulletins.get(session, bulletin_id)
    if bulletin.recalled_at is not None:
        raise InvalidInputError("Bản tin này đã bị thu hồi.", field="bulletin_id")
    revision = bulletin.latest
    if revision.state != RevisionState.APPROVED or revision.approval is None:
        raise InvalidInputError(
            "Bản tin chưa được duyệt; hãy trình duyệt trước khi đặt lệnh phát.", field="bulletin_id"
        )
    return revision.approval


def _level(wish: Wish, matter: Matter) -> Level:
    approved = matter.level
    if wish.level is None:
        return approved if wish.source_id is None else Level.NORMAL
    if wish.level not in set(Level):
        raise InvalidInputError("Hãy chọn mức của lệnh phát.", field="level")
    if _LEVELS.index(Level(wish.level)) > _LEVELS.index(approved):
        raise InvalidInputError("Lệnh phát không thể cao hơn mức mà bản tin đã được duyệt.", field="level")
    return Level(wish.level)


def _check_days(wish: Wish, matter: Matter, level: Level, today: date, since: date | None) -> None:
    if wish.last_day < wish.first_day or (wish.last_day - wish.first_day).days > LONGEST_DAYS:
        raise InvalidInputError("Ngày cuối phải sau ngày đầu, không quá một năm.", field="last_day")
    if wish.first_day < today and wish.first_day != since:
        raise InvalidInputError("Ngày đầu đã qua; hãy chọn từ hôm nay trở đi.", field="first_day")
    if wish.first_day < matter.first:
        raise InvalidInputError("Bản tin có hiệu lực từ {day:%d/%m/%Y}.", field="first_day", day=matter.first)
    if matter.last is not None and wish.last_day > matter.last:
        raise InvalidInputError("Bản tin hết hiệu lực sau {day:%d/%m/%Y}.", field="last_day", day=matter.last)
    if level is Level.EMERGENCY and (wish.first_day, wish.last_day) != (today, today):
        raise InvalidInputError("Lệnh khẩn cấp phát ngay, chỉ trong hôm nay.", field="last_day")
    if not wish.weekdays or not set(wish.weekdays) <= set(EVERY_DAY):
        raise InvalidInputError("Hãy chọn ít nhất một thứ trong tuần.", field="weekdays")
    if not any(day.isoweekday() in wish.weekdays for day in _days(wish)):
        raise InvalidInputError("Không ngày nào trong khoảng đã chọn rơi vào các thứ này.", field="weekdays")


def _days(wish: Wish) -> Iterator[date]:
    return (wish.first_day + timedelta(days=n) for n in range((wish.last_day - wish.first_day).days + 1))


def _check_times(wish: Wish, level: Level) -> None:
    if not 1 <= wish.times_per_day <= MOST_TIMES:
        raise InvalidInputError("Mỗi ngày phát từ 1 đến {most} lần.", field="times_per_day", most=MOST_TIMES)
    if len(wish.fixed_times) > MOST_TIMES:
        raise InvalidInputError(
            "Nhiều nhất {most} giờ cố định mỗi ngày.", field="fixed_times", most=MOST_TIMES
        )
    if level is Level.EMERGENCY and (wish.times_per_day > 1 or wish.fixed_times):
        raise InvalidInputError("Lệnh khẩn cấp phát ngay một lần, không đặt giờ.", field="fixed_times")


@dataclass(frozen=True)
class _Longest:
    """How long the rules let a broadcast be on every day of a wish: {unit: milliseconds}."""

    law: Law
    wish: Wish

    @classmethod
    def of(cls, session: Session, rules: Rules, wish: Wish) -> _Longest:
        return cls(load_law(session, rules), wish)

    def at(self, window: Window, unit_id: int) -> int:
        """Return what is left of a window's budget; a rule with an exception is not counted."""
        if self.law.rules.rehearsal and not window.enforce_limits:
            return window.budget_ms
        lifted = {row.rule_id for row in self.law.exceptions.rows}
        bounds: list[int] = [
            rule.value["most"] * MINUTE_MS
            for rule in self.law.book.of_unit(unit_id)
            if rule.kind == SESSION_MINUTES and rule.id not in lifted and self._always(rule)
        ]
        return min([window.budget_ms, *bounds])

    def _always(self, rule: Ruling) -> bool:
        return rule.holds(self.wish.first_day) and rule.holds(self.wish.last_day)


def _check_windows(
    wish: Wish, windows: dict[str, list[Window]], matter: Matter, longest: _Longest, units: dict[str, int]
) -> None:
    """Refuse a clip that is longer than every window of a station that has some on the order's days."""
    held = {name: [w for w in ws if _meets(w, wish)] for name, ws in windows.items()}
    held = {name: ws for name, ws in held.items() if ws}
    if not held:
        raise InvalidInputError("Chưa trạm nào trong các đơn vị đã chọn có khung giờ phát.", field="unit_ids")
    tight = [
        name
        for name, ws in held.items()
        if max(longest.at(window, units[name]) for window in ws) < matter.length_ms
    ]
    if tight:
        raise InvalidInputError(
            "Bản thu dài {seconds} giây, dài hơn mọi khung giờ của trạm {stations}.",
            field=matter.field,
            seconds=-(-matter.length_ms // 1000),
            stations=", ".join(tight[:5]),
        )


def _check_hours(matter: Matter, text: str, start: datetime, length: timedelta) -> None:
    if matter.hours is None:
        return
    begins, ends = (datetime.combine(start.date(), wall, start.tzinfo) for wall in matter.hours)
    if start < begins or start + length > ends:
        raise InvalidInputError(
            "Giờ {text} nằm ngoài giờ được phép của nguồn tiếp âm ({begins:%H:%M}–{ends:%H:%M}).",
            field="fixed_times",
            text=text,
            begins=begins,
            ends=ends,
        )


def _meets(window: Window, wish: Wish) -> bool:
    return window.first_day <= wish.last_day and (
        window.last_day is None or window.last_day >= wish.first_day
    )


def _check_fixed(wish: Wish, matter: Matter, rules: Rules, *, lenient: bool) -> None:
    times, day = sorted(set(wish.fixed_times)), wish.first_day
    starts = [instant_at(day, check_local_time(text, field="fixed_times"), rules.zone) for text in times]
    length = timedelta(milliseconds=matter.length_ms)
    for text, start in zip(times, starts, strict=True):
        if not lenient and blocked_until(start, start + length, rules.quiet, rules.zone):
            raise InvalidInputError("Giờ {text} chạm vào giờ yên tĩnh.", field="fixed_times", text=text)
        _check_hours(matter, text, start.astimezone(rules.zone), length)
    if any(after - before < rules.repeat for before, after in pairwise(starts)):
        hours = rules.repeat.total_seconds() / 3600
        raise InvalidInputError(
            "Các giờ cố định phải cách nhau ít nhất {hours:g} giờ.", field="fixed_times", hours=hours
        )
