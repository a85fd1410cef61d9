"""Steps about the station's day: whether it is in use, when it broadcasts, what the rules say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from content.contracts.airings import Level
from content.text import msgid
from scheduler.limits import Breach, Sitting, breaches, silences
from scheduler.models.order import Order
from scheduler.models.window import Window
from scheduler.quiet import blocked_until, instant_at
from scheduler.recurrence import Broadcast
from scheduler.why.asking import calendar_name
from scheduler.why.case import DAY, Case
from scheduler.why.steps import Link, Step
from scheduler.wishes import lenient


def place(case: Case) -> Iterator[Step]:
    """Give the steps about the station and its broadcasts on the day."""
    held = case.broadcasts(case.day)
    yield _in_use(case)
    if case.order is None or not (case.order.fixed_times or case.order.level == Level.EMERGENCY):
        yield from _broadcasting(case, held)
    yield from rules_of_day(case, held)
    if case.order is not None and not lenient({case.station.name: list(case.windows)}, case.rules):
        yield from _fixed(case, case.order)


def _in_use(case: Case) -> Step:
    station = case.station
    link = Link("station", station.name)
    facts: dict[str, Any] = {"station": station.title}
    if station.retired_at is not None:
        told = msgid("Trạm {station} đã ngừng dùng từ {at:%d/%m/%Y}.")
        facts = {**facts, "at": case.local(station.retired_at)}
        return Step("station", False, told, facts, msgid("Cần phát ở đây thì lập trạm mới."), link)
    if station.created_at > _end_of(case):
        told = msgid("Trạm {station} mới được lập lúc {at:%H:%M %d/%m/%Y}, sau ngày đó.")
        facts = {**facts, "at": case.local(station.created_at)}
        return Step("station", False, told, facts, msgid("Đặt lệnh phát cho những ngày sau."), link)
    return Step("station", True, msgid("Trạm {station} đang được dùng."), facts, link=link)


def _end_of(case: Case) -> datetime:
    return instant_at(case.day + DAY, time(), case.rules.zone)


def _broadcasting(case: Case, held: list[Broadcast]) -> Iterator[Step]:
    facts: dict[str, Any] = {"day": case.day, "station": case.station.title}
    if held:
        at = ", ".join(f"{case.local(b.starts_at):%H:%M}–{case.local(b.ends_at):%H:%M}" for b in held)
        told = msgid("Ngày {day:%d/%m/%Y} trạm có buổi phát {at}.")
        yield Step("broadcasting", True, told, {**facts, "at": at})
        return
    told = msgid("Ngày {day:%d/%m/%Y} trạm {station} không có buổi phát nào.")
    todo = msgid("Mở khung giờ cho ngày này, hoặc đặt lệnh vào ngày có buổi phát.")
    yield Step("broadcasting", False, told, facts, todo)
    for window in case.windows:
        yield _closed(case, window)


def _closed(case: Case, window: Window) -> Step:
    """Say why a window does not broadcast on the day."""
    day = case.day
    facts: dict[str, Any] = {"title": window.title, "first": window.first_day, "last": window.last_day}
    mark = case.law.calendars.excluding(window.calendars or (), day)
    if day < window.first_day:
        told = msgid("Khung giờ “{title}” chỉ bắt đầu từ {first:%d/%m/%Y}.")
    elif window.last_day is not None and day > window.last_day:
        told = msgid("Khung giờ “{title}” đã kết thúc ngày {last:%d/%m/%Y}.")
    elif day.isoformat() in (window.exdates or ()):
        told = msgid("Khung giờ “{title}” nghỉ riêng ngày này.")
    elif mark is not None:
        facts["calendar"] = calendar_name(case, mark[1:])
        told = msgid("Khung giờ “{title}” không phát theo lịch “{calendar}”.")
    else:
        told = msgid("Khung giờ “{title}” không rơi vào ngày này.")
    return Step("window", None, told, facts, link=Link("window", window.id))


def rules_of_day(case: Case, held: list[Broadcast]) -> Iterator[Step]:
    """Give a step for each rule that the day's broadcasts break, and for each that an exception lifts."""
    name = case.station.name
    own = [Sitting(name, case.day, one.starts_at, one.ends_at) for one in held if one.enforced]
    rulings = case.law.book.on(case.station.unit_id, case.day)
    above = case.home_path
    for breach in breaches(own, rulings, day=case.day, zone=case.rules.zone):
        lifted = any(case.law.exceptions.covering(breach, above, window=window.id) for window in case.windows)
        yield _breach(breach, lifted=lifted)


def _breach(breach: Breach, *, lifted: bool) -> Step:
    facts = {**breach.facts, "day": breach.day, "citation": breach.citation}
    if lifted:
        told = msgid("Có ngoại lệ đã duyệt cho ngày {day:%d/%m/%Y}: {citation}.")
        return Step("exception", True, told, facts)
    todo = msgid("Sửa khung giờ cho đúng quy định, hoặc xin ngoại lệ có lý do.")
    return Step("rule", False, breach.template, facts, todo)


def _fixed(case: Case, order: Order) -> Iterator[Step]:
    """Tell of fixed times that touch hours of silence."""
    rulings = case.law.book.on(case.station.unit_id, case.day)
    quiet = (*case.rules.quiet, *silences(rulings, case.day))
    length = case.length or timedelta()
    for text in order.fixed_times:
        start = instant_at(case.day, time.fromisoformat(text), case.rules.zone)
        if blocked_until(start, start + length, quiet, case.rules.zone):
            yield Step(
                "quiet",
                False,
                msgid("Giờ cố định {at} của lệnh chạm giờ yên tĩnh ({spans})."),
                {"at": text, "spans": ", ".join(f"{span.start}–{span.end}" for span in quiet)},
                msgid("Đặt lệnh vào giờ khác; chỉ tin khẩn cấp được phát trong giờ yên tĩnh."),
            )
