"""Windows: made only when they could ever broadcast."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from content.errors import InvalidInputError
from scheduler.models.window import Window
from scheduler.rules import Rules
from scheduler.windows import create_window, end_window, windows_of
from tests.scheduler.factories import NOW, RULES, TODAY, make_station


def create(session: Session, rules: Rules = RULES, **change: Any) -> Window:
    fields: dict[str, Any] = {
        "title": "Buổi sáng",
        "rrule": "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "local_start": "06:00",
        "budget_ms": 900_000,
        "first_day": TODAY,
    }
    return create_window(session, make_station(session), rules=rules, now=NOW, **{**fields, **change})


def test_a_window_is_found_by_its_station(session: Session) -> None:
    window = create(session)
    assert windows_of(session, [window.station, "khac"]) == {window.station: [window]}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"rrule": "FREQ=HOURLY"}, "rrule"),
        ({"local_start": "6 giờ"}, "local_start"),
        ({"local_start": "05:50"}, "local_start"),
        ({"local_start": "20:50"}, "local_start"),
        ({"budget_ms": 0}, "budget_ms"),
        ({"budget_ms": 15_000_000}, "budget_ms"),
        ({"first_day": date(9999, 12, 31)}, "first_day"),
        ({"last_day": TODAY - timedelta(days=1)}, "last_day"),
        ({"enforce_limits": False, "local_start": "22:00"}, "local_start"),
    ],
)
def test_a_bad_window_is_refused(session: Session, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        create(session, **change)
    assert caught.value.field == field


def test_a_rehearsal_may_have_a_window_at_night(session: Session) -> None:
    rehearsal = replace(RULES, rehearsal=True)
    assert create(session, rehearsal, local_start="22:00", enforce_limits=False).id


def test_a_window_ends(session: Session) -> None:
    window = create(session)
    end_window(session, window, last_day=TODAY - timedelta(days=9), now=NOW)
    assert window.last_day == TODAY
