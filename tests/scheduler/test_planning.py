"""Planning: what is owed is planned once, follows its order and approval, and is written only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.contracts.airings import Reason, State, order_airing_id
from content.settings import Settings
from scheduler.models.airing import Airing, AiringChange
from scheduler.models.rule import Rule
from scheduler.planning import plan, replan
from scheduler.rules import Rules
from tests.postgres import BOTH
from tests.scheduler.factories import (
    NOW,
    RULES,
    TODAY,
    add_revision,
    local,
    make_bulletin,
    make_order,
    make_scene,
    make_station,
    make_unit,
    make_window,
)

DAY = timedelta(days=1)


def airings(session: Session) -> list[Airing]:
    return list(session.scalars(select(Airing).order_by(Airing.starts_at, Airing.id)))


def test_an_order_becomes_airings_on_each_of_its_days(session: Session) -> None:
    scene = make_scene(session, last_day=TODAY + 2 * DAY)
    result = replan(session, NOW, RULES)
    assert result.created == 3
    assert [row.id for row in airings(session)] == [
        order_airing_id(scene.order.id, scene.station.name, TODAY + n * DAY, 1) for n in range(3)
    ]


def test_an_airing_carries_its_ticket(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    [row] = airings(session)
    approval = scene.bulletin.latest.approval
    assert approval is not None
    assert (row.approval_id, row.clip_sha256, row.clip_bytes) == (
        approval.id,
        approval.clip_sha256,
        approval.bytes,
    )
    assert (row.starts_at, row.window_id, row.programme) == (local("06:00"), scene.window.id, "03")


@BOTH
def test_a_second_run_writes_nothing(session: Session) -> None:
    make_scene(session, last_day=TODAY + 20 * DAY, times_per_day=2)
    replan(session, NOW, RULES)
    assert replan(session, NOW, RULES).written == 0
    assert replan(session, NOW + timedelta(minutes=1), RULES).written == 0


def test_a_station_that_joins_later_is_owed_too(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    newcomer = make_station(session, unit=scene.unit)
    make_window(session, newcomer)
    assert replan(session, NOW, RULES).created == 1


def test_only_the_named_station_is_planned_by_force_the_others_keep_their_turn(session: Session) -> None:
    first, second = make_scene(session), make_scene(session)
    assert replan(session, NOW, RULES, only=[first.station.name]).created == 1
    assert [row.station for row in airings(session)] == [first.station.name]
    plan(session, NOW, RULES)
    assert {row.station for row in airings(session)} == {first.station.name, second.station.name}


def test_an_order_reaches_everything_below_its_unit(session: Session) -> None:
    city = make_unit(session, kind="city")
    wards = [make_unit(session, parent=city) for _ in range(3)]
    for ward in wards:
        make_window(session, make_station(session, unit=ward))
    make_order(session, make_bulletin(session, city), [city.id])
    assert replan(session, NOW, RULES).created == 3


def test_a_merged_unit_is_followed_to_its_successor(session: Session) -> None:
    scene = make_scene(session, last_day=TODAY + DAY)
    heir = make_unit(session)
    make_window(session, make_station(session, "tram-moi", unit=heir))
    scene.unit.valid_to, scene.unit.successor_id = TODAY + DAY, heir.id
    replan(session, NOW, RULES)
    told = [(row.station, row.due) for row in airings(session)]
    mine = scene.station.name
    assert sorted(told) == sorted([(mine, TODAY), (mine, TODAY + DAY), ("tram-moi", TODAY + DAY)])


def test_a_merged_unit_s_station_is_its_successor_s(session: Session) -> None:
    scene = make_scene(session, last_day=TODAY + DAY)
    heir = make_unit(session)
    scene.unit.valid_to, scene.unit.successor_id = TODAY + DAY, heir.id
    make_order(session, make_bulletin(session, heir), [heir.id], last_day=TODAY + DAY)
    replan(session, NOW, RULES)
    assert [(row.order_id, row.due) for row in airings(session)] == [
        (1, TODAY),
        (1, TODAY + DAY),
        (2, TODAY + DAY),
    ]


def test_rules_of_the_successor_hold_from_the_merger_on(session: Session) -> None:
    scene = make_scene(session, last_day=TODAY + DAY)
    heir = make_unit(session)
    scene.unit.valid_to, scene.unit.successor_id = TODAY + DAY, heir.id
    fields = {"valid_from": TODAY - DAY, "citation": "-", "created_by": "-", "created_at": NOW}
    for unit, mdb in ((scene.unit, -1000), (heir, -2000)):
        session.add(Rule(kind="level_cap", value={"mdb": mdb}, unit_id=unit.id, **fields))
    session.flush()
    replan(session, NOW, RULES)
    assert [row.gain_mdb for row in airings(session)] == [-1000, -2000]


def test_a_retired_station_is_owed_nothing(session: Session) -> None:
    scene = make_scene(session)
    scene.station.retired_at = NOW
    assert replan(session, NOW, RULES).created == 0


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_what_is_not_approved_is_not_planned(session: Session, state: str) -> None:
    scene = make_scene(session)
    add_revision(session, scene.bulletin, state=state)
    assert replan(session, NOW, RULES).created == 0


def test_validity_bounds_what_is_planned(session: Session) -> None:
    scene = make_scene(session, last_day=TODAY + 5 * DAY)
    scene.bulletin.latest.valid_to = TODAY + DAY
    assert replan(session, NOW, RULES).created == 2


def test_an_edit_cancels_what_was_not_released(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    add_revision(session, scene.bulletin, state="draft")
    result = replan(session, NOW, RULES)
    [row] = airings(session)
    assert (result.cancelled, row.state, row.reason) == (1, State.CANCELLED, Reason.RECALLED)


def test_a_new_wording_is_owed_under_the_next_number(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    fresh = add_revision(session, scene.bulletin)
    replan(session, NOW, RULES)
    assert [(row.n, row.state, row.revision_id == fresh.id) for row in sorted(airings(session), key=_n)] == [
        (1, State.CANCELLED, False),
        (2, State.PLANNED, True),
    ]
    assert replan(session, NOW, RULES).written == 0


def _n(row: Airing) -> int:
    return row.n or 0


def test_an_edit_recalls_what_was_released(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    _release(session)
    add_revision(session, scene.bulletin, state="draft")
    result = replan(session, NOW, RULES)
    [row] = airings(session)
    assert (result.recalled, row.state, row.recalled_at) == (1, State.RELEASED, NOW)


def test_a_recalled_airing_is_recalled_once(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    _release(session)
    add_revision(session, scene.bulletin, state="draft")
    replan(session, NOW, RULES)
    assert replan(session, NOW, RULES).written == 0


def _release(session: Session) -> None:
    for row in airings(session):
        row.state, row.rank, row.released_generation = State.RELEASED, 1, 1
    session.flush()


def test_a_cancelled_order_ends_its_airings(session: Session) -> None:
    scene = make_scene(session, last_day=TODAY + DAY)
    replan(session, NOW, RULES)
    scene.order.cancelled_at = NOW
    assert replan(session, NOW, RULES).cancelled == 2


def test_a_priority_order_takes_the_first_place_and_the_other_keeps_its_name(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    [before] = airings(session)
    pressing = make_bulletin(session, scene.unit, level="priority")
    make_order(session, pressing, [scene.unit.id], level="priority")
    result = replan(session, NOW, RULES)
    [first, second] = airings(session)
    assert (result.created, result.moved) == (1, 1)
    assert (first.level, second.id, second.starts_at) == ("priority", before.id, local("06:01:01"))


def test_a_move_is_written_down(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    scene.window.local_start = "07:00"
    replan(session, NOW, RULES)
    [change] = session.scalars(select(AiringChange))
    assert (change.state, change.starts_at) == (State.PLANNED, local("07:00"))


@pytest.mark.parametrize(("minutes", "moved"), [(57, 1), (58.5, 0)])
def test_a_released_airing_is_locked_in_two_minutes_before(
    session: Session, minutes: float, moved: int
) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    _release(session)
    scene.window.local_start = "07:00"
    assert replan(session, NOW + timedelta(minutes=minutes), RULES).moved == moved


def test_what_loses_its_place_for_good_is_cancelled(session: Session) -> None:
    scene = make_scene(session, minutes=2, seconds=90)
    replan(session, NOW, RULES)
    pressing = make_bulletin(session, scene.unit, level="priority", seconds=90)
    make_order(session, pressing, [scene.unit.id], level="priority")
    result = replan(session, NOW, RULES)
    assert (result.created, result.cancelled, len(result.unplaced)) == (1, 1, 1)
    assert replan(session, NOW, RULES).written == 0


def test_an_order_that_came_after_the_last_broadcast_owes_nothing_for_today(session: Session) -> None:
    scene = make_scene(session, last_day=TODAY + DAY)
    scene.order.created_at = later = local("09:00")
    replan(session, later, RULES)
    assert [row.due for row in airings(session)] == [TODAY + DAY]


def test_what_a_dead_scheduler_did_not_plan_is_made_up_the_next_day(session: Session) -> None:
    make_scene(session, last_day=TODAY + DAY, times_per_day=2)
    replan(session, local("09:00"), RULES)
    assert [(row.due, row.n) for row in airings(session)] == [(TODAY, 1)]


def test_an_emergency_is_planned_at_once_and_only_once(session: Session) -> None:
    scene = make_scene(session, level="emergency")
    scene.order.created_at = night = local("02:00")
    replan(session, night, RULES)
    [row] = airings(session)
    assert row.starts_at == night
    assert replan(session, night + timedelta(seconds=5), RULES).written == 0


def test_an_emergency_of_long_ago_is_not_planned(session: Session) -> None:
    make_scene(session, level="emergency")
    assert replan(session, NOW + timedelta(hours=2), RULES).created == 0


def test_fixed_times_become_airings_at_those_times(session: Session) -> None:
    make_scene(session, fixed_times=["06:05", "17:30"], times_per_day=2)
    replan(session, NOW, RULES)
    assert [(row.n, row.starts_at) for row in airings(session)] == [
        (1, local("06:05")),
        (2, local("17:30")),
    ]


def test_a_hearing_has_one_row_whatever_is_inserted(session: Session) -> None:
    make_scene(session, last_day=TODAY + 6 * DAY, times_per_day=1)
    replan(session, NOW, RULES)
    doubles = select(Airing.order_id).group_by(Airing.order_id, Airing.station, Airing.due, Airing.n)
    assert session.scalars(doubles.having(func.count() > 1)).all() == []


@pytest.mark.parametrize(("rehearsal", "created"), [(True, 1), (False, 0)])
def test_only_a_rehearsal_plans_at_night_where_a_window_says_so(
    session: Session, rehearsal: bool, created: int
) -> None:
    scene = make_scene(session)
    scene.window.local_start, scene.window.enforce_limits = "23:00", False
    assert replan(session, NOW, replace(RULES, rehearsal=rehearsal)).created == created


def test_rules_come_from_the_settings() -> None:
    settings = Settings(mode="rehearsal", quiet_start="22:00", horizon_days=9)
    rules = Rules.of(settings)
    assert (rules.rehearsal, rules.quiet[0].start, rules.horizon_days) == (True, "22:00", 9)
    assert (rules.slack, rules.repeat, rules.lock_in) == (
        timedelta(seconds=120),
        timedelta(hours=3),
        timedelta(minutes=2),
    )
