"""Steps about one airing: where it was placed, whether it reached the station, and how the station is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from content.contracts.airings import State
from content.text import msgid
from scheduler.draft import REACH
from scheduler.models.airing import Airing, AiringChange
from scheduler.stations import Connection, connection
from scheduler.why.case import Case
from scheduler.why.steps import Link, Step
from scheduler.why.week import week


def hands(case: Case, row: Airing, changes: list[AiringChange]) -> Iterator[Step]:
    """Give the steps from the place in the plan to the station's own disk."""
    yield _placed(case, row)
    yield from _moved(case, row, changes)
    held = week(case, row)
    if held is not None:
        yield held
    yield _released(case, row, changes, waits=held is not None and held.ok is False)
    yield from _delivered(case, row)
    if row.rank < State.ON_AIR.rank:
        yield from _machine(case, row)


def _placed(case: Case, row: Airing) -> Step:
    at = case.local(row.starts_at)
    facts = {"at": at, "latest": case.local(row.not_after), "n": row.n, "window": _window(case, row)}
    told = (
        msgid("Xếp lúc {at:%H:%M:%S %d/%m/%Y} trong buổi “{window}”, muộn nhất {latest:%H:%M:%S}.")
        if row.window_id is not None
        else msgid("Xếp lúc {at:%H:%M:%S %d/%m/%Y}, ngoài các buổi phát, muộn nhất {latest:%H:%M:%S}.")
    )
    return Step("placed", True, told, facts, link=Link("airing", row.id), n=row.n)


def _window(case: Case, row: Airing) -> str:
    return next((window.title for window in case.windows if window.id == row.window_id), "–")


def _moved(case: Case, row: Airing, changes: list[AiringChange]) -> Iterator[Step]:
    if row.due is not None and case.rules.day_of(row.starts_at) != row.due:
        told = msgid("Lượt của ngày {due:%d/%m/%Y} chuyển sang buổi sau vì buổi của ngày đó không còn chỗ.")
        yield Step("carried", None, told, {"due": row.due}, n=row.n)
    moves = [change for change in changes if change.starts_at is not None]
    if moves:
        facts: dict[str, Any] = {"count": len(moves), "at": case.local(moves[-1].at), "by": moves[-1].by}
        told = msgid("Đã dời giờ {count} lần, lần cuối lúc {at:%H:%M %d/%m} ({by}).")
        yield Step("moved", None, told, facts, n=row.n)


def _released(case: Case, row: Airing, changes: list[AiringChange], *, waits: bool) -> Step:
    if row.released_generation is not None:
        at = next((change.at for change in changes if change.state == State.RELEASED), row.updated_at)
        facts = {"generation": row.released_generation, "at": case.local(at)}
        told = msgid("Đã vào bản kê số {generation}, ký lúc {at:%H:%M:%S %d/%m/%Y}.")
        return Step("released", True, told, facts, link=Link("station", row.station), n=row.n)
    if waits and row.rank == State.PLANNED.rank:
        return Step("released", None, msgid("Chưa giao cho trạm: chờ kế hoạch tuần được duyệt."), n=row.n)
    if row.rank == State.PLANNED.rank and row.not_after >= case.now:
        opens = row.starts_at - REACH
        facts = {"at": case.local(opens)}
        told = (
            msgid("Chưa giao cho trạm; sẽ giao từ {at:%H:%M %d/%m/%Y}.")
            if opens > case.now
            else msgid("Chưa giao cho trạm; đang chờ bản kê kế tiếp.")
        )
        todo = msgid("Chờ một phút; nếu không đổi, xem tiến trình scheduler có chạy không.")
        return Step("released", None, told, facts, None if opens > case.now else todo, n=row.n)
    if row.order_id is None and row.rank > State.PLANNED.rank:
        told = msgid("Phát từ chính trạm, không qua bản kê.")
        return Step("released", True, told, n=row.n)
    away = None if waits else msgid("Xem tiến trình scheduler có chạy trong lúc đó không.")
    return Step("released", False, msgid("Chưa lần nào được giao cho trạm."), {}, away, n=row.n)


def _delivered(case: Case, row: Airing) -> Iterator[Step]:
    if row.released_generation is None:
        return
    station, link = case.station, Link("station", row.station)
    facts = {"mine": station.generation, "wanted": row.released_generation, "station": station.title}
    if row.rank >= State.ON_AIR.rank and row.started_at is not None:
        yield Step("delivered", True, msgid("Trạm {station} đã nhận và bắt đầu."), facts, link=link, n=row.n)
    elif station.generation < row.released_generation:
        told = msgid("Trạm {station} mới giữ bản kê số {mine}; lượt này nằm ở bản kê số {wanted}.")
        todo = msgid("Xem mạng và máy ở trạm; trạm tự tải khi nối lại.")
        ended = row.rank == State.CANCELLED.rank
        yield Step("delivered", None if ended else False, told, facts, todo, link, row.n)
    else:
        told = msgid("Trạm {station} đã giữ bản kê số {mine}.")
        yield Step("delivered", True, told, facts, link=link, n=row.n)
    if row.clip_sha256 in station.clips_missing and row.rank < State.ON_AIR.rank:
        told = msgid("Trạm {station} chưa tải được bản thu của lượt này.")
        todo = msgid("Xem đĩa và mạng ở trạm; trạm tự tải lại.")
        yield Step("clip", False, told, facts, todo, link, row.n)


def _machine(case: Case, row: Airing) -> Iterator[Step]:
    """Tell how the station is, while that may still matter."""
    station, link = case.station, Link("station", row.station)
    facts: dict[str, Any] = {"station": station.title, "offset": station.clock_offset_ms}
    state = connection(station, case.now)
    if state is Connection.NEVER:
        told, todo = (
            msgid("Trạm {station} chưa nối lần nào."),
            msgid("Ghi danh máy của phường ở trang Trạm loa."),
        )
        yield Step("online", False, told, facts, todo, link, row.n)
        return
    facts["at"] = case.local(station.heard_at or case.now - timedelta())
    if state is Connection.ONLINE:
        yield Step("online", True, msgid("Trạm {station} đang nối."), facts, link=link, n=row.n)
    else:
        told = msgid("Trạm {station} mất kết nối, nghe lần cuối lúc {at:%H:%M:%S %d/%m/%Y}.")
        todo = msgid("Xem điện và mạng ở trạm; những gì trạm đã giữ thì trạm vẫn tự phát.")
        yield Step("online", False, told, facts, todo, link, row.n)
    if station.clock_ok is False:
        told = msgid("Đồng hồ của trạm {station} không tin được (lệch {offset} ms).")
        todo = msgid("Cho trạm nối mạng để chỉnh giờ; trạm không phát khi đồng hồ sai.")
        yield Step("clock", False, told, facts, todo, link, row.n)
