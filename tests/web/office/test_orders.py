"""Ordering to wards: what is asked is checked beside its field, planned at once, and can be called back."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from content.errors import NotFoundError
from content.models.unit import Unit
from content.units import set_tags
from scheduler import orders
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from tests.web.hall import NOW, Browser, Hall, Page


def order(hall: Hall, browser: Browser, made: int, **changes: Any) -> TestResponse:
    given = {"units": [str(hall.unit_id("ha-dinh"))]}
    return browser.send(f"/office/ban-tin/{made}/lenh-phat", **{**given, **changes})


def airings(hall: Hall) -> list[str]:
    with hall.house.database.reading() as session:
        return list(session.scalars(select(Airing.state).order_by(Airing.starts_at)))


def test_the_form_proposes_the_bulletins_own_days(hall: Hall, writer: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin('approved')}/lenh-phat"
    fields = writer.see(path).form(path).fields
    assert (fields["first_day"], fields["last_day"]) == (["2026-11-23"], ["2026-11-30"])
    assert fields["weekdays"] == list("1234567")


@pytest.mark.parametrize(
    ("level", "offered"),
    [
        ("normal", ["Thông thường"]),
        ("priority", ["Thông thường", "Ưu tiên"]),
        ("emergency", ["Thông thường", "Ưu tiên"]),
    ],
)
def test_the_form_offers_no_level_above_the_approved_one(
    hall: Hall, writer: Browser, level: str, offered: list[str]
) -> None:
    made = hall.bulletin("approved", level=level)
    assert writer.see(f"/office/ban-tin/{made}/lenh-phat").options("level") == offered


def test_an_order_is_planned_at_once(hall: Hall, writer: Browser) -> None:
    answer = order(hall, writer, hall.bulletin("approved"))
    assert (answer.status_code, answer.location) == (303, "/office/luot-phat?lenh=1")
    planned = airings(hall)
    assert planned == ["planned"] * len(planned) != []
    words = writer.see("/office/luot-phat?lenh=1").words
    assert f"Đã đặt lệnh phát. {len(planned)} lượt phát đã xếp." in words


def test_a_district_reaches_its_wards(hall: Hall, writer: Browser) -> None:
    order(hall, writer, hall.bulletin("approved"), units=[str(hall.unit_id("thanh-xuan"))])
    with hall.house.database.reading() as session:
        assert set(session.scalars(select(Airing.station))) == {"ha-dinh-1"}


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"units": []}, "unit_ids", "Hãy chọn ít nhất một phường."),
    ({"units": ["4711"]}, "unit_ids", "Không có đơn vị đó."),
    ({"units": [str(n) for n in range(1, 10_001)]}, "unit_ids", "nhiều nhất 500 đơn vị"),
    ({"units": ["phường"]}, "unit_ids", "Đơn vị có giá trị lạ."),
    ({"first_day": "2026-11-22"}, "first_day", "Ngày đầu đã qua"),
    ({"first_day": "mai"}, "first_day", "Ngày đầu không phải một ngày."),
    ({"last_day": "9999-12-31"}, "last_day", "Ngày cuối không phải một ngày."),
    ({"last_day": "2026-12-01"}, "last_day", "Bản tin hết hiệu lực sau 30/11/2026."),
    ({"first_day": "2026-11-25", "last_day": "2026-11-24"}, "last_day", "Ngày cuối phải sau ngày đầu"),
    ({"weekdays": []}, "weekdays", "Hãy chọn ít nhất một thứ trong tuần."),
    ({"weekdays": ["8"]}, "weekdays", "Hãy chọn ít nhất một thứ trong tuần."),
    ({"weekdays": ["hai"]}, "weekdays", "Thứ trong tuần có giá trị lạ."),
    ({"weekdays": ["2"], "last_day": "2026-11-23"}, "weekdays", "Không ngày nào"),
    ({"times_per_day": "0"}, "times_per_day", "Mỗi ngày phát từ 1 đến 6 lần."),
    ({"times_per_day": "nhiều"}, "times_per_day", "Số lần mỗi ngày không phải một số."),
    ({"fixed_times": "25:00"}, "fixed_times", "25:00"),
    ({"fixed_times": "sáng sớm"}, "fixed_times", "sáng"),
    ({"fixed_times": "22:00"}, "fixed_times", "Giờ 22:00 chạm vào giờ yên tĩnh."),
    ({"fixed_times": "08:00, 08:30"}, "fixed_times", "cách nhau ít nhất"),
    ({"level": "priority"}, "level", "không thể cao hơn mức"),
    ({"level": "loud"}, "level", "Hãy chọn mức của lệnh phát."),
]


@pytest.mark.parametrize(("changes", "field", "told"), BAD)
def test_what_cannot_be_ordered_is_told_beside_its_field_and_changes_nothing(
    hall: Hall, writer: Browser, changes: dict[str, Any], field: str, told: str
) -> None:
    made = hall.bulletin("approved")
    before = hall.counts()
    answer = order(hall, writer, made, **changes)
    assert answer.status_code == 422
    assert told in Page(answer, "/").error_of(field)
    assert hall.counts() == before


def test_what_was_chosen_stands_on_the_page_again(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved")
    answer = order(hall, writer, made, weekdays=["1", "3"], times_per_day="9", fixed_times="")
    fields = Page(answer, f"/office/ban-tin/{made}/lenh-phat").forms[-1].fields
    assert (fields["weekdays"], fields["times_per_day"]) == (["1", "3"], ["9"])
    assert fields["units"] == [str(hall.unit_id("ha-dinh"))]


@pytest.mark.parametrize("state", ["draft", "submitted", "rendered"])
def test_only_what_was_approved_is_ordered(hall: Hall, writer: Browser, state: str) -> None:
    path = f"/office/ban-tin/{hall.bulletin(state)}/lenh-phat"
    answers = (writer.get(path), writer.post(path, units="3"))
    assert [answer.status_code for answer in answers] == [409, 409]
    assert all("Bản tin chưa được duyệt" in Page(answer, path).words for answer in answers)


def test_an_order_is_cancelled_with_a_reason(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin('approved')}"
    order(hall, writer, 1)
    answer = writer.send(page, "/office/lenh-phat/1/huy", reason="Trời mưa.")
    assert (answer.status_code, answer.location) == (303, page)
    assert set(airings(hall)) == {"cancelled"}
    assert "đã hủy: Trời mưa." in writer.see(page).words


def test_cancelling_needs_a_reason(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin('approved')}"
    order(hall, writer, 1)
    writer.send(page, "/office/lenh-phat/1/huy", reason="")
    assert "Lý do đang để trống." in writer.see(page).words
    assert "cancelled" not in airings(hall)


@pytest.mark.parametrize(("number", "status"), [(1, 409), (4711, 404), (10**20, 404)])
def test_an_order_is_cancelled_once(hall: Hall, writer: Browser, number: int, status: int) -> None:
    page = f"/office/ban-tin/{hall.bulletin('approved')}"
    order(hall, writer, 1)
    writer.send(page, "/office/lenh-phat/1/huy", reason="Nhầm.")
    assert writer.post(f"/office/lenh-phat/{number}/huy", reason="Nữa.").status_code == status


def test_a_recall_ends_the_orders_too(hall: Hall, writer: Browser) -> None:
    page = f"/office/ban-tin/{hall.bulletin('approved')}"
    order(hall, writer, 1)
    writer.send(page, f"{page}/thu-hoi", reason="Sai ngày.")
    assert set(airings(hall)) == {"cancelled"}


def test_an_unknown_order_is_told(hall: Hall) -> None:
    with hall.house.database.reading() as session, pytest.raises(NotFoundError, match="số 5"):
        orders.get(session, 5)
    assert hall.counts()[Order.__tablename__] == 0


def look(hall: Hall, browser: Browser, path: str, **changes: Any) -> str:
    fields = {**browser.see(path).form(path).fields, "units": [str(hall.unit_id("ha-dinh"))], **changes}
    answer = browser.client.post(f"{path}/xem-truoc", data=fields, headers={"HX-Request": "true"})
    return Page(answer, path).words


def test_what_would_change_is_seen_before(hall: Hall, writer: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin('approved')}/lenh-phat"
    before = hall.counts()
    words = look(hall, writer, path)
    assert "lượt mới trong những ngày tới, ở 1 trạm" in words
    assert "Hạ Đình" in words
    assert hall.counts() == before


def test_the_look_tells_what_has_no_room(hall: Hall, writer: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin('approved')}/lenh-phat"
    words = look(hall, writer, path, times_per_day="3")
    assert "Chưa có chỗ:" in words


def test_the_look_tells_what_is_refused(hall: Hall, writer: Browser) -> None:
    path = f"/office/ban-tin/{hall.bulletin('approved')}/lenh-phat"
    assert "Giờ 22:00 chạm vào giờ yên tĩnh." in look(hall, writer, path, fixed_times="22:00")
    answer = writer.post(f"{path}/xem-truoc", first_day="2026-11-23")
    assert "Hãy chọn ít nhất một phường." in Page(answer, path).words


def tag(hall: Hall, *slugs: str) -> None:
    with hall.house.database.writing() as session:
        for unit in session.scalars(select(Unit).where(Unit.slug.in_(slugs))):
            set_tags(session, unit, ["cho"], by="test", now=NOW)


def test_a_tag_reaches_what_carries_it(hall: Hall, writer: Browser) -> None:
    tag(hall, "ha-dinh")
    assert order(hall, writer, hall.bulletin("approved"), units=[], tags=["cho"]).status_code == 303
    with hall.house.database.reading() as session:
        assert session.scalars(select(Order)).one().tags == ["cho"]


def test_a_tag_beyond_ones_units_is_refused(hall: Hall, writer: Browser) -> None:
    tag(hall, "ha-dinh", "dinh-cong")
    answer = order(hall, writer, hall.bulletin("approved"), tags=["cho"])
    assert "ngoài phạm vi của bạn" in Page(answer, "/").error_of("unit_ids")


def test_holidays_are_left_out_when_asked(hall: Hall, writer: Browser) -> None:
    order(hall, writer, hall.bulletin("approved"), **{"calendar-vn": "-"})
    with hall.house.database.reading() as session:
        assert session.scalars(select(Order)).one().calendars == ["-vn"]


@pytest.fixture
def source(hall: Hall, writer: Browser, leader: Browser) -> str:
    """Return the address of an order of a source that the leader permitted."""
    given = {"name": "Đài Hà Nội", "url": "https://dai.example/luong", "local_from": "06:00"}
    unit = {"unit_id": str(hall.unit_id("thanh-xuan")), "first_day": "2026-11-23", "local_to": "07:00"}
    writer.post("/office/tiep-am/moi", **given, **unit)
    leader.send("/office/tiep-am", "/office/tiep-am/1/cho-phep", until="")
    return "/office/tiep-am/1/lenh-phat"


def test_a_relay_is_ordered_and_cancelled(hall: Hall, source: str, writer: Browser) -> None:
    units = [str(hall.unit_id("ha-dinh"))]
    more: dict[str, Any] = {"units": units, "last_day": "2026-11-25", "minutes": "10", "times_per_day": "1"}
    assert writer.send(source, fixed_times="06:05", **more).status_code == 303
    with hall.house.database.reading() as session:
        assert {row.kind for row in session.scalars(select(Airing))} == {"relay"}
    writer.send("/office/tiep-am", "/office/lenh-phat/1/huy", reason="Đổi lịch.")
    with hall.house.database.reading() as session:
        assert session.scalars(select(Order)).one().cancel_reason == "Đổi lịch."


def test_a_relay_is_looked_at_before(hall: Hall, source: str, writer: Browser) -> None:
    assert "lượt mới" in look(hall, writer, source, last_day="2026-11-25")
    assert "Thời lượng tiếp âm phải từ" in look(hall, writer, source, minutes="90")


def test_only_a_permitted_source_is_ordered(source: str, writer: Browser, leader: Browser) -> None:
    leader.send("/office/tiep-am", "/office/tiep-am/1/thoi")
    assert writer.get(source).status_code == 409


CHANGE = "/office/lenh-phat/1/sua"


@pytest.fixture
def standing(hall: Hall, writer: Browser) -> str:
    """Place an order of three days; return the address at which it is changed."""
    fixed: dict[str, Any] = {"last_day": "2026-11-25", "calendar-vn": "-", "weekdays": list("1234")}
    assert order(hall, writer, hall.bulletin("approved"), **fixed).status_code == 303
    return CHANGE


def test_the_form_of_a_change_holds_what_is_ordered(hall: Hall, writer: Browser, standing: str) -> None:
    page = writer.see(standing)
    fields = page.form(standing).fields
    assert (fields["last_day"], fields["weekdays"]) == (["2026-11-25"], list("1234"))
    assert (fields["calendar-vn"], fields["units"]) == (["-"], [str(hall.unit_id("ha-dinh"))])
    assert "Sửa lệnh phát số 1" in page.words


def test_a_change_is_planned_at_once(hall: Hall, writer: Browser, standing: str) -> None:
    before = len(airings(hall))
    answer = writer.send(standing, last_day="2026-11-24")
    assert (answer.status_code, answer.location) == (303, "/office/luot-phat?lenh=1")
    assert airings(hall).count("planned") == before - 1
    assert "Đã sửa lệnh phát số 1. " in writer.see("/office/luot-phat?lenh=1").words
    assert hall.audited()[-1] == "order.change"


def test_a_change_is_looked_at_first(hall: Hall, writer: Browser, standing: str) -> None:
    before = hall.counts()
    form = writer.see(standing).form(standing)
    answer = writer.client.post(f"{standing}/xem-truoc", data={**form.fields, "last_day": "2026-11-24"})
    assert answer.status_code == 200
    assert hall.counts() == before


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"units": []}, "unit_ids", "ít nhất một phường"),
        ({"last_day": "2026-11-20"}, "last_day", ""),
        ({"calendar-vn": "+", "last_day": "2026-11-23"}, "calendars", "không để lại ngày nào"),
        ({"fixed_times": "25:00"}, "fixed_times", ""),
    ],
)
def test_a_change_is_checked_as_an_order_is(
    hall: Hall, writer: Browser, standing: str, changes: dict[str, Any], field: str, said: str
) -> None:
    before = hall.counts()
    answer = writer.send(standing, **changes)
    assert (answer.status_code, hall.counts()) == (422, before)
    assert said in Page(answer, standing).error_of(field) != ""


def test_an_order_that_runs_keeps_its_first_day(hall: Hall, writer: Browser, standing: str) -> None:
    hall.clock.advance(86_400)
    assert writer.send(standing, last_day="2026-11-26").status_code == 303
    moved = writer.send(standing, first_day="2026-11-22")
    assert "Ngày đầu đã qua" in Page(moved, standing).error_of("first_day")


@pytest.mark.parametrize("login", ["bich", "oanh", "lan"])
def test_who_may_not_change_it(hall: Hall, standing: str, login: str) -> None:
    other = hall.browser(login)
    assert other.get(standing).status_code == 403
    assert other.post(standing, last_day="2026-11-24").status_code == 403


def test_what_is_over_is_not_changed(hall: Hall, writer: Browser, standing: str) -> None:
    writer.post("/office/lenh-phat/1/huy", reason="thôi")
    assert writer.get(standing).status_code == 409


def test_any_calendar_may_be_asked_for(hall: Hall, writer: Browser) -> None:
    admin = hall.browser("quan")
    admin.send("/office/lich/moi", name="Kỳ thi", source="-", days="3/12/2026")
    made = hall.bulletin("approved")
    path = f"/office/ban-tin/{made}/lenh-phat"
    fields = writer.see(path).form(path).fields
    assert {"calendar-vn", "calendar-1"} <= fields.keys()
    assert order(hall, writer, made, **{"calendar-1": "-"}).status_code == 303
    with hall.house.database.reading() as session:
        assert orders.get(session, 1).calendars == ["-1"]
