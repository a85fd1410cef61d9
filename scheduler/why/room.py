"""Steps about room: why a hearing that was owed has no place."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from content.contracts.airings import Level
from content.text import msgid
from scheduler.board.airings import on_days
from scheduler.board.day import Gap, with_gaps
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.plan import Unplaced
from scheduler.quiet import instant_at
from scheduler.reasons import KNOWN
from scheduler.recurrence import Broadcast
from scheduler.why.case import DAY, Case
from scheduler.why.steps import Link, Step, Words

ADVICE = msgid("Đặt giờ cố định, đổi ngày, rút ngắn bản tin, hoặc mở thêm thời lượng cho buổi phát.")
PICK = msgid("Phường chọn bài ở trang Đài phường.")


def room(case: Case, order: Order, missing: list[int]) -> Iterator[Step]:
    """Give the step that says why the hearings `missing` (their numbers) have no place."""
    noted = {left.n: left for left in case.unplaced()}
    for n in missing:
        yield _noted(case, noted[n]) if n in noted else _found(case, order, n)


def _noted(case: Case, left: Unplaced) -> Step:
    facts: dict[str, Any] = {"n": left.n, "due": left.due, "at": case.local(left.at)}
    facts["reason"] = Words(KNOWN.get(left.reason, left.reason))
    told = msgid("Lượt {n} của ngày {due:%d/%m/%Y} chưa có chỗ: {reason} (xét lúc {at:%H:%M %d/%m}).")
    advice = PICK if left.reason == "not_picked" else ADVICE
    return Step(f"unplaced_{left.reason}", False, told, facts, advice, n=left.n)


def _found(case: Case, order: Order, n: int) -> Step:
    """Work out what the planner has not written down."""
    facts: dict[str, Any] = {"n": n, "day": case.day, "at": case.local(order.created_at)}
    if order.level == Level.EMERGENCY:
        told = msgid(
            "Lệnh khẩn cấp chỉ phát ngay lúc đặt ({at:%H:%M %d/%m/%Y}); lúc đó trạm không nhận được chỗ."
        )
        return Step("emergency_over", False, told, facts, msgid("Nếu vẫn còn khẩn cấp, đặt lệnh mới."), n=n)
    if case.day >= case.today + case.rules.horizon_days * DAY:
        facts["from"] = case.day - (case.rules.horizon_days - 1) * DAY
        told = msgid("Ngày {day:%d/%m/%Y} chưa tới kỳ xếp lịch; hệ thống tự xếp từ {from:%d/%m/%Y}.")
        return Step("beyond_horizon", None, told, facts, n=n)
    if _left_to_the_ward(case, order) and not case.is_picked():
        told = msgid(
            "Trạm này để phường tự chọn bài, và phường không chọn bản tin này cho ngày {day:%d/%m/%Y}."
        )
        return Step("not_picked", False, told, facts, PICK, n=n)
    return _by_the_clock(case, order, facts, n)


def _left_to_the_ward(case: Case, order: Order) -> bool:
    """Tell whether the ward has to pick it; a relay is none that it could."""
    return case.station.fill == "ward" and order.level == Level.NORMAL and order.bulletin_id is not None


def _by_the_clock(case: Case, order: Order, facts: dict[str, Any], n: int) -> Step:
    length = case.length or timedelta()
    if _ordered_too_late(case, order, length):
        told = msgid("Lệnh đặt lúc {at:%H:%M %d/%m/%Y}, khi ngày {day:%d/%m/%Y} không còn kịp nữa.")
        return Step("too_late", False, told, facts, msgid("Đặt thêm lệnh phát cho ngày sau, nếu cần."), n=n)
    if order.fixed_times:
        return _fixed(case, order, facts, n, length)
    longest = max((one.ends_at - one.starts_at for one in _allowed(case, order)), default=timedelta())
    facts["length"], facts["longest"] = _clock(length), _clock(longest)
    if longest < length:
        told = msgid("Bản thu dài {length}, dài hơn mọi buổi phát được phép (dài nhất {longest}).")
        return Step("too_long", False, told, facts, ADVICE, n=n)
    return _in_gaps(case, order, facts, n, length)


def _in_gaps(case: Case, order: Order, facts: dict[str, Any], n: int, length: timedelta) -> Step:
    rows = _rows_around(case)
    earliest = order.created_at + case.rules.lead
    held = [one for one in _allowed(case, order) if one.ends_at >= earliest + length]
    gaps = [gap for one in held for gap in _gaps(one, rows, case.rules.gap, earliest)]
    fitting = [gap for gap in gaps if gap.ends_at - gap.starts_at >= length]
    facts["widest"] = _clock(max((gap.ends_at - gap.starts_at for gap in gaps), default=timedelta()))
    if not fitting:
        told = msgid(
            "Không còn chỗ: bản thu dài {length}, khoảng trống dài nhất trong các buổi được phép là {widest}."
        )
        return Step("no_room", False, told, facts, ADVICE, n=n)
    if all(_repeated(case, gap, rows, length) for gap in fitting):
        hours = case.rules.repeat.total_seconds() / 3600
        told = msgid(
            "Cùng bản tin này đã có trong buổi, hoặc cách chưa đủ {hours:g} giờ; không phát lặp lại."
        )
        return Step("repeated", False, told, {**facts, "hours": hours}, ADVICE, n=n)
    return _not_planned(case, facts, n)


def _not_planned(case: Case, facts: dict[str, Any], n: int) -> Step:
    """Tell of a hearing that has room and no place: the planner has not come to it, or came too late."""
    if case.day < case.today:
        told = msgid("Ngày {day:%d/%m/%Y} đã qua mà bộ xếp lịch không chạy kịp khi buổi phát còn chỗ.")
        todo = msgid("Xem tiến trình scheduler có chạy không, rồi đặt thêm lệnh cho ngày sau.")
        return Step("planner_away", False, told, facts, todo, n=n)
    standing = case.standing()
    since = standing.planned_at if standing else None
    if case.day == case.today and all(one.ends_at <= case.now for one in case.broadcasts(case.day)):
        told = msgid("Các buổi phát hôm nay đã hết trước khi lượt này được xếp.")
        return Step("too_late", False, told, facts, msgid("Đặt thêm lệnh phát cho ngày sau, nếu cần."), n=n)
    facts["since"] = f"{case.local(since):%H:%M:%S %d/%m}" if since else "–"
    told = msgid("Còn chỗ, đang chờ bộ xếp lịch chạy (lần xếp gần nhất của trạm: {since}).")
    todo = msgid("Chờ một phút rồi xem lại; nếu không đổi, xem tiến trình scheduler có chạy không.")
    return Step("waiting", None, told, facts, todo, n=n)


def _fixed(case: Case, order: Order, facts: dict[str, Any], n: int, length: timedelta) -> Step:
    wall = order.fixed_times[(n - 1) % len(order.fixed_times)]
    start = instant_at(case.day, time.fromisoformat(wall), case.rules.zone)
    end = start + case.rules.fixed_slack + length
    near = [row for row in _rows_around(case) if row.starts_at < end and _ends(row) > start]
    facts["wall"] = wall
    if near:
        facts["title"] = near[0].title
        told = msgid("Giờ cố định {wall} ngày {day:%d/%m/%Y} đã có “{title}”.")
        todo, link = msgid("Đặt lệnh vào giờ khác."), Link("airing", near[0].id)
        return Step("fixed_taken", False, told, facts, todo, link, n)
    return _not_planned(case, facts, n)


def _ordered_too_late(case: Case, order: Order, length: timedelta) -> bool:
    """Tell whether the order came when its day had no chance any more; then nothing is owed."""
    since = order.changed_at or order.created_at
    if order.fixed_times:
        last = max(instant_at(case.day, time.fromisoformat(t), case.rules.zone) for t in order.fixed_times)
        return since > last + case.rules.fixed_slack
    ends = max((one.ends_at for one in case.broadcasts(case.day)), default=since)
    return ends < since + case.rules.lead + length


def _allowed(case: Case, order: Order) -> list[Broadcast]:
    """Return the broadcasts of the day, and of those after it on which the hearing may still be given."""
    valid = case.approval.revision.valid_to if case.approval else order.last_day
    last = min(order.last_day, valid)
    held = case.broadcasts(case.day, 1 + case.rules.carry_within)
    own = [one for one in held if one.day <= last and str(one.day.isoweekday()) in order.weekdays]
    later = sorted({one.day for one in own} - {case.day})[: case.rules.carry_days]
    return [one for one in own if one.day == case.day or one.day in later]


def _rows_around(case: Case) -> list[Airing]:
    days = on_days(case.day - DAY, case.day + (2 + case.rules.carry_within) * DAY, case.rules.zone)
    query = select(Airing).where(Airing.station == case.station.name, *days)
    return list(case.session.scalars(query.order_by(Airing.starts_at)))


def _gaps(held: Broadcast, rows: list[Airing], pause: timedelta, earliest: datetime) -> Iterator[Gap]:
    inside = [row for row in rows if row.starts_at < held.ends_at and _ends(row) > held.starts_at]
    for entry in with_gaps(held, inside, pause):
        if isinstance(entry, Gap) and entry.ends_at > earliest:
            yield Gap(max(entry.starts_at, earliest), entry.ends_at)


def _repeated(case: Case, gap: Gap, rows: list[Airing], length: timedelta) -> bool:
    """Tell whether the same wording lies too near everywhere in the gap."""
    mine = case.approval.revision_id if case.approval else None
    near = [row.starts_at for row in rows if row.revision_id is not None and row.revision_id == mine]
    starts = (gap.starts_at, gap.ends_at - length)
    return all(any(abs(start - other) < case.rules.repeat for other in near) for start in starts)


def _ends(row: Airing) -> datetime:
    return row.starts_at + timedelta(milliseconds=row.duration_ms)


def _clock(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"
