"""Steps about the order: whether it stands, on this day, for this station."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from content.models.unit import Unit
from content.text import msgid
from content.units import Tree
from scheduler.calendars import COMPUTED
from scheduler.models.calendar import Calendar
from scheduler.models.order import Order
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


def reaches(tree: Tree, order: Order, home: Unit | None, day: date) -> bool:
    """Tell whether an order's units, or its tags, reach the unit `home` on `day`, mergers followed."""
    if home is None:
        return False
    if any(_covers(tree, named.unit_id, home, day) for named in order.units):
        return True
    tagged = (unit.id for unit in tree.tagged(order.tags, day)) if order.tags else ()
    return home.id in tagged


def _covers(tree: Tree, named: int, home: Unit, day: date) -> bool:
    root = tree.standing(named, day)
    return root is not None and home.in_being(day) and root.id in tree.path(home.id)


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
    tree, own, home = case.tree, case.tree.units[case.station.unit_id], case.home
    names = [tree.units[named.unit_id].name for named in order.units]
    link = Link("station", case.station.name)
    facts = {"station": case.station.title, "unit": (home or own).name, "day": case.day}
    facts["units"] = ", ".join(sorted([*names, *order.tags])) or "–"
    if home is None:
        told = msgid("Ngày {day:%d/%m/%Y} đơn vị {unit} của trạm {station} không còn (hoặc chưa có).")
        todo = msgid("Người quản trị gắn trạm với đơn vị đang có, ở trang Đơn vị.")
        return Step("reached", False, told, facts, todo, link)
    facts["own"] = own.name
    if reaches(tree, order, home, case.day):
        told = msgid("Lệnh gửi tới {units}; ngày {day:%d/%m/%Y} gồm trạm {station} ({unit}).")
        if home.id != own.id and own.successor_id is not None:
            told = msgid(
                "Lệnh gửi tới {units}; ngày {day:%d/%m/%Y} gồm trạm {station}: "
                "{own} đã sáp nhập, trạm nay thuộc {unit}."
            )
        return Step("reached", True, told, facts, link=link)
    told = msgid("Lệnh gửi tới {units}; ngày {day:%d/%m/%Y} không gồm trạm {station} ({unit}).")
    todo = msgid("Đặt thêm lệnh phát tới {unit}, nếu cần.")
    return Step("reached", False, told, facts, todo, link)
