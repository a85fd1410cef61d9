"""Steps about the order: whether it stands, on this day, for this station."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from content.text import msgid
from content.units import Tree
from scheduler.calendars import COMPUTED
from scheduler.models.calendar import Calendar
from scheduler.models.order import Order
from scheduler.models.station import Station
from scheduler.why.case import Case
from scheduler.why.steps import Link, Step, Words

WEEKDAYS = (
    msgid("Thứ Hai"),
    msgid("Thứ Ba"),
    msgid("Thứ Tư"),
    msgid("Thứ Năm"),
    msgid("Thứ Sáu"),
    msgid("Thứ Bảy"),
    msgid("Chủ Nhật"),
)


def asking(case: Case, order: Order) -> Iterator[Step]:
    """Give the steps about an order."""
    yield _stands(case, order)
    yield _day(case, order)
    yield _weekday(case, order)
    if order.calendars:
        yield _calendar(case, order)
    yield _reach(case, order)


def reaches(tree: Tree, order: Order, station: Station, day: date) -> bool:
    """Tell whether the order's units, or its tags, reach the station on `day`, mergers followed (pure)."""
    if any(_covers(tree, named.unit_id, station, day) for named in order.units):
        return True
    tagged = (unit.id for unit in tree.tagged(order.tags, day)) if order.tags else ()
    return station.unit_id in tagged


def _covers(tree: Tree, named: int, station: Station, day: date) -> bool:
    root = tree.standing(named, day)
    here = tree.units[station.unit_id]
    return root is not None and here.in_being(day) and root.id in tree.path(here.id)


def _stands(case: Case, order: Order) -> Step:
    link = Link("order", order.id)
    facts = {"id": order.id, "by": case.name_of(order.created_by), "at": case.local(order.created_at)}
    if order.cancelled_at is None:
        told = msgid("Lệnh phát số {id}: {by} đặt lúc {at:%H:%M %d/%m/%Y}.")
        return Step("ordered", True, told, facts, link=link)
    done = case.audited(f"order:{order.id}", "order.cancel")
    facts["by"] = done[0] if done else "?"
    facts["at"], facts["reason"] = case.local(order.cancelled_at), order.cancel_reason or "–"
    return Step(
        "ordered",
        False,
        msgid("Lệnh phát số {id} đã bị hủy lúc {at:%H:%M %d/%m/%Y}: {reason}"),
        facts,
        msgid("Đặt lệnh phát mới, nếu vẫn cần phát."),
        link,
    )


def _day(case: Case, order: Order) -> Step:
    within = order.first_day <= case.day <= order.last_day
    facts = {"day": case.day, "first": order.first_day, "last": order.last_day}
    return Step(
        "days",
        within,
        msgid("Lệnh có hiệu lực từ {first:%d/%m/%Y} đến hết {last:%d/%m/%Y}.")
        if within
        else msgid("Ngày {day:%d/%m/%Y} nằm ngoài các ngày của lệnh ({first:%d/%m/%Y} – {last:%d/%m/%Y})."),
        facts,
        None if within else msgid("Đặt thêm lệnh phát cho ngày này, nếu cần."),
    )


def _weekday(case: Case, order: Order) -> Step:
    wanted = str(case.day.isoweekday()) in order.weekdays
    facts = {"weekday": Words(WEEKDAYS[case.day.weekday()]), "day": case.day}
    told = msgid("{weekday} {day:%d/%m} là ngày phát của lệnh.")
    if wanted:
        return Step("weekday", True, told, facts)
    told = msgid("Lệnh không phát vào {weekday} ({day:%d/%m/%Y}).")
    return Step("weekday", False, told, facts, msgid("Đặt thêm lệnh phát có thứ này, nếu cần."))


def _calendar(case: Case, order: Order) -> Step:
    mark = case.law.calendars.excluding(order.calendars, case.day)
    if mark is None:
        return Step("calendar", True, msgid("Lịch của lệnh cho phép ngày {day:%d/%m/%Y}."), {"day": case.day})
    told = (
        msgid("Lệnh chỉ phát vào các ngày của lịch “{calendar}”; {day:%d/%m/%Y} không phải.")
        if mark[0] == "+"
        else msgid("Lệnh nghỉ các ngày của lịch “{calendar}”; {day:%d/%m/%Y} là một ngày như vậy.")
    )
    facts = {"calendar": calendar_name(case, mark[1:]), "day": case.day}
    return Step("calendar", False, told, facts, msgid("Đặt thêm lệnh phát không kèm lịch này, nếu cần."))


def calendar_name(case: Case, name: str) -> str:
    """Return what people call a calendar."""
    if name in COMPUTED:
        return Words(COMPUTED[name])
    found = case.session.get(Calendar, int(name))
    return found.name if found else name


def _reach(case: Case, order: Order) -> Step:
    tree, unit = case.tree, case.tree.units[case.station.unit_id]
    names = [tree.units[named.unit_id].name for named in order.units]
    facts = {"station": case.station.title, "unit": unit.name, "day": case.day}
    facts["units"] = ", ".join(sorted([*names, *order.tags])) or "–"
    if reaches(tree, order, case.station, case.day):
        told = msgid("Lệnh gửi tới {units}; ngày {day:%d/%m/%Y} gồm trạm {station} ({unit}).")
        return Step("reached", True, told, facts, link=Link("station", case.station.name))
    if not unit.in_being(case.day):
        into = tree.standing(unit.id, case.day)
        facts["into"] = into.name if into else "–"
        told = msgid(
            "Ngày {day:%d/%m/%Y} đơn vị {unit} của trạm {station} không còn (hoặc chưa có); nay là {into}."
        )
        todo = msgid("Người quản trị cần gắn trạm với đơn vị đang có.")
        return Step("reached", False, told, facts, todo, Link("station", case.station.name))
    told = msgid("Lệnh gửi tới {units}; ngày {day:%d/%m/%Y} không gồm trạm {station} ({unit}).")
    todo = msgid("Đặt thêm lệnh phát tới {unit}, nếu cần.")
    return Step("reached", False, told, facts, todo, Link("station", case.station.name))
