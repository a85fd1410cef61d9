"""Windows: made only when they could ever broadcast."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.errors import InvalidInputError, NotFoundError
from content.models.audit import Audit
from scheduler import calendars
from scheduler.calendars import Calendars
from scheduler.limiting import breaches_of_windows, load_law
from scheduler.models.rule import Rule
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.recurrence import broadcasts
from scheduler.rulebook import create_rule
from scheduler.rules import Rules
from scheduler.windows import coming, create_window, end_window, get, lay_calendar, set_exdates, windows_of
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
    end_window(session, window, last_day=TODAY - timedelta(days=9), rules=RULES, now=NOW)
    assert window.last_day == TODAY


WEEKDAYS = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"


def beside(session: Session, station: Station, rules: Rules = RULES, **change: Any) -> Window:
    fields: dict[str, Any] = {"title": "Khác", "rrule": WEEKDAYS, "budget_ms": 900_000, "first_day": TODAY}
    place = {"local_start": "17:00", **change}
    return create_window(session, station, rules=rules, now=NOW, **{**fields, **place})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"local_start": "06:14"}, "local_start"),
        ({"local_start": "24:00"}, "local_start"),
        ({"rrule": "FREQ=SECONDLY"}, "rrule"),
        ({"rrule": "FREQ=DAILY;UNTIL=20200101"}, "rrule"),
        ({"rrule": "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=31"}, "rrule"),
        ({"rrule": "FREQ=DAILY;COUNT=1", "exdates": ["2026-11-23"]}, "exdates"),
        ({"rrule": "FREQ=DAILY;COUNT=1", "calendars": ["-vn-lam"]}, "calendars"),
        ({"rrule": "FREQ=WEEKLY;BYDAY=SU", "last_day": TODAY}, "last_day"),
        ({"exdates": ["2026-02-30"]}, "exdates"),
        ({"rdates": ["mai"]}, "rdates"),
        ({"calendars": ["+99"]}, "calendars"),
        ({"lunar": "rằm"}, "lunar"),
        ({"level_cap_mdb": 1}, "level_cap_mdb"),
        ({"budget_ms": 24 * 3600 * 1000 + 1}, "budget_ms"),
    ],
)
def test_what_never_fires_or_meets_another_is_refused(
    session: Session, change: dict[str, Any], field: str
) -> None:
    station = make_station(session)
    beside(session, station, local_start="06:00")
    with pytest.raises(InvalidInputError) as caught:
        beside(session, station, **change)
    assert caught.value.field == field
    assert len(windows_of(session, [station.name])[station.name]) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"local_start": "06:15"},
        {"local_start": "06:00", "rrule": "FREQ=WEEKLY;BYDAY=SA"},
        {"local_start": "06:00", "rrule": "FREQ=DAILY", "calendars": ["-vn-lam"], "exdates": ["2026-11-24"]},
    ],
)
def test_windows_may_touch_or_share_a_time_on_other_days(session: Session, change: dict[str, Any]) -> None:
    station = make_station(session)
    beside(session, station, local_start="06:00", last_day=TODAY + timedelta(days=30))
    assert beside(session, station, last_day=TODAY + timedelta(days=30), **change).id


def test_a_lunar_window_is_kept(session: Session) -> None:
    window = beside(session, make_station(session), rrule="", lunar="1,15", calendars=["-vn"])
    assert (window.rrule, window.lunar, window.calendars) == ("", "1,15", ["-vn"])


def test_a_window_past_midnight_belongs_to_its_first_day(session: Session) -> None:
    station, open_all_night = make_station(session), replace(RULES, quiet=())
    late = beside(session, station, rules=open_all_night, local_start="23:50", rrule="FREQ=DAILY;COUNT=1")
    with pytest.raises(InvalidInputError, match="trùng"):
        beside(session, station, rules=open_all_night, local_start="00:00", rrule="FREQ=DAILY")
    end = TODAY + timedelta(days=2)
    [held] = broadcasts(late, start=TODAY, end=end, zone=RULES.zone, calendars=Calendars())
    assert (held.day, RULES.day_of(held.ends_at)) == (TODAY, TODAY + timedelta(days=1))


def test_days_left_out_are_kept_and_logged(session: Session) -> None:
    window = beside(session, make_station(session))
    set_exdates(session, window, ["2026-11-25", "2026-11-24"], rules=RULES, now=NOW, by="dai")
    assert get(session, window.id).exdates == ["2026-11-24", "2026-11-25"]
    query = select(Audit.action).where(Audit.subject == f"window:{window.id}").order_by(Audit.sequence)
    assert session.scalars(query).all() == ["window.create", "window.exdates"]


def test_an_unknown_window_is_told(session: Session) -> None:
    with pytest.raises(NotFoundError):
        get(session, 7)


def make_rule(session: Session, **more: Any) -> Rule:
    fields = {"valid_from": TODAY, "citation": "Quyết định mẫu", "by": "quan-tri", "now": NOW}
    return create_rule(session, **{**fields, **more})


def test_a_breach_is_refused_with_its_citation(session: Session) -> None:
    station = make_station(session)
    make_rule(session, kind="weekdays", value={"weekdays": "12345"}, unit_id=station.unit_id)
    assert beside(session, station).id
    with pytest.raises(InvalidInputError, match=r"28/11/2026.*Quyết định mẫu") as caught:
        beside(session, station, local_start="08:00", rrule="FREQ=DAILY")
    assert caught.value.field == "rrule"


def test_a_rehearsal_only_reports_where_the_window_says_so(session: Session) -> None:
    station, rehearsal = make_station(session), replace(RULES, rehearsal=True)
    rule = make_rule(session, kind="sessions_per_day", value={"most": 1})
    windows = [
        beside(session, station, rules=rehearsal, enforce_limits=False, local_start=f"0{hour}:00")
        for hour in (7, 8)
    ]
    law, end = load_law(session, rehearsal), TODAY + timedelta(days=2)
    found = breaches_of_windows(session, law, station, windows, start=TODAY, end=end)
    assert {breach.rule for breach in found} == {rule.id}


def test_stations_that_hear_each_other_take_turns(session: Session) -> None:
    first, second = make_station(session), make_station(session)
    make_rule(session, kind="never_together", value={"stations": [first.name, second.name]})
    beside(session, first)
    with pytest.raises(InvalidInputError, match=first.name):
        beside(session, second, local_start="17:10")
    assert beside(session, second, local_start="17:15").id


def daily(session: Session, station: Station, at: str, **more: Any) -> Window:
    fields: dict[str, Any] = {"title": at, "rrule": "FREQ=DAILY", "budget_ms": 900_000, "first_day": TODAY}
    return create_window(session, station, rules=RULES, now=NOW, local_start=at, **{**fields, **more})


def test_a_day_given_back_must_be_free(session: Session) -> None:
    station = make_station(session)
    window = daily(session, station, "10:00", exdates=["2026-11-25"])
    daily(session, station, "10:05", first_day=date(2026, 11, 25), last_day=date(2026, 11, 25))
    with pytest.raises(InvalidInputError, match="trùng với"):
        set_exdates(session, window, [], rules=RULES, now=NOW, by="dai")
    set_exdates(session, window, ["2026-11-25", "2026-11-26"], rules=RULES, now=NOW, by="dai")
    assert window.exdates == ["2026-11-25", "2026-11-26"]


def test_an_end_is_not_put_off_over_another_window(session: Session) -> None:
    station = make_station(session)
    window = daily(session, station, "17:00", last_day=TODAY)
    daily(session, station, "17:05", first_day=date(2026, 11, 24))
    with pytest.raises(InvalidInputError, match="trùng với"):
        end_window(session, window, last_day=date(2026, 11, 28), rules=RULES, now=NOW)
    assert window.last_day == TODAY


def test_a_calendar_is_laid_over_windows_that_run(session: Session) -> None:
    mourning = calendars.create_calendar(
        session, name="Quốc tang", source="-", kind="mourning", days={date(2026, 11, 25): ""}, by="-", now=NOW
    )
    station = make_station(session)
    morning = daily(session, station, "06:00")
    once = daily(session, station, "10:00", first_day=date(2026, 11, 25), last_day=date(2026, 11, 25))
    refused = lay_calendar(session, [morning, once], f"-{mourning.id}", rules=RULES, now=NOW, by="dai")
    assert (morning.calendars, refused, once.calendars) == ([f"-{mourning.id}"], [once], [])
    law = load_law(session, RULES)
    assert [one.day.day for one in coming(morning, law, start=TODAY, count=3)] == [23, 24, 26]
