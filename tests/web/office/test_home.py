"""The first page: the day at a glance, asked again and again at next to no cost."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from tests.web.hall import Browser, Hall
from web.live import ANYWAY_SECONDS

LIVE = "/office/dien-bien"


@pytest.fixture
def day(hall: Hall, writer: Browser) -> None:
    """Let something be planned for today."""
    path = f"/office/ban-tin/{hall.bulletin('approved')}/lenh-phat"
    writer.send(path, units=[str(hall.unit_id("ha-dinh"))], last_day="2026-11-23")


def test_what_is_planned_stands_there(day: None, writer: Browser) -> None:
    words = writer.see("/office/").words
    assert "0 / 1" in words
    assert "Trạm loa 1 trạm" in words


def test_unchanged_it_is_not_made_again(hall: Hall, day: None, writer: Browser) -> None:
    etag = writer.get(LIVE).headers["ETag"]
    asked: list[str] = []
    hook = (hall.house.database.engine, "before_cursor_execute")
    event.listen(*hook, lambda *told: asked.append(told[2]))
    answer = writer.get(LIVE, If_None_Match=etag)
    assert (answer.status_code, answer.data) == (304, b"")
    assert not any("FROM airing " in statement for statement in asked)


def test_a_change_is_seen_at_once(hall: Hall, day: None, writer: Browser) -> None:
    etag = writer.get(LIVE).headers["ETag"]
    writer.post("/office/lenh-phat/1/huy", reason="thôi")
    assert writer.get(LIVE, If_None_Match=etag).status_code == 200


def test_silence_is_seen_after_a_while(hall: Hall, day: None, writer: Browser) -> None:
    etag = writer.get(LIVE).headers["ETag"]
    hall.clock.advance(ANYWAY_SECONDS)
    assert writer.get(LIVE, If_None_Match=etag).status_code == 200


def test_nobody_is_answered_with_what_another_saw(hall: Hall, day: None, writer: Browser) -> None:
    etag = writer.get(LIVE).headers["ETag"]
    assert hall.browser("lan").get(LIVE, If_None_Match=etag).status_code == 200
