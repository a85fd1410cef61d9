"""The last steps of one airing: called back, put aside by an emergency, and what became of it, by whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from content.contracts.airings import Level, Reason, State
from content.text import msgid
from scheduler.models.airing import Airing, AiringChange
from scheduler.proof import not_heard_from
from scheduler.reasons import KNOWN
from scheduler.why.asking import asking
from scheduler.why.case import Case
from scheduler.why.room import ADVICE, PICK
from scheduler.why.steps import Link, Step, Words
from scheduler.why.week import week

WHO = {
    "planner": msgid("bộ xếp lịch"),
    "release": msgid("bộ giao lịch"),
    "dispatch": msgid("đồng hồ trung tâm"),
    "sweep": msgid("bộ đối chiếu"),
    "system": msgid("hệ thống"),
}
REASONS: dict[str, tuple[str, str]] = {
    Reason.LATE: (msgid("quá giờ cho phép"), msgid("Xem vì sao trạm bận hoặc chậm lúc đó.")),
    Reason.QUIET_HOURS: (msgid("rơi vào giờ yên tĩnh"), msgid("Đặt lại vào giờ khác.")),
    Reason.OVER_LIMIT: (msgid("buổi phát không còn chỗ"), msgid("Đặt giờ cố định hoặc mở thêm thời lượng.")),
    Reason.CLIP_MISSING: (msgid("trạm chưa tải được bản thu"), msgid("Xem đĩa và mạng ở trạm.")),
    Reason.CLIP_CORRUPT: (msgid("bản thu ở trạm bị hỏng"), msgid("Xem đĩa ở trạm; trạm tự tải lại.")),
    Reason.CLOCK_UNTRUSTED: (
        msgid("đồng hồ của trạm không tin được"),
        msgid("Cho trạm nối mạng để chỉnh giờ."),
    ),
    Reason.PLAYER_FAILED: (msgid("máy phát ở trạm hỏng"), msgid("Thử loa ở trang Đài phường.")),
    Reason.SOURCE_SILENT: (
        msgid("nguồn tiếp âm im tiếng"),
        msgid("Nghe thử nguồn tiếp âm, xem mạng của trạm."),
    ),
    Reason.OPERATOR: (msgid("người vận hành quyết định"), msgid("Hỏi người vận hành của phường.")),
    Reason.EMERGENCY: (msgid("nhường tin khẩn cấp"), msgid("Đặt lại lệnh phát, nếu vẫn cần.")),
    Reason.POWER_LOST: (msgid("trạm mất điện hoặc chương trình dừng"), msgid("Xem nguồn điện của trạm.")),
    Reason.STOPPED: (msgid("chương trình của trạm được dừng"), msgid("Mở lại chương trình ở trạm.")),
    Reason.RECALLED: (
        msgid("bản tin được sửa, thu hồi hoặc lệnh bị hủy"),
        msgid("Đặt lệnh phát mới, nếu vẫn cần phát."),
    ),
    Reason.NOT_RELEASED: (
        msgid("không được giao cho trạm kịp giờ"),
        msgid("Xem tiến trình scheduler có chạy trong lúc đó không."),
    ),
    Reason.NOT_DELIVERED: (msgid("trạm không nhận được bản kê mang nó"), msgid("Xem mạng của trạm.")),
    Reason.NO_RECORD: (
        msgid("trạm ghi chép qua lúc đó mà không có lượt này"),
        msgid("Xem cảnh báo và sổ nhật ký của trạm."),
    ),
    Reason.STATION_LOST: (msgid("trạm đã ngừng dùng"), msgid("Cần phát ở đây thì lập trạm mới.")),
}
"""Reason → in words, and what to do now."""
TOLD = {
    State.PLANNED: msgid("Đã xếp, chờ giao cho trạm."),
    State.RELEASED: msgid("Đã giao cho trạm, chờ đến giờ."),
    State.DUE: msgid("Đã đến giờ, chờ trạm báo."),
    State.ON_AIR: msgid("Đang phát."),
    State.PLAYED: msgid("Đã phát lúc {started}, nghe được {heard} / {length}."),
    State.PARTIAL: msgid("Phát dở: nghe được {heard} / {length}, {reason} ({by})."),
    State.INTERRUPTED: msgid("Bị ngắt: nghe được {heard} / {length}, {reason} ({by})."),
    State.SKIPPED: msgid("Đã bỏ qua: {reason} ({by})."),
    State.PREEMPTED: msgid("Nhường tin khẩn cấp: nghe được {heard} / {length} ({by})."),
    State.MISSED: msgid("Không phát: {reason} ({by})."),
    State.CANCELLED: msgid("Đã hủy: {reason} ({by})."),
}
TOLD_HELD = msgid("Đã xếp, nhưng chưa giao cho trạm: kế hoạch tuần của {unit} chờ duyệt.")
TOLD_TOO_LATE = msgid("Không phát: kế hoạch tuần của {unit} không được duyệt kịp giờ.")
TAKEN_OFF = msgid("Đã gỡ khỏi lịch: {reason} ({by}).")
NO_LONGER_OWED = msgid("Đã gỡ khỏi lịch: lệnh phát đổi, không còn gồm lượt này ({by}).")
_GOOD = frozenset({State.PLAYED, State.ON_AIR})
_OPEN = frozenset({State.PLANNED, State.RELEASED, State.DUE})


def fate(case: Case, row: Airing, changes: list[AiringChange]) -> Iterator[Step]:
    """Give the steps from being called back to the outcome, which comes last."""
    if row.recalled_at is not None:
        yield _called_back(case, row)
    yield from _pushed_aside(case, row)
    yield _outcome(case, row, changes)


def _called_back(case: Case, row: Airing) -> Step:
    facts = {"at": case.local(row.recalled_at or case.now), "note": row.note or "–", "station": row.station}
    open_still = row.rank < State.CANCELLED.rank
    told = msgid("Đã gọi về lúc {at:%H:%M:%S %d/%m/%Y} ({note}).")
    todo = msgid("Trạm {station} có thể vẫn phát nếu chưa nhận được lời gọi về; gọi cho trạm nếu gấp.")
    return Step("recalled", False, told, facts, todo if open_still else None, n=row.n)


def _pushed_aside(case: Case, row: Airing) -> Iterator[Step]:
    if row.state != State.PREEMPTED and row.reason != Reason.EMERGENCY:
        return
    begins = row.started_at or row.starts_at
    query = select(Airing).where(
        Airing.station == row.station,
        Airing.starts_at >= begins - timedelta(hours=1),
        Airing.starts_at <= begins + timedelta(milliseconds=row.duration_ms),
        Airing.level == str(Level.EMERGENCY),
        Airing.id != row.id,
    )
    for urgent in case.session.scalars(query.order_by(Airing.starts_at.desc()).limit(1)):
        facts = {"title": urgent.title, "at": case.local(urgent.started_at or urgent.starts_at)}
        told = msgid("Tin khẩn cấp “{title}” phát lúc {at:%H:%M:%S} chen vào.")
        yield Step("preempted", False, told, facts, link=Link("airing", urgent.id), n=row.n)


def _outcome(case: Case, row: Airing, changes: list[AiringChange]) -> Step:
    state = State(row.state)
    facts = {**_facts(case, row, changes), "station": case.station.title}
    if state == State.CANCELLED and row.reason == Reason.OVER_LIMIT:
        return _taken_off(case, row, facts)
    if not_heard_from(row, case.now):
        told = msgid("Chưa có báo cáo của trạm {station} về lượt này; trạm có thể vẫn đã phát.")
        todo = msgid("Trạm nối lại thì tự gửi nhật ký; im lặng chưa phải là không phát.")
        return Step("silent", None, told, facts, todo, Link("station", row.station), row.n)
    if row.recalled_at is not None and state in _OPEN:
        told = msgid("Đã gọi về, chờ trạm trả lời.")
        return Step("recalling", None, told, facts, n=row.n)
    held = week(case, row)
    if held is not None and held.ok is False:
        told = TOLD_HELD if state == State.PLANNED else TOLD_TOO_LATE
        return Step(f"week_{state}", False, told, {**held.facts}, held.todo, held.link, row.n)
    ok = None if state in _OPEN else state in _GOOD
    advice = REASONS[row.reason][1] if ok is False and row.reason in REASONS else None
    return Step(str(state), ok, TOLD[state], facts, advice, n=row.n)


def _taken_off(case: Case, row: Airing, facts: dict[str, Any]) -> Step:
    """Tell why the planner took an airing off that no station had yet."""
    left = next(iter(case.unplaced()), None)
    picked = case.station.fill != "ward" or row.level != Level.NORMAL or case.is_picked()
    told, advice = TAKEN_OFF, ADVICE
    if left is not None or not picked:
        code = left.reason if left is not None else "not_picked"
        facts = {**facts, "reason": Words(KNOWN.get(code, code))}
        advice = PICK if code == "not_picked" else ADVICE
    elif case.order is not None and any(step.ok is False for step in asking(case, case.order)):
        told, advice = NO_LONGER_OWED, msgid("Đặt lệnh phát mới, nếu vẫn cần phát.")
    return Step(str(State.CANCELLED), False, told, facts, advice, n=row.n)


def _facts(case: Case, row: Airing, changes: list[AiringChange]) -> dict[str, Any]:
    last = next((change for change in reversed(changes) if change.state == row.state), None)
    reason = REASONS.get(row.reason or "", (row.reason or "–", ""))[0]
    started = f"{case.local(row.started_at):%H:%M:%S %d/%m/%Y}" if row.started_at else "–"
    who = last.by if last else row.station
    return {
        "started": started,
        "heard": _clock(row.heard_ms or 0),
        "length": _clock(row.duration_ms),
        "reason": Words(reason),
        "by": Words(WHO[who]) if who in WHO else who,
    }


def _clock(milliseconds: int) -> str:
    seconds = (milliseconds + 500) // 1000
    return f"{seconds // 60}:{seconds % 60:02}"
