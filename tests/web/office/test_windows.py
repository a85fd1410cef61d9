"""Windows of the office: made, looked at before, refused beside the field, ended, exported."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from scheduler.models.window import Window
from scheduler.rulebook import create_rule
from tests.web.hall import NOW, Browser, Hall, Page

PAGE = "/office/khung-gio"
NEW = f"{PAGE}/moi"
LOOK = f"{PAGE}/xem-truoc"
GIVEN = {"station": "ha-dinh-1", "title": "Buổi sáng", "local_start": "06:30", "minutes": "10"}


def send(browser: Browser, **changes: Any) -> Any:
    return browser.send(NEW, **{**GIVEN, **changes})


def made(hall: Hall) -> Window:
    with hall.house.database.reading() as session:
        return session.scalars(select(Window).where(Window.title == "Buổi sáng")).one()


def look(browser: Browser, **changes: Any) -> str:
    fields = {**browser.see(NEW).form(NEW).fields, **GIVEN, **changes}
    answer = browser.client.post(LOOK, data=fields, headers={"HX-Request": "true"})
    return Page(answer, LOOK).words


def test_every_window_of_ones_stations_is_listed(hall: Hall) -> None:
    words = hall.browser("an").see(PAGE).words
    assert "Hạ Đình 17:00 15 phút Buổi chiều Hằng ngày" in words
    assert "Định Công" not in words


def test_a_window_is_made_of_ticked_weekdays(hall: Hall, writer: Browser) -> None:
    assert send(writer, weekdays=["1", "3"]).status_code == 303
    assert (made(hall).rrule, made(hall).budget_ms) == ("FREQ=WEEKLY;BYDAY=MO,WE", 600_000)
    assert "Thứ Hai, thứ Tư" in writer.see(PAGE).words
    assert hall.audited()[-1] == "window.create"


@pytest.mark.parametrize(
    ("changes", "lunar", "said"),
    [
        ({"lunar_kind": "15"}, "15", "Rằm âm lịch"),
        ({"lunar_kind": "1,15"}, "1,15", "Mồng một âm lịch, rằm âm lịch"),
        ({"lunar_kind": "3-10"}, "3-10", "Ngày 10 tháng 3 âm lịch"),
        ({"lunar_kind": "tet", "lunar": "3"}, "tet-3", "3 ngày trước Tết"),
        ({"lunar_kind": "", "lunar": "23/12, 10"}, "12-23,10", "Ngày 23 tháng 12 âm lịch, ngày 10 âm lịch"),
    ],
)
def test_a_window_goes_by_the_moon(
    hall: Hall, writer: Browser, changes: dict[str, str], lunar: str, said: str
) -> None:
    assert send(writer, how="lunar", **changes).status_code == 303
    assert made(hall).lunar == lunar
    assert said in writer.see(PAGE).words


def test_a_rule_of_ones_own_with_calendars_and_single_days(hall: Hall, writer: Browser) -> None:
    more = {"exdates": "30/4/2027 2/9/2027", "rdates": "2027-02-06", "level_cap": "-6"}
    send(writer, how="rrule", rrule="FREQ=MONTHLY;BYDAY=1SU", **{"calendar-vn": "-"}, **more)
    found = made(hall)
    assert (found.rrule, found.calendars, found.rdates) == ("FREQ=MONTHLY;BYDAY=1SU", ["-vn"], ["2027-02-06"])
    assert (found.exdates, found.level_cap_mdb) == (["2027-04-30", "2027-09-02"], -6000)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"station": ""}, "station", "Hãy chọn trạm."),
    ({"title": " "}, "title", "Tên khung giờ"),
    ({"minutes": "0"}, "minutes", "từ 1 giây đến 4 giờ"),
    ({"minutes": "x"}, "minutes", "Số phút không phải một số"),
    ({"local_start": "24:00"}, "local_start", "24:00"),
    ({"local_start": "17:05"}, "local_start", "trùng với “Buổi chiều”"),
    ({"local_start": "22:00"}, "local_start", "giờ yên tĩnh"),
    ({"weekdays": []}, "weekdays", "ít nhất một thứ"),
    ({"last_day": "2026-11-01"}, "last_day", "sớm hơn ngày đầu"),
    ({"how": "rrule", "rrule": "FREQ=SECONDLY"}, "rrule", "theo ngày, tuần"),
    ({"how": "rrule", "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule", "Không hiểu quy tắc lặp"),
    ({"how": "rrule", "rrule": "FREQ=DAILY;BYDAY=XX"}, "rrule", "Không hiểu quy tắc lặp"),
    ({"how": "lunar", "lunar_kind": "tet", "lunar": "x"}, "lunar", "số ngày trước Tết"),
    ({"how": "lunar", "lunar_kind": "", "lunar": "40"}, "lunar", "Không hiểu ngày âm lịch"),
    ({"exdates": "hôm qua"}, "exdates", "không phải một ngày"),
    ({"calendar-99": "+"}, "calendars", "lịch không còn dùng"),
    ({"level_cap": "to"}, "level_cap", "dB"),
]


@pytest.mark.parametrize(("changes", "field", "told"), BAD)
def test_what_is_refused_is_told_beside_its_field(
    hall: Hall, writer: Browser, changes: dict[str, Any], field: str, told: str
) -> None:
    before = hall.counts()
    answer = send(writer, **changes)
    assert answer.status_code == 422
    assert told in Page(answer, NEW).error_of(field)
    assert hall.counts() == before


def test_a_rule_is_told_with_its_citation(hall: Hall, writer: Browser) -> None:
    with hall.house.database.writing() as session:
        create_rule(
            session,
            kind="minutes_per_session",
            value={"most": 18},
            valid_from=date(2026, 1, 1),
            citation="Quyết định 41/2014",
            by="test",
            now=NOW,
        )
    told = Page(send(writer, minutes="20"), NEW).error_of("minutes")
    assert "dài 20 phút, nhiều nhất 18 phút. Căn cứ: Quyết định 41/2014." in told


def test_the_look_tells_every_rule_that_is_broken(hall: Hall, writer: Browser) -> None:
    rules: list[tuple[str, dict[str, Any]]] = [
        ("minutes_per_session", {"most": 18}),
        ("weekdays", {"weekdays": "12345"}),
    ]
    more: dict[str, Any] = {"valid_from": date(2026, 1, 1), "by": "test", "now": NOW}
    with hall.house.database.writing() as session:
        for number, (kind, value) in enumerate(rules):
            create_rule(session, kind=kind, value=value, citation=f"Quyết định số {number}", **more)
    words = look(writer, minutes="20", weekdays=["6"])
    assert ("Căn cứ: Quyết định số 0" in words, "Căn cứ: Quyết định số 1" in words) == (True, True)
    assert words.count("Xin ngoại lệ…") == 2


def test_the_next_ten_broadcasts_are_seen_before(hall: Hall, writer: Browser) -> None:
    before = hall.counts()
    words = look(writer, weekdays=["1"])
    assert "10 buổi phát tới 06:30, Thứ Hai 23/11/2026" in words
    assert "đúng mọi quy định" in words
    assert hall.counts() == before


def test_the_look_tells_what_forbids(writer: Browser) -> None:
    words = look(writer, local_start="17:05")
    assert "trùng với “Buổi chiều”" in words
    assert "10 buổi phát tới" in words


def test_without_scripts_the_look_is_a_page(writer: Browser) -> None:
    answer = writer.post(LOOK, **GIVEN, how="weekdays", weekdays="1", first_day="2026-11-23")
    assert "10 buổi phát tới" in Page(answer, LOOK).words


def test_days_are_left_out_and_a_window_ends(hall: Hall, writer: Browser) -> None:
    send(writer)
    page = f"{PAGE}/{made(hall).id}"
    writer.send(page, f"{page}/ngay-bo", exdates="25/11/2026")
    assert made(hall).exdates == ["2026-11-25"]
    writer.send(page, f"{page}/ket-thuc", last_day="2026-11-26")
    assert made(hall).last_day == date(2026, 11, 26)
    assert "Thứ Năm 26/11/2026" in writer.see(page).words


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        ("ngay-bo", {"exdates": "x"}, "exdates"),
        ("ket-thuc", {"last_day": "x"}, "last_day"),
        ("ket-thuc", {"last_day": "2026-11-22"}, "last_day"),
    ],
)
def test_a_change_that_cannot_be(
    hall: Hall, writer: Browser, action: str, fields: dict[str, str], field: str
) -> None:
    send(writer)
    page = f"{PAGE}/{made(hall).id}"
    answer = writer.send(page, f"{page}/{action}", **fields)
    assert answer.status_code == 422
    assert Page(answer, page).error_of(field)


def test_a_calendar_program_takes_the_windows(writer: Browser) -> None:
    answer = writer.get(f"{PAGE}/ha-dinh-1.ics")
    assert answer.mimetype == "text/calendar"
    assert "SUMMARY:Buổi chiều" in answer.text


@pytest.mark.parametrize("login", ["lan", "oanh", "bich"])
def test_only_the_office_makes_windows_of_its_stations(hall: Hall, login: str) -> None:
    browser = hall.browser(login)
    given = {**GIVEN, "how": "weekdays", "weekdays": "1", "first_day": "2026-11-23"}
    assert browser.post(NEW, **given).status_code in {403, 422}
    assert browser.post(f"{PAGE}/1/ket-thuc", last_day="2026-11-26").status_code == 403


@pytest.mark.parametrize("path", [PAGE, NEW, f"{PAGE}/1", f"{PAGE}/ha-dinh-1.ics"])
def test_an_editor_has_nothing_to_do_with_windows(hall: Hall, path: str) -> None:
    assert hall.browser("em").get(path).status_code == 403
