"""The first page lists what waits for the person's word, and what came back."""

from __future__ import annotations

from datetime import date
from typing import Any

from scheduler.rulebook import create_rule
from tests.web.hall import NOW, Browser, Hall
from tests.web.office.test_relays import PAGE as RELAYS
from tests.web.office.test_relays import propose
from tests.web.office.test_weeks import week

__all__ = ["week"]
HOME = "/office/"


def test_a_week_waits_for_its_leader_until_it_is_answered(
    week: str, writer: Browser, leader: Browser
) -> None:
    assert "Chờ bạn quyết định" not in leader.see(HOME).words
    writer.send(week, f"{week}/trinh")
    assert "Kế hoạch tuần từ Thứ Hai 23/11 Phường Hạ Đình" in leader.see(HOME).words
    assert "Chờ bạn quyết định" not in writer.see(HOME).words
    leader.send(week, f"{week}/duyet")
    assert "Chờ bạn quyết định" not in leader.see(HOME).words


def test_a_week_sent_back_lies_before_the_office(week: str, writer: Browser, leader: Browser) -> None:
    writer.send(week, f"{week}/trinh")
    leader.send(week, f"{week}/tra-lai", reason="Thiếu bài Tết.")
    assert "Kế hoạch tuần bị trả lại từ Thứ Hai 23/11" in writer.see(HOME).words
    writer.send(week, f"{week}/trinh")
    assert "tuần bị trả lại" not in writer.see(HOME).words


def test_relays_and_exceptions_wait_for_their_leader(hall: Hall, writer: Browser, leader: Browser) -> None:
    propose(hall, writer)
    given: dict[str, Any] = {"valid_from": date(2026, 1, 1), "citation": "Quyết định 41/2014"}
    with hall.house.database.writing() as session:
        create_rule(session, kind="minutes_per_session", value={"most": 18}, by="test", now=NOW, **given)
    fields = {"unit_id": str(hall.unit_id("ha-dinh")), "first_day": "2026-11-24", "last_day": "2026-11-24"}
    writer.post("/office/quy-dinh/1/ngoai-le", reason="Lễ hội.", **fields)
    words = leader.see(HOME).words
    assert "Nguồn tiếp âm: Đài Hà Nội Quận Thanh Xuân" in words
    assert "Xin ngoại lệ: Quyết định 41/2014 Phường Hạ Đình" in words
    leader.send(RELAYS, f"{RELAYS}/1/cho-phep", until="2026-12-31T18:00")
    assert "Nguồn tiếp âm:" not in leader.see(HOME).words
