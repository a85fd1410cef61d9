"""Orders: what is refused and why, and taking back."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content import bulletins
from content.contracts.airings import Level, State
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.audit import Audit
from content.models.people import User
from scheduler import orders
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.relay import RelaySource
from scheduler.models.rule import RuleException
from scheduler.orders import cancel_order, place_order, recall
from scheduler.planning import replan
from scheduler.rulebook import create_rule
from scheduler.wishes import Wish
from tests.scheduler.factories import (
    NOW,
    RULES,
    TODAY,
    Scene,
    add_revision,
    make_bulletin,
    make_scene,
    make_station,
    make_unit,
    make_user,
    make_window,
)

DAY = timedelta(days=1)


def make_ward(session: Session, **revision: Any) -> tuple[Wish, User]:
    """Make a ward with a station, a 15-minute window and an approved bulletin; return a wish that is fine."""
    unit = make_unit(session)
    make_window(session, make_station(session, unit=unit))
    bulletin = make_bulletin(session, unit, **revision)
    return Wish(bulletin.id, [unit.id], TODAY, TODAY + 4 * DAY), make_user(session)


def place(session: Session, wish: Wish, by: User) -> Order:
    return place_order(session, wish, by=by, rules=RULES, now=NOW)


def test_an_order_is_stored_as_wished(session: Session) -> None:
    wish, by = make_ward(session)
    order = place(session, replace(wish, weekdays=[5, 1, 3], times_per_day=2), by)
    assert (order.weekdays, order.times_per_day, order.level) == ("135", 2, "normal")
    assert [named.unit_id for named in order.units] == list(wish.unit_ids)


def test_fixed_times_count_themselves(session: Session) -> None:
    wish, by = make_ward(session)
    order = place(session, replace(wish, fixed_times=["17:00", "06:30"]), by)
    assert (order.fixed_times, order.times_per_day) == (["06:30", "17:00"], 2)


def test_an_order_is_audited(session: Session) -> None:
    wish, by = make_ward(session)
    order = place(session, wish, by)
    assert [(row.action, row.actor, row.subject) for row in session.scalars(select(Audit))] == [
        ("order.place", by.login, f"order:{order.id}")
    ]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit_ids": []}, "unit_ids"),
        ({"first_day": TODAY - DAY}, "first_day"),
        ({"last_day": TODAY - DAY}, "last_day"),
        ({"last_day": TODAY + 31 * DAY}, "last_day"),
        ({"last_day": TODAY + 400 * DAY}, "last_day"),
        ({"weekdays": []}, "weekdays"),
        ({"weekdays": [0]}, "weekdays"),
        ({"weekdays": [8]}, "weekdays"),
        ({"weekdays": [6, 7]}, "weekdays"),
        ({"times_per_day": 0}, "times_per_day"),
        ({"times_per_day": 7}, "times_per_day"),
        ({"fixed_times": ["25:00"]}, "fixed_times"),
        ({"fixed_times": ["6h"]}, "fixed_times"),
        ({"fixed_times": ["22:00"]}, "fixed_times"),
        ({"fixed_times": ["20:59"]}, "fixed_times"),
        ({"fixed_times": ["08:00", "09:00"]}, "fixed_times"),
        ({"fixed_times": [f"{hour:02}:00" for hour in range(7, 21, 2)]}, "fixed_times"),
        ({"level": "urgent"}, "level"),
        ({"level": "priority"}, "level"),
        ({"level": "emergency"}, "level"),
    ],
)
def test_what_is_wrong_is_named(session: Session, change: dict[str, Any], field: str) -> None:
    wish, by = make_ward(session, seconds=90)
    with pytest.raises(InvalidInputError) as caught:
        place(session, replace(wish, **change), by)
    assert caught.value.field == field
    assert session.scalars(select(Order)).all() == []


def test_an_order_does_not_name_thousands_of_units(session: Session) -> None:
    wish, by = make_ward(session)
    with pytest.raises(InvalidInputError, match="nhiều nhất 500 đơn vị") as caught:
        place(session, replace(wish, unit_ids=range(1, 10_001)), by)
    assert caught.value.field == "unit_ids"


@pytest.mark.parametrize(
    ("fixed", "seconds", "refused"),
    [("06:00", 600, False), ("10:00", 600, True), ("07:55", 600, True), ("07:50", 600, False)],
)
def test_a_relay_at_a_fixed_time_keeps_its_hours(
    session: Session, fixed: str, seconds: int, *, refused: bool
) -> None:
    wish, by = make_ward(session)
    fields: dict[str, Any] = {"url": "https://dai.example/1", "first_day": TODAY, "permitted_at": NOW}
    hours = {"local_from": "06:00", "local_to": "08:00", "created_by": by.id, "created_at": NOW}
    source = RelaySource(name="Đài Hà Nội", unit_id=wish.unit_ids[0], **hours, **fields)
    session.add(source)
    session.flush()
    asked = replace(wish, bulletin_id=None, source_id=source.id, seconds=seconds, fixed_times=[fixed])
    with pytest.raises(InvalidInputError, match="06:00–08:00") if refused else nullcontext():
        assert place(session, asked, by).fixed_times == [fixed]


@pytest.mark.parametrize(
    ("last_day", "most", "lifted", "refused"),
    [
        (None, None, False, False),
        (TODAY - DAY, None, False, True),
        (TODAY, None, False, False),
        (None, 5, False, True),
        (None, 12, False, False),
        (None, 5, True, False),
    ],
)
def test_a_clip_longer_than_what_is_left_of_every_window_is_refused(
    session: Session, last_day: date | None, most: int | None, *, lifted: bool, refused: bool
) -> None:
    """Ten minutes: the long window may be over, or bound by a rule unless an exception lifts it."""
    unit = make_unit(session)
    station = make_station(session, unit=unit)
    make_window(session, station, minutes=5)
    make_window(session, station, minutes=20, local_start="17:00", first_day=TODAY - DAY, last_day=last_day)
    wish = Wish(make_bulletin(session, unit, seconds=600).id, [unit.id], TODAY, TODAY)
    if most is not None:
        made: dict[str, Any] = {"valid_from": TODAY, "citation": "Quyết định 1", "by": "-", "now": NOW}
        rule = create_rule(session, kind="minutes_per_session", value={"most": most}, **made)
        if lifted:
            asked = {"reason": "-", "asked_by": make_user(session).id, "asked_at": NOW, "approved_at": NOW}
            where = {"unit_id": unit.id, "first_day": TODAY, "last_day": TODAY}
            session.add(RuleException(rule_id=rule.id, **where, **asked))
            session.flush()
    with pytest.raises(InvalidInputError, match="dài hơn mọi khung giờ") if refused else nullcontext():
        place(session, wish, make_user(session))


def test_validity_begins_with_its_first_day(session: Session) -> None:
    wish, by = make_ward(session, valid_from=TODAY + DAY)
    with pytest.raises(InvalidInputError, match="24/11/2026"):
        place(session, wish, by)


@pytest.mark.parametrize("state", ["draft", "submitted", "returned"])
def test_only_the_approved_is_ordered(session: Session, state: str) -> None:
    wish, by = make_ward(session)
    add_revision(session, bulletins.get(session, wish.bulletin_id or 0), state=state)
    with pytest.raises(InvalidInputError, match="duyệt"):
        place(session, wish, by)


def test_a_recalled_bulletin_is_not_ordered(session: Session) -> None:
    wish, by = make_ward(session)
    bulletins.get(session, wish.bulletin_id or 0).recalled_at = NOW
    with pytest.raises(InvalidInputError, match="thu hồi"):
        place(session, wish, by)


def test_a_unit_without_a_station_is_refused(session: Session) -> None:
    wish, by = make_ward(session)
    with pytest.raises(InvalidInputError, match="trạm"):
        place(session, replace(wish, unit_ids=[make_unit(session).id]), by)


def test_a_station_without_a_window_is_refused(session: Session) -> None:
    wish, by = make_ward(session)
    bare = make_station(session)
    with pytest.raises(InvalidInputError, match="khung giờ"):
        place(session, replace(wish, unit_ids=[bare.unit_id]), by)


def test_a_clip_longer_than_every_window_is_refused(session: Session) -> None:
    wish, by = make_ward(session, seconds=901)
    with pytest.raises(InvalidInputError, match="901 giây"):
        place(session, wish, by)


def test_a_lower_level_than_approved_may_be_ordered(session: Session) -> None:
    wish, by = make_ward(session, level="emergency")
    assert place(session, replace(wish, level="priority"), by).level == "priority"


@pytest.mark.parametrize(
    "change",
    [{"last_day": TODAY + DAY}, {"times_per_day": 2}, {"fixed_times": ["08:00"]}],
)
def test_an_emergency_is_for_now(session: Session, change: dict[str, Any]) -> None:
    wish, by = make_ward(session, level="emergency")
    now = replace(wish, last_day=TODAY)
    with pytest.raises(InvalidInputError):
        place(session, replace(now, **change), by)
    assert place(session, now, by).level == Level.EMERGENCY


def test_a_rehearsal_lets_fixed_times_into_the_night_where_a_window_says_so(session: Session) -> None:
    wish, by = make_ward(session)
    station = make_station(session)
    make_window(session, station, enforce_limits=False)
    night = replace(wish, unit_ids=[station.unit_id], fixed_times=["23:00"])
    order = place_order(session, night, by=by, rules=replace(RULES, rehearsal=True), now=NOW)
    assert order.fixed_times == ["23:00"]


def planned(session: Session, **order: Any) -> tuple[Scene, User]:
    scene = make_scene(session, last_day=TODAY + DAY, **order)
    replan(session, NOW, RULES)
    return scene, make_user(session)


def states(session: Session) -> list[tuple[str, bool]]:
    rows = session.scalars(select(Airing).order_by(Airing.due))
    return [(row.state, row.recalled_at is not None) for row in rows]


def release_first(session: Session) -> None:
    row = session.scalars(select(Airing).order_by(Airing.due)).first()
    assert row is not None
    row.state, row.rank = State.RELEASED, State.RELEASED.rank
    session.flush()


def test_cancelling_ends_what_is_planned_and_recalls_what_is_out(session: Session) -> None:
    scene, by = planned(session)
    release_first(session)
    withdrawn = cancel_order(session, scene.order, reason="đổi lịch", by=by, now=NOW)
    assert (withdrawn.cancelled, withdrawn.recalled) == (1, 1)
    assert states(session) == [("released", True), ("cancelled", False)]


def test_an_order_is_cancelled_once(session: Session) -> None:
    scene, by = planned(session)
    cancel_order(session, scene.order, reason="đổi lịch", by=by, now=NOW)
    with pytest.raises(ConflictError):
        cancel_order(session, scene.order, reason="đổi lịch", by=by, now=NOW)


def test_cancelling_needs_a_reason(session: Session) -> None:
    scene, by = planned(session)
    with pytest.raises(InvalidInputError) as caught:
        cancel_order(session, scene.order, reason="  ", by=by, now=NOW)
    assert caught.value.field == "reason"


def test_a_recall_reaches_every_airing_of_the_bulletin(session: Session) -> None:
    scene, _ = planned(session)
    release_first(session)
    withdrawn = recall(session, scene.bulletin.id, "có sai sót", NOW, by="van-phong")
    assert (withdrawn.cancelled, withdrawn.recalled) == (1, 1)
    assert scene.order.cancelled_at == NOW
    assert recall(session, scene.bulletin.id, "có sai sót", NOW).recalled == 0


def test_orders_of_a_bulletin(session: Session) -> None:
    scene, _ = planned(session)
    assert orders.orders_of(session, scene.bulletin.id) == [orders.get(session, scene.order.id)]
    with pytest.raises(NotFoundError):
        orders.get(session, 999)


def test_fixed_times_are_held_against_the_rules(session: Session) -> None:
    wish, by = make_ward(session)
    rule = create_rule(
        session,
        kind="sessions_per_day",
        value={"most": 1},
        valid_from=TODAY,
        citation="Quyết định mẫu",
        by="quan-tri",
        now=NOW,
    )
    assert place(session, replace(wish, fixed_times=["06:05"]), by).fixed_times == ["06:05"]
    with pytest.raises(InvalidInputError, match="Quyết định mẫu") as caught:
        place(session, replace(wish, fixed_times=["09:00"]), by)
    assert (caught.value.field, caught.value.facts["rule"]) == ("fixed_times", rule.id)
