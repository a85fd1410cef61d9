"""Weekly airtime of a programme: set for one's units, told on its page, taken away."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from scheduler.models.quota import Quota
from tests.web.hall import Browser, Hall, Page

PAGE = "/office/ke-hoach/05"
SET = f"{PAGE}/thoi-luong"


def put(hall: Hall, browser: Browser, **fields: Any) -> Any:
    return browser.post(SET, **{"unit_id": str(hall.unit_id("thanh-xuan")), "minutes": "10", **fields})


def seconds(hall: Hall) -> list[int]:
    with hall.house.database.reading() as session:
        return list(session.scalars(select(Quota.seconds_per_week)))


def test_a_quota_is_set_changed_and_told(hall: Hall, writer: Browser) -> None:
    assert put(hall, writer).location == PAGE
    put(hall, writer, minutes="7", seconds="30")
    assert seconds(hall) == [450]
    assert "Quận Thanh Xuân : 7:30 mỗi tuần, mỗi trạm" in writer.see(PAGE).words
    assert hall.audited()[-1] == "quota.set"


def test_an_empty_one_is_taken_away(hall: Hall, writer: Browser) -> None:
    put(hall, writer)
    put(hall, writer, minutes="")
    assert seconds(hall) == []


def test_everywhere_is_for_who_administers_everything(hall: Hall, writer: Browser) -> None:
    assert put(hall, writer, unit_id="").status_code == 422
    assert put(hall, hall.browser("quan"), unit_id="").status_code == 303


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"minutes": "x"}, "minutes"), ({"minutes": "99999"}, "minutes"), ({"unit_id": "99"}, "unit_id")],
)
def test_what_is_refused(hall: Hall, writer: Browser, fields: dict[str, str], field: str) -> None:
    answer = put(hall, writer, **fields)
    assert answer.status_code == 422
    assert Page(answer, PAGE).error_of(field)


@pytest.mark.parametrize("login", ["lan", "oanh", "em", "bich"])
def test_who_may_not_set_it(hall: Hall, login: str) -> None:
    assert put(hall, hall.browser(login)).status_code == 403
