"""The report of exceptions: who asked, who allowed, why, what used it; as a page and as a table."""

from __future__ import annotations

import csv
import io

import pytest

from scheduler.models.station import Station
from tests.scheduler.factories import local, make_airing
from tests.web.hall import TODAY, Browser, Hall, Page
from tests.web.office.test_exceptions import PAGE, _rule, ask, window

REPORT, TABLE = f"{PAGE}/bao-cao", f"{PAGE}/bao-cao.csv"
__all__ = ["_rule"]


@pytest.fixture
def used(hall: Hall, writer: Browser, leader: Browser) -> Hall:
    """Let an exception be allowed, taken up by a window of the 28th, and one airing be played there."""
    ask(hall, writer, reason="=Hội làng.")
    leader.send(PAGE, f"{PAGE}/1/duyet")
    window(writer)
    day = TODAY.replace(day=28)
    with hall.house.database.writing() as session:
        station = session.get_one(Station, "ha-dinh-1")
        at = {"starts_at": local("08:05", day), "started_at": local("08:05", day)}
        make_airing(session, station, state="played", window_id=3, **at)
        make_airing(session, station, state="cancelled", window_id=3, starts_at=local("08:10", day))
    return hall


def test_it_tells_who_why_and_what_used_it(used: Hall, writer: Browser) -> None:
    words = writer.see(REPORT).words
    assert "1 ngoại lệ đã duyệt" in words
    assert "Quyết định 41/2014" in words
    assert "Người xin Phòng văn hóa Thanh Xuân" in words
    assert "Người duyệt Lãnh đạo Thanh Xuân" in words
    assert "khung giờ “Hội làng”" in words
    assert "1 buổi phát, 1 lượt, đã phát 1" in words


def test_the_table_has_a_line_a_broadcast_and_no_formula(used: Hall, writer: Browser) -> None:
    answer = writer.get(TABLE)
    assert "attachment" in answer.headers["Content-Disposition"]
    head, row = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    told = dict(zip(head, row, strict=True))
    assert (told["Lý do"], told["Buổi phát"]) == ("'=Hội làng.", "2026-11-28 08:00")
    assert (told["Lượt phát"], told["Đã phát"]) == ("1", "1")


def test_what_nobody_used_is_told_too(hall: Hall, writer: Browser, leader: Browser) -> None:
    ask(hall, writer)
    leader.send(PAGE, f"{PAGE}/1/duyet")
    assert "chưa khung giờ hay lệnh phát nào dùng" in writer.see(REPORT).words
    assert len(list(csv.reader(io.StringIO(writer.get(TABLE).text)))) == 2


def test_other_days_and_other_wards_are_left_out(used: Hall, writer: Browser) -> None:
    empty = "Không có ngoại lệ nào trong những ngày này"
    assert empty in writer.see(f"{REPORT}?tu=2026-10-01&den=2026-10-31").words
    assert empty in used.browser("bich").see(REPORT).words


@pytest.mark.parametrize(("query", "field"), [("tu=2026-11-28&den=2026-11-27", "den"), ("tu=x", "tu")])
def test_days_that_are_none_are_refused(hall: Hall, writer: Browser, query: str, field: str) -> None:
    answer = writer.get(f"{REPORT}?{query}")
    assert answer.status_code == 422
    assert Page(answer, REPORT).error_of(field)
    assert writer.get(f"{TABLE}?{query}").status_code == 422
