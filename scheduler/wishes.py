"""What a person asks of an order, and every check of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from content import bulletins
from content.contracts.airings import Level
from content.errors import InvalidInputError
from content.models.bulletin import Approval, RevisionState
from scheduler.limiting import load_law, require_fixed_times
from scheduler.models.rule import RuleException
from scheduler.models.window import Window
from scheduler.quiet import blocked_until, instant_at
from scheduler.recurrence import check_local_time
from scheduler.rules import Rules
from scheduler.stations import stations_below
from scheduler.windows import windows_of

MOST_TIMES = 6
LONGEST_DAYS = 366
EVERY_DAY = range(1, 8)
_LEVELS = tuple(Level)


@dataclass(frozen=True)
class Wish:
    """What a person asks for, as the form gave it; `weekdays` are 1 = Monday … 7 = Sunday.

    With `fixed_times` (HH:MM) their number counts, otherwise `times_per_day` (1 … 6).  `level` None
    means the bulletin's own; it may be lower than that, never higher.
    """

    bulletin_id: int
    unit_ids: Sequence[int]
    first_day: date
    last_day: date
    weekdays: Collection[int] = EVERY_DAY
    times_per_day: int = 1
    fixed_times: Sequence[str] = ()
    level: str | None = None


def check(session: Session, wish: Wish, rules: Rules, now: datetime) -> Level:
    """Return the level of the order, or raise InvalidInputError whose `field` is the part at fault."""
    approval = _approved(session, wish)
    level = _level(wish, approval)
    _check_days(wish, approval, level, rules.day_of(now))
    _check_times(wish, level)
    reached = [station.name for station in stations_below(session, wish.unit_ids, wish.first_day)]
    if not reached:
        raise InvalidInputError("Các đơn vị đã chọn chưa có trạm nào.", field="unit_ids")
    windows = windows_of(session, reached)
    if wish.fixed_times:
        _check_fixed(wish, approval, rules, lenient=lenient(windows, rules))
    elif level is not Level.EMERGENCY:
        _check_windows(windows, approval)
    return level


def require_rules(session: Session, wish: Wish, level: Level, rules: Rules) -> list[RuleException]:
    """Return the exceptions to rules that the fixed times need; raise the first breach none allows.

    What has no fixed time goes into broadcasts, which keep the rules themselves; emergencies are exempt.
    """
    if not wish.fixed_times or level is Level.EMERGENCY:
        return []
    reached = stations_below(session, wish.unit_ids, wish.first_day)
    windows = windows_of(session, [station.name for station in reached])
    if lenient(windows, rules):
        return []
    return require_fixed_times(
        session,
        load_law(session, rules),
        reached,
        windows,
        times=[check_local_time(text, field="fixed_times") for text in sorted(set(wish.fixed_times))],
        days=[day for day in _days(wish) if day.isoweekday() in wish.weekdays],
        duration=timedelta(milliseconds=_approved(session, wish).duration_ms),
    )


def lenient(windows: dict[str, list[Window]], rules: Rules) -> bool:
    """Tell whether quiet hours are only reported: in a rehearsal, where a window is marked for it."""
    return rules.rehearsal and any(not window.enforce_limits for ws in windows.values() for window in ws)


def _approved(session: Session, wish: Wish) -> Approval:
    bulletin = bulletins.get(session, wish.bulletin_id)
    if bulletin.recalled_at is not None:
        raise InvalidInputError("Bản tin này đã bị thu hồi.", field="bulletin_id")
    revision = bulletin.latest
    if revision.state != RevisionState.APPROVED or revision.approval is None:
        raise InvalidInputError(
            "Bản tin chưa được duyệt; hãy trình duyệt trước khi đặt lệnh phát.", field="bulletin_id"
        )
    return revision.approval


def _level(wish: Wish, approval: Approval) -> Level:
    approved = Level(approval.revision.level)
    if wish.level is None:
        return approved
    if wish.level not in set(Level):
        raise InvalidInputError("Hãy chọn mức của lệnh phát.", field="level")
    if _LEVELS.index(Level(wish.level)) > _LEVELS.index(approved):
        raise InvalidInputError("Lệnh phát không thể cao hơn mức mà bản tin đã được duyệt.", field="level")
    return Level(wish.level)


def _check_days(wish: Wish, approval: Approval, level: Level, today: date) -> None:
    revision = approval.revision
    if wish.last_day < wish.first_day or (wish.last_day - wish.first_day).days > LONGEST_DAYS:
        raise InvalidInputError("Ngày cuối phải sau ngày đầu, không quá một năm.", field="last_day")
    if wish.first_day < today:
        raise InvalidInputError("Ngày đầu đã qua; hãy chọn từ hôm nay trở đi.", field="first_day")
    if wish.first_day < revision.valid_from:
        raise InvalidInputError(
            "Bản tin có hiệu lực từ {day:%d/%m/%Y}.", field="first_day", day=revision.valid_from
        )
    if wish.last_day > revision.valid_to:
        raise InvalidInputError(
            "Bản tin hết hiệu lực sau {day:%d/%m/%Y}.", field="last_day", day=revision.valid_to
        )
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


def _check_windows(windows: dict[str, list[Window]], approval: Approval) -> None:
    """Refuse a clip that is longer than every window of a station that has some."""
    if not windows:
        raise InvalidInputError("Chưa trạm nào trong các đơn vị đã chọn có khung giờ phát.", field="unit_ids")
    tight = [name for name, ws in windows.items() if max(w.budget_ms for w in ws) < approval.duration_ms]
    if tight:
        raise InvalidInputError(
            "Bản thu dài {seconds} giây, dài hơn mọi khung giờ của trạm {stations}.",
            field="bulletin_id",
            seconds=-(-approval.duration_ms // 1000),
            stations=", ".join(tight[:5]),
        )


def _check_fixed(wish: Wish, approval: Approval, rules: Rules, *, lenient: bool) -> None:
    times, day = sorted(set(wish.fixed_times)), wish.first_day
    starts = [instant_at(day, check_local_time(text, field="fixed_times"), rules.zone) for text in times]
    length = timedelta(milliseconds=approval.duration_ms)
    for text, start in zip(times, starts, strict=True):
        if not lenient and blocked_until(start, start + length, rules.quiet, rules.zone):
            raise InvalidInputError("Giờ {text} chạm vào giờ yên tĩnh.", field="fixed_times", text=text)
    if any(after - before < rules.repeat for before, after in pairwise(starts)):
        hours = rules.repeat.total_seconds() / 3600
        raise InvalidInputError(
            "Các giờ cố định phải cách nhau ít nhất {hours:g} giờ.", field="fixed_times", hours=hours
        )
