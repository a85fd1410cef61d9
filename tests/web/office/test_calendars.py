"""Calendars of the office: holidays of a year, lists of days made, added to, taken from, ended."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from scheduler.calendars import days_of_calendar
from scheduler.models.window import Window
from tests.web.hall import Browser, Hall, Page

PAGE = "/office/lich"
NEW = f"{PAGE}/moi"


def make(hall: Hall, browser: Browser, **changes: Any) -> Any:
    given = {"name": "Thi tốt nghiệp", "source": "Công văn 12", "unit_id": str(hall.unit_id("thanh-xuan"))}
    return browser.send(NEW, **{**given, "days": "3/6/2027, 4/6/2027", "note": "môn Văn", **changes})


def days(hall: Hall) -> dict[date, str]:
    with hall.house.database.reading() as session:
        return days_of_calendar(session, 1)


def test_the_holidays_of_a_year_are_told(writer: Browser) -> None:
    assert "Thứ Tư 2/9 Quốc khánh" in writer.see(f"{PAGE}?nam=2026").words
    assert "năm 2027" in writer.see(f"{PAGE}?nam=2027").words


def test_a_calendar_is_made_and_offered_to_windows(hall: Hall, writer: Browser) -> None:
    assert make(hall, writer).location == f"{PAGE}/1"
    assert days(hall) == {date(2027, 6, 3): "môn Văn", date(2027, 6, 4): "môn Văn"}
    assert "Thi tốt nghiệp tuần thi · 2 ngày · Quận Thanh Xuân" in writer.see(PAGE).words
    assert "Thi tốt nghiệp" in writer.see("/office/khung-gio/moi").words


def test_days_are_added_by_a_span_and_taken_away(hall: Hall, writer: Browser) -> None:
    make(hall, writer)
    writer.send(f"{PAGE}/1", f"{PAGE}/1/ngay", first_day="2027-06-04", last_day="2027-06-06", days="")
    assert [day.day for day in days(hall)] == [3, 4, 5, 6]
    writer.send(f"{PAGE}/1", f"{PAGE}/1/bo-ngay", day=["2027-06-03", "2027-06-05"])
    assert [day.day for day in days(hall)] == [4, 6]
    assert hall.audited()[-1] == "calendar.days"


def test_a_calendar_is_chosen_no_more_once_ended(hall: Hall, writer: Browser) -> None:
    make(hall, writer)
    writer.send(f"{PAGE}/1", f"{PAGE}/1/ngung")
    assert "Thi tốt nghiệp" not in writer.see("/office/khung-gio/moi").words
    assert "đã ngừng dùng" in writer.see(f"{PAGE}/1").words


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"kind": "x"}, "kind"),
        ({"source": " "}, "source"),
        ({"days": ""}, "days"),
        ({"days": "31/6/2027"}, "days"),
        ({"first_day": "2027-06-04", "last_day": "2027-06-03"}, "last_day"),
        ({"unit_id": "99"}, "unit_id"),
    ],
)
def test_what_is_refused(hall: Hall, writer: Browser, changes: dict[str, str], field: str) -> None:
    answer = make(hall, writer, **changes)
    assert answer.status_code == 422
    assert Page(answer, NEW).error_of(field)


@pytest.mark.parametrize("fields", [{"day": "x"}, {"day": ["2027-06-03", "2027-06-04"]}])
def test_a_calendar_keeps_a_day(hall: Hall, writer: Browser, fields: dict[str, Any]) -> None:
    make(hall, writer)
    assert writer.post(f"{PAGE}/1/bo-ngay", **fields).status_code == 422
    assert len(days(hall)) == 2


def test_everywhere_is_for_who_administers_everything(hall: Hall, writer: Browser) -> None:
    fields = {"name": "Quốc tang", "kind": "mourning", "source": "Thông báo", "days": "1/12/2026"}
    assert writer.post(NEW, **fields, unit_id="*").status_code == 403
    assert hall.browser("quan").post(NEW, **fields, unit_id="*").status_code == 303


@pytest.mark.parametrize("login", ["lan", "oanh", "em", "bich"])
def test_who_may_not_change_a_calendar(hall: Hall, writer: Browser, login: str) -> None:
    make(hall, writer)
    assert hall.browser(login).post(f"{PAGE}/1/ngay", days="5/6/2027").status_code == 403


def window_marks(hall: Hall) -> list[list[str]]:
    with hall.house.database.reading() as session:
        return list(session.scalars(select(Window.calendars).order_by(Window.station, Window.id)))


def test_a_calendar_is_laid_over_the_windows_that_run(hall: Hall, writer: Browser) -> None:
    make(hall, writer)
    writer.send(f"{PAGE}/1", f"{PAGE}/1/ap", sign="-")
    assert window_marks(hall).count(["-1"]) == 1
    words = writer.see(f"{PAGE}/1").words
    assert "Đã áp lịch cho 1 khung giờ" in words
    assert "Áp cho các khung giờ đang có" not in words


def test_it_is_laid_only_in_a_way_there_is(hall: Hall, writer: Browser) -> None:
    make(hall, writer)
    assert writer.post(f"{PAGE}/1/ap", sign="x").status_code == 422
    assert hall.browser("oanh").post(f"{PAGE}/1/ap", sign="-").status_code == 403


def test_a_window_s_own_calendars_are_set(hall: Hall, writer: Browser) -> None:
    with hall.house.database.reading() as session:
        window = session.scalars(select(Window.id).where(Window.station == "ha-dinh-1")).one()
    page = f"/office/khung-gio/{window}"
    writer.send(page, f"{page}/lich", **{"calendar-vn": "-"})
    assert ["-vn"] in window_marks(hall)
    assert writer.see(page).form(f"{page}/lich").fields["calendar-vn"] == ["-"]
    assert writer.post(f"{page}/lich", **{"calendar-99": "-"}).status_code == 422


def test_days_that_let_windows_meet_are_refused_beside_the_field(hall: Hall, writer: Browser) -> None:
    make(hall, writer, days="25/11/2026")
    writer.send(f"{PAGE}/1", f"{PAGE}/1/ap", sign="-")
    given: dict[str, Any] = {
        "title": "Thi",
        "minutes": "10",
        "local_start": "17:05",
        "weekdays": list("1234567"),
    }
    span = {"first_day": "2026-11-25", "last_day": "2026-11-25"}
    assert writer.send("/office/khung-gio/moi", station="ha-dinh-1", **given, **span).status_code == 303
    writer.send(f"{PAGE}/1", f"{PAGE}/1/ngay", days="26/11/2026")
    answer = writer.post(f"{PAGE}/1/bo-ngay", day="2026-11-25")
    assert answer.status_code == 422
    assert "trùng với" in Page(answer, f"{PAGE}/1").error_of("days")
    assert len(days(hall)) == 2


def test_days_exchanged_are_shown_with_the_holidays(hall: Hall) -> None:
    given = {"name": "Hoán đổi", "kind": "swap", "source": "Công văn 9", "unit_id": "*"}
    hall.browser("quan").send(NEW, **given, days="5/5/2027, 8/5/2027", note="")
    words = hall.browser("quan").see(f"{PAGE}?nam=2027").words
    assert "Làm bù Thứ Bảy 8/5" in words
    assert "Nghỉ hoán đổi do đơn vị nhập Thứ Tư 5/5" in words
