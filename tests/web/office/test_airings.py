"""Airings by day, by order and one by one, and the parts of pages that ask again by themselves."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from content.contracts.airings import State
from scheduler.dispatch import dispatch
from scheduler.models.airing import Airing
from tests.web.hall import Browser, Hall

LIVE = ("/office/dien-bien", "/office/luot-phat?phan=1")


def planned(hall: Hall, writer: Browser) -> str:
    """Order a bulletin to Hạ Đình; return the id of its first airing."""
    made = hall.bulletin("approved", title="Rác cồng kềnh")
    writer.send(f"/office/ban-tin/{made}/lenh-phat", units=[str(hall.unit_id("ha-dinh"))])
    with hall.house.database.reading() as session:
        return session.scalars(select(Airing.id).order_by(Airing.starts_at)).first() or ""


def test_a_days_airings_are_listed(hall: Hall, writer: Browser) -> None:
    planned(hall, writer)
    today, past = writer.see("/office/luot-phat"), writer.see("/office/luot-phat?ngay=2026-11-22")
    assert "Rác cồng kềnh" in today.words
    assert "Rác cồng kềnh" not in past.words
    assert today.links("//main")[:2] == ["Hôm trước", "Hôm sau"]


def test_they_are_shown_unit_by_unit(hall: Hall, writer: Browser) -> None:
    planned(hall, writer)
    elsewhere = hall.unit_id("dinh-cong")
    assert "Rác cồng kềnh" in writer.see(f"/office/luot-phat?don-vi={hall.unit_id('ha-dinh')}").words
    assert "Rác cồng kềnh" not in writer.see(f"/office/luot-phat?don-vi={elsewhere}").words


def test_one_airing_tells_its_story(hall: Hall, writer: Browser) -> None:
    words = writer.see(f"/office/luot-phat/{planned(hall, writer)}").words
    assert "Đã xếp lịch" in words
    assert "Trạm chưa gửi ghi chép nào về lượt này." in words


def rest(hall: Hall, airing: str, state: str, **facts: Any) -> None:
    """Bring an airing to a state in which it rests."""
    with hall.house.database.writing() as session:
        row = session.get_one(Airing, airing)
        row.state, row.rank = state, State(state).rank
        for name, value in facts.items():
            setattr(row, name, value)


@pytest.mark.parametrize(
    ("state", "heard_ms", "told", "length"),
    [
        ("planned", None, "–", "0:06 dự kiến"),
        ("missed", None, "–", "– không có"),
        ("skipped", None, "–", "– không có"),
        ("cancelled", None, "–", "– không có"),
        ("interrupted", 2_000, "0:02 / 0:06", "0:02"),
        ("played", 6_000, "0:06 / 0:06", "0:06"),
    ],
)
def test_only_what_sounded_has_a_heard_length(
    hall: Hall, writer: Browser, state: str, heard_ms: int | None, told: str, length: str
) -> None:
    airing = planned(hall, writer)
    rest(hall, airing, state, heard_ms=heard_ms)
    assert f"Nghe được {told} " in writer.see(f"/office/luot-phat/{airing}").words
    assert f" Rác cồng kềnh {length} " in writer.see("/office/luot-phat").words


def test_what_left_the_plan_says_why(hall: Hall, writer: Browser) -> None:
    rest(hall, planned(hall, writer), "cancelled", reason="recalled")
    told = "gỡ khỏi lịch vì bản tin được sửa, thu hồi hoặc lệnh bị hủy"
    assert told in writer.see("/office/luot-phat").words


@pytest.mark.parametrize(("login", "links"), [("oanh", 0), ("an", 1), ("lan", 1), ("em", 1), ("quan", 1)])
def test_the_bulletin_is_offered_to_who_may_open_it(
    hall: Hall, writer: Browser, login: str, links: int
) -> None:
    page = hall.browser(login).see(f"/office/luot-phat/{planned(hall, writer)}")
    assert page.links("//main").count("Mở bản tin") == links


def test_another_districts_airing_is_not_there(hall: Hall, writer: Browser) -> None:
    airing = planned(hall, writer)
    outsider = hall.browser("bich")
    assert outsider.get(f"/office/luot-phat/{airing}").status_code == 404
    assert "Rác cồng kềnh" not in outsider.see("/office/luot-phat?lenh=1").words


def test_an_operator_sees_his_wards_day(hall: Hall, writer: Browser) -> None:
    planned(hall, writer)
    assert "Rác cồng kềnh" in hall.browser("oanh").see("/office/").words


@pytest.mark.parametrize("path", LIVE)
def test_an_unchanged_part_has_no_body(hall: Hall, writer: Browser, path: str) -> None:
    planned(hall, writer)
    first = writer.get(path)
    again = writer.get(path, If_None_Match=first.headers["ETag"])
    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "<html" not in first.text


@pytest.mark.parametrize("path", LIVE)
def test_a_changed_part_is_sent_again(hall: Hall, writer: Browser, path: str) -> None:
    known = writer.get(path).headers["ETag"]
    planned(hall, writer)
    assert writer.get(path, If_None_Match=known).status_code == 200


@pytest.mark.parametrize("path", LIVE)
def test_an_airing_that_falls_due_changes_the_part(hall: Hall, writer: Browser, path: str) -> None:
    airing = planned(hall, writer)
    known = writer.get(path).headers["ETag"]
    with hall.house.database.writing() as session:
        row = session.get_one(Airing, airing)
        row.state, row.rank, row.released_generation = "released", 1, 1
        session.flush()
        assert dispatch(session, row.starts_at) == 1
    assert writer.get(path, If_None_Match=known).status_code == 200


def test_the_first_page_counts_the_day(hall: Hall, writer: Browser, leader: Browser) -> None:
    hall.bulletin("draft")
    assert "1 bản nháp hoặc bị trả lại" in writer.see("/office/").words
    assert "bản nháp" not in leader.see("/office/").words
