"""Exceptions: asked for where a rule refuses, answered by another, and then the window is taken."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from scheduler.rulebook import create_rule
from tests.web.hall import NOW, Browser, Hall, Page

PAGE = "/office/ngoai-le"
ASK = "/office/quy-dinh/1/ngoai-le"
NEW = "/office/khung-gio/moi"


@pytest.fixture(autouse=True)
def _rule(hall: Hall) -> None:
    given: dict[str, Any] = {"valid_from": date(2026, 1, 1), "citation": "Quyết định 41/2014"}
    with hall.house.database.writing() as session:
        create_rule(session, kind="minutes_per_session", value={"most": 18}, by="test", now=NOW, **given)


def window(browser: Browser) -> Any:
    more: dict[str, Any] = {"first_day": "2026-11-28", "last_day": "2026-11-28", "weekdays": list("1234567")}
    return browser.send(NEW, station="ha-dinh-1", title="Hội làng", minutes="30", local_start="08:00", **more)


def ask(hall: Hall, browser: Browser, **changes: Any) -> Any:
    days = {"first_day": "2026-11-28", "last_day": "2026-11-28"}
    given = {"unit_id": str(hall.unit_id("ha-dinh")), "reason": "Hội làng.", **days, **changes}
    return browser.send(ASK, **given)


def test_the_refusal_leads_to_asking(hall: Hall, writer: Browser) -> None:
    answer = window(writer)
    links = Page(answer, NEW).links("//main")
    assert "Xin ngoại lệ…" in links
    unit_id = hall.unit_id("ha-dinh")
    fields = writer.see(f"{ASK}?don-vi={unit_id}&ngay=2026-11-28").form(
        f"{ASK}?don-vi={unit_id}&ngay=2026-11-28"
    )
    assert fields.fields["unit_id"] == [str(unit_id)]


def test_once_allowed_the_window_is_taken(hall: Hall, writer: Browser, leader: Browser) -> None:
    assert ask(hall, writer).status_code == 303
    assert "chờ một lãnh đạo khác duyệt" in writer.see(PAGE).words
    leader.send(PAGE, f"{PAGE}/1/duyet")
    assert window(writer).status_code == 303
    words = leader.see(PAGE).words
    assert "Đã duyệt Phường Hạ Đình" in words
    assert "Khung giờ số 3" in words


def test_a_refusal_needs_a_reason(hall: Hall, writer: Browser, leader: Browser) -> None:
    ask(hall, writer)
    assert leader.send(PAGE, f"{PAGE}/1/tu-choi", reason=" ").status_code == 422
    leader.send(PAGE, f"{PAGE}/1/tu-choi", reason="Quá dài.")
    assert "Đã từ chối" in leader.see(PAGE).words
    assert window(writer).status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"reason": ""}, "reason"), ({"last_day": "2026-11-27"}, "last_day"), ({"unit_id": "999"}, "unit_id")],
)
def test_what_cannot_be_asked(hall: Hall, writer: Browser, changes: dict[str, str], field: str) -> None:
    answer = ask(hall, writer, **changes)
    assert answer.status_code == 422
    assert Page(answer, ASK).error_of(field)


@pytest.mark.parametrize("login", ["an", "oanh", "bich", "quan"])
def test_who_may_not_answer(hall: Hall, writer: Browser, login: str) -> None:
    ask(hall, writer)
    assert hall.browser(login).post(f"{PAGE}/1/duyet").status_code == 403


@pytest.mark.parametrize("login", ["oanh", "em", "bich"])
def test_who_may_not_ask(hall: Hall, login: str) -> None:
    fields = {"unit_id": str(hall.unit_id("ha-dinh")), "reason": "x", "first_day": "2026-11-28"}
    assert hall.browser(login).post(ASK, **fields, last_day="2026-11-28").status_code == 403


def test_a_window_without_an_end_is_led_to_one_or_to_a_long_exception(hall: Hall, writer: Browser) -> None:
    given = {"title": "Hội làng", "minutes": "30", "local_start": "08:00", "last_day": ""}
    answer = writer.send(NEW, station="ha-dinh-1", first_day="2026-11-28", weekdays=list("1234567"), **given)
    assert "hãy đặt ngày cuối cho khung giờ" in Page(answer, NEW).words
    assert "ngay=2026-11-28&den=2028-01-02" in answer.text.replace("&amp;", "&")


def test_an_exception_too_short_says_up_to_which_day(hall: Hall, writer: Browser, leader: Browser) -> None:
    ask(hall, writer)
    leader.send(PAGE, f"{PAGE}/1/duyet")
    given: dict[str, Any] = {"title": "Hội làng", "minutes": "30", "local_start": "08:00"}
    given["weekdays"] = list("1234567")
    span = {"first_day": "2026-11-28", "last_day": "2026-11-30"}
    answer = writer.send(NEW, station="ha-dinh-1", **given, **span)
    assert "Ngoại lệ đã duyệt chỉ đến hết 28/11/2026" in Page(answer, NEW).words
    assert "ngay=2026-11-29&den=2026-11-30" in answer.text.replace("&amp;", "&")
    assert writer.send(NEW, station="ha-dinh-1", **given, **{**span, "last_day": "2026-11-28"}).location
    assert (
        "Nhiều nhất 18 phút mỗi buổi : không áp dụng từ 28/11/2026" in writer.see("/office/khung-gio/3").words
    )
