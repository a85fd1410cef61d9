"""What the planner makes of each rule and policy: silences, loudness, neighbours, fixed times."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content.contracts.manifest import open_manifest
from content.errors import InvalidInputError
from content.models.unit import Unit
from scheduler import manifests, orders, windows
from scheduler.draft import Gains
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.plan import Unplaced
from scheduler.models.rule import Rule
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.planning import plan, replan
from scheduler.rules import Rules
from scheduler.wishes import Wish
from tests.scheduler.factories import (
    CENTRE,
    NOW,
    RULES,
    TERMS,
    TODAY,
    ZONE,
    local,
    make_bulletin,
    make_order,
    make_station,
    make_unit,
    make_user,
    make_window,
)

CITATION = "Quyết định số 1"


@pytest.fixture
def ward(session: Session) -> Unit:
    unit = make_unit(session)
    make_window(session, make_station(session, "loa", unit=unit))
    return unit


def rule(session: Session, kind: str, value: dict[str, Any], **more: Any) -> Rule:
    fields = {"valid_from": date(2020, 1, 1), "citation": CITATION, "created_by": "-", "created_at": NOW}
    made = Rule(kind=kind, value=value, **{**fields, **more})
    session.add(made)
    session.flush()
    return made


def order(session: Session, ward: Unit, seconds: int = 60, **more: Any) -> Order:
    return make_order(session, make_bulletin(session, ward, seconds=seconds), [ward.id], **more)


def asked(session: Session, unit: Unit, *times: str, seconds: int = 60) -> Order:
    """Place an order at fixed times as a person does."""
    wish = Wish(make_bulletin(session, unit, seconds=seconds).id, [unit.id], TODAY, TODAY, fixed_times=times)
    return orders.place_order(session, wish, by=make_user(session), rules=RULES, now=NOW)


def refusal(refused: bool) -> AbstractContextManager[object]:
    return pytest.raises(InvalidInputError, match=CITATION) if refused else nullcontext()


def rows(session: Session, rules: Rules = RULES) -> list[Airing]:
    replan(session, NOW, rules)
    return list(session.scalars(select(Airing).order_by(Airing.starts_at, Airing.station)))


def starts(session: Session, rules: Rules = RULES) -> list[str]:
    return [f"{row.starts_at.astimezone(ZONE):%H:%M:%S}" for row in rows(session, rules)]


SILENCES = [
    ("quiet", {"start": "06:00", "end": "06:05"}, ["06:05:00"]),
    ("quiet", {"start": "06:00", "end": "06:15"}, []),
    ("sensitive", {"spans": [{"start": "05:30", "end": "06:10"}], "weekdays": "1234567"}, ["06:10:00"]),
    ("sensitive", {"spans": [{"start": "05:30", "end": "06:10"}], "weekdays": "67"}, ["06:00:00"]),
    ("sensitive", {"spans": [{"start": "06:01", "end": "07:00"}], "weekdays": "1"}, ["06:00:00"]),
    ("sensitive", {"spans": [{"start": "06:00", "end": "06:15"}], "weekdays": "1"}, []),
]


@pytest.mark.parametrize(("kind", "value", "placed"), SILENCES)
def test_nothing_lies_in_a_silence(
    session: Session, ward: Unit, kind: str, value: dict[str, Any], placed: list[str]
) -> None:
    rule(session, kind, value)
    order(session, ward)
    assert starts(session) == placed


def test_a_late_start_ends_before_the_silence(session: Session, ward: Unit) -> None:
    rule(session, "sensitive", {"spans": [{"start": "06:02", "end": "07:00"}]})
    order(session, ward)
    assert [row.not_after for row in rows(session)] == [local("06:01")]


CAPS: list[tuple[int | None, list[tuple[str, dict[str, Any]]], int]] = [
    (None, [], 0),
    (-4000, [], -4000),
    (None, [("level_cap", {"mdb": -6000})], -6000),
    (-4000, [("level_cap", {"mdb": -6000})], -6000),
    (-9000, [("level_cap", {"mdb": -6000})], -9000),
    (None, [("sensitive", {"spans": [], "level_cap_mdb": -3000})], -3000),
    (-1000, [("sensitive", {"spans": [], "level_cap_mdb": -3000}), ("level_cap", {"mdb": -2000})], -3000),
]


@pytest.mark.parametrize(("own", "rules", "gain"), CAPS)
def test_an_airing_is_as_loud_as_window_and_rules_allow(
    session: Session, ward: Unit, own: int | None, rules: list[tuple[str, dict[str, Any]]], gain: int
) -> None:
    session.execute(update(Window).values(level_cap_mdb=own))
    for kind, value in rules:
        rule(session, kind, value)
    order(session, ward)
    assert [row.gain_mdb for row in rows(session)] == [gain]


def test_a_cap_made_later_reaches_what_is_planned(session: Session, ward: Unit) -> None:
    order(session, ward)
    assert [row.gain_mdb for row in rows(session)] == [0]
    rule(session, "level_cap", {"mdb": -6000})
    assert (replan(session, NOW, RULES).moved, [row.gain_mdb for row in rows(session)]) == (1, [-6000])


def test_outside_of_broadcasts_the_rules_bound_it_an_emergency_never(session: Session, ward: Unit) -> None:
    session.execute(update(Window).values(level_cap_mdb=-9000))
    rule(session, "level_cap", {"mdb": -6000})
    order(session, ward, fixed_times=["09:00"])
    order(session, ward, level="emergency")
    assert {row.level: row.gain_mdb for row in rows(session)} == {"normal": -6000, "emergency": 0}


@pytest.mark.parametrize("policy", ["resume", "restart", "drop"])
def test_the_station_is_told_how_loud_and_what_after_a_cut(session: Session, ward: Unit, policy: Any) -> None:
    rule(session, "level_cap", {"mdb": -6000})
    order(session, ward)
    plan(session, NOW, RULES)
    manifests.release(session, NOW, replace(TERMS, after_preempt=policy), key=CENTRE)
    signed = manifests.current(session, "loa")
    assert signed is not None
    [item] = open_manifest(signed.payload, [CENTRE.public]).items
    assert (item.gain_mdb, item.after_preempt) == (-6000, policy)


@pytest.mark.parametrize(("most", "gain"), [(0, -6000), (-3000, -6000), (-9000, -9000)])
def test_a_level_is_as_loud_as_settings_and_rules_both_allow(
    session: Session, ward: Unit, most: int, gain: int
) -> None:
    rule(session, "level_cap", {"mdb": -6000})
    order(session, ward)
    plan(session, NOW, RULES)
    manifests.release(session, NOW, TERMS, key=CENTRE)
    manifests.release(session, NOW, replace(TERMS, gains=Gains(normal_mdb=most)), key=CENTRE)
    signed = manifests.current(session, "loa")
    assert signed is not None
    [item] = open_manifest(signed.payload, [CENTRE.public]).items
    assert (item.gain_mdb, signed.generation) == (gain, 1 if gain == -6000 else 2)


def test_an_emergency_is_never_turned_down() -> None:
    gains = Gains(normal_mdb=-9000, priority_mdb=-3000)
    assert [gains.at_most(level) for level in ("normal", "priority", "emergency")] == [-9000, -3000, 0]


@pytest.fixture
def pair(session: Session) -> list[Station]:
    """Two stations that hear each other, under one city: a from 17:00, b from 17:15, 15 minutes each."""
    city = make_unit(session, kind="city")
    found = [make_station(session, name, unit=make_unit(session, parent=city)) for name in "ab"]
    rule(session, "never_together", {"stations": ["a", "b"]})
    return found


def both(session: Session, pair: list[Station], first: str, second: str) -> Unit:
    for station, start in zip(pair, (first, second), strict=True):
        make_window(session, station, local_start=start)
    city = session.get(Unit, pair[0].unit.parent_id)
    assert city is not None
    return city


def test_two_that_hear_each_other_wait_even_when_late(session: Session, pair: list[Station]) -> None:
    city = both(session, pair, "17:00", "17:10")
    for _ in range(3):
        order(session, city, seconds=300)
    found = rows(session)
    first = [row for row in found if row.station == "a"]
    then = [row for row in found if row.station == "b"]
    lasts = [row.not_after + timedelta(milliseconds=row.duration_ms) for row in first]
    assert (len(first), len(then)) == (2, 1)
    assert max(lasts) <= local("17:15") <= min(row.starts_at for row in then)


def test_one_order_at_one_time_for_both_is_refused(session: Session, pair: list[Station]) -> None:
    city = both(session, pair, "17:00", "17:15")
    with pytest.raises(InvalidInputError, match=CITATION) as refused:
        asked(session, city, "10:00")
    assert refused.value.field == "fixed_times"


@pytest.mark.parametrize(("at", "refused"), [("10:00", True), ("10:05", True), ("10:15", False)])
def test_a_time_claimed_at_the_neighbour_is_refused(
    session: Session, pair: list[Station], at: str, refused: bool
) -> None:
    both(session, pair, "17:00", "17:15")
    asked(session, pair[0].unit, "10:00", seconds=600)
    with refusal(refused):
        asked(session, pair[1].unit, at)


def test_a_fixed_time_silences_the_neighbours_broadcast(session: Session, pair: list[Station]) -> None:
    city = both(session, pair, "17:30", "17:00")
    make_order(session, make_bulletin(session, city), [pair[0].unit_id], fixed_times=["17:00"])
    order(session, city)
    at = {row.starts_at for row in rows(session) if row.station == "b"}
    assert at == {local("17:03")}


def test_a_changed_window_is_told_to_the_neighbour(session: Session, pair: list[Station]) -> None:
    city = both(session, pair, "18:00", "17:00")
    order(session, city)
    plan(session, NOW, RULES)
    make: dict[str, Any] = {
        "title": "Sớm",
        "local_start": "16:40",
        "budget_ms": 900_000,
        "rrule": "FREQ=DAILY",
    }
    windows.create_window(session, pair[0], rules=RULES, now=NOW, first_day=TODAY + timedelta(days=1), **make)
    assert plan(session, NOW, RULES).stations == 2


@pytest.fixture
def short(session: Session, ward: Unit) -> Unit:
    """Return the ward, its broadcast five minutes long."""
    session.execute(update(Window).values(budget_ms=300_000))
    return ward


SESSIONS = [
    ("sessions_per_day", {"most": 2}, ["09:00", "12:00"], True),
    ("sessions_per_day", {"most": 3}, ["09:00", "12:00"], False),
    ("sessions_per_day", {"most": 2}, ["09:00", "09:00"], False),
    ("sessions_per_day", {"most": 2}, ["09:00", "06:00"], False),
    ("minutes_per_day", {"most": 10}, ["09:00", "12:00"], True),
    ("minutes_per_day", {"most": 15}, ["09:00", "12:00"], False),
    ("minutes_per_session", {"most": 9}, ["09:00", "09:00"], True),
    ("weekdays", {"weekdays": "67"}, ["09:00"], True),
]


@pytest.mark.parametrize(("kind", "value", "times", "refused"), SESSIONS)
def test_sessions_count_across_orders(
    session: Session, short: Unit, kind: str, value: dict[str, Any], times: list[str], refused: bool
) -> None:
    rule(session, kind, value)
    with refusal(refused):
        for at in times:
            asked(session, short, at, seconds=300)


@pytest.mark.parametrize(("kind", "value", "times", "refused"), SESSIONS)
def test_the_planner_holds_what_a_rule_made_later_says(
    session: Session, short: Unit, kind: str, value: dict[str, Any], times: list[str], refused: bool
) -> None:
    for at in times:
        order(session, short, 300, fixed_times=[at])
    rule(session, kind, value)
    placed = len(rows(session))
    left = set(session.scalars(select(Unplaced.reason)))
    assert (placed < len(times), left == {"over_rule"}) == (refused, refused)


def test_a_window_counts_the_fixed_times_that_stand(session: Session, ward: Unit) -> None:
    rule(session, "sessions_per_day", {"most": 2})
    asked(session, ward, "09:00")
    make: dict[str, Any] = {
        "title": "Chiều",
        "local_start": "17:00",
        "budget_ms": 900_000,
        "rrule": "FREQ=DAILY",
    }
    station = session.get_one(Station, "loa")
    with pytest.raises(InvalidInputError, match="3 buổi phát"):
        windows.create_window(session, station, rules=RULES, now=NOW, first_day=TODAY, **make)


CLASHES: list[tuple[str, list[str]]] = [
    # One minute at 06:03; then clips of two minutes, in a broadcast of five minutes at 06:00 and at 12:00.
    ("move", ["06:00:00", "06:03:00", "12:00:00", "12:02:01"]),
    ("before", ["06:00:00", "06:03:00", "12:00:00", "12:02:01"]),
]


@pytest.mark.parametrize(("policy", "at"), CLASHES)
def test_what_runs_into_a_fixed_time_has_its_place_elsewhere(
    session: Session, ward: Unit, policy: Any, at: list[str]
) -> None:
    session.execute(update(Window).values(budget_ms=300_000))
    make_window(session, session.get_one(Station, "loa"), minutes=5, local_start="12:00")
    order(session, ward, fixed_times=["06:03"])
    for _ in range(3):
        order(session, ward, 120)
    assert starts(session, replace(RULES, fixed_clash=policy)) == at


@pytest.mark.parametrize(("policy", "second"), [("move", "06:04:01"), ("before", "12:00:00")])
def test_by_policy_it_waits_for_a_place_before_one(
    session: Session, ward: Unit, policy: Any, second: str
) -> None:
    make_window(session, session.get_one(Station, "loa"), minutes=5, local_start="12:00")
    order(session, ward, fixed_times=["06:03"])
    order(session, ward, 120)
    order(session, ward, 120)
    assert starts(session, replace(RULES, fixed_clash=policy)) == ["06:00:00", "06:03:00", second]


def test_no_policy_leaves_room_unused(session: Session, ward: Unit) -> None:
    order(session, ward, fixed_times=["06:05"])
    for _ in range(6):
        order(session, ward, 120)
    assert len(starts(session, replace(RULES, fixed_clash="before"))) == 7
