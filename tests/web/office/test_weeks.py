"""Weeks at the office: wanted by a unit, submitted, approved, marked when changed."""

from __future__ import annotations

import pytest

from tests.web.hall import Browser, Hall, Page

PAGE = "/office/duyet-tuan"
MONDAY = "2026-11-23"


@pytest.fixture
def week(hall: Hall, writer: Browser, leader: Browser) -> str:
    """Return the address of Hạ Đình's week, with an order planned, approval wanted."""
    made, ward = hall.bulletin("approved"), str(hall.unit_id("ha-dinh"))
    leader.post(f"{PAGE}/don-vi", unit_id=ward, wanted="1")
    writer.send(f"/office/ban-tin/{made}/lenh-phat", units=[ward], last_day="2026-11-25")
    return f"{PAGE}/{ward}/{MONDAY}"


def test_a_unit_wants_its_weeks_approved_or_not(hall: Hall, leader: Browser) -> None:
    assert "Chưa đơn vị nào duyệt theo tuần" in leader.see(PAGE).words
    ward = str(hall.unit_id("ha-dinh"))
    leader.send(PAGE, f"{PAGE}/don-vi", unit_id=ward, wanted="1")
    assert "Phường Hạ Đình Thôi duyệt tuần" in leader.see(PAGE).words
    leader.post(f"{PAGE}/don-vi", unit_id=ward, wanted="0")
    assert hall.audited()[-2:] == ["unit.week_approval"] * 2


def test_a_week_is_submitted_and_approved(hall: Hall, week: str, writer: Browser, leader: Browser) -> None:
    assert "Chưa trình" in writer.see(week).words
    writer.send(week, f"{week}/trinh")
    assert "Chờ lãnh đạo duyệt." in writer.see(week).words
    leader.send(week, f"{week}/duyet")
    words = leader.see(week).words
    assert "Đã duyệt; lịch của tuần được giao cho trạm." in words
    assert "như đã duyệt" in words
    assert hall.audited()[-2:] == ["week.submit", "week.approve"]


def test_what_changed_since_is_marked(hall: Hall, week: str, writer: Browser, leader: Browser) -> None:
    writer.send(week, f"{week}/trinh")
    leader.send(week, f"{week}/duyet")
    made = hall.bulletin("approved", title="Họp dân", text="Phường họp dân tối nay.")
    ward = str(hall.unit_id("ha-dinh"))
    writer.send(f"/office/ban-tin/{made}/lenh-phat", units=[ward], last_day="2026-11-23")
    words = writer.see(week).words
    assert "Đổi sau khi duyệt" in words
    assert "Thêm sau" in words
    assert "1 chỗ đổi sau khi duyệt" in writer.see(PAGE).words


def test_a_week_that_changed_meanwhile_is_not_approved(week: str, writer: Browser, leader: Browser) -> None:
    writer.send(week, f"{week}/trinh")
    answer = leader.post(f"{week}/duyet", digest="cũ")
    assert answer.status_code == 409
    assert "đã đổi từ lúc bạn mở trang" in Page(answer, week).words


@pytest.mark.parametrize("step", ["duyet", "tra-lai"])
@pytest.mark.parametrize("login", ["an", "oanh", "quan"])
def test_only_the_approver_answers(hall: Hall, week: str, writer: Browser, login: str, step: str) -> None:
    writer.send(week, f"{week}/trinh")
    assert hall.browser(login).post(f"{week}/{step}", digest="x", reason="Sai.").status_code == 403


def test_a_week_is_sent_back_with_its_reason(hall: Hall, week: str, writer: Browser, leader: Browser) -> None:
    writer.send(week, f"{week}/trinh")
    refused = leader.send(week, f"{week}/tra-lai", reason="")
    assert (refused.status_code, Page(refused, week).error_of("return-reason") != "") == (422, True)
    leader.send(week, f"{week}/tra-lai", reason="Thiếu bài Tết.")
    words = writer.see(week).words
    assert "Lãnh đạo trả lại: Thiếu bài Tết. (lan" in words
    assert "Chưa trình" in words
    assert hall.audited()[-1] == "week.return"
    writer.send(week, f"{week}/trinh")
    assert "Lãnh đạo trả lại" not in leader.see(week).words


def test_next_week_is_whole_from_the_first_day(week: str, leader: Browser) -> None:
    coming = week.replace(MONDAY, "2026-11-30")
    assert "Lịch mới xếp đến hết" not in leader.see(coming).words
    assert "Lịch mới xếp đến hết" in leader.see(week.replace(MONDAY, "2026-12-07")).words


@pytest.mark.parametrize("login", ["an", "oanh"])
def test_who_may_not_set_it(hall: Hall, login: str) -> None:
    fields = {"unit_id": str(hall.unit_id("ha-dinh")), "wanted": "1"}
    assert hall.browser(login).post(f"{PAGE}/don-vi", **fields).status_code == 403


@pytest.mark.parametrize("path", ["0/2026-11-23", "3/nay", "5/2026-11-23"])
def test_what_is_not_there(writer: Browser, path: str) -> None:
    assert writer.get(f"{PAGE}/{path}").status_code == 404
