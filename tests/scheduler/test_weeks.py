"""Weeks: what is approved goes out, what changes afterwards waits, emergencies do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content.contracts.manifest import open_manifest
from content.errors import ConflictError, ForbiddenError, InvalidInputError
from content.models.people import Grant, Role, User
from content.models.unit import Unit
from scheduler import manifests, planning, weeks
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.models.station import Station
from scheduler.models.week_plan import WeekPlan
from scheduler.models.window import Window
from scheduler.weeks import APPROVED, CHANGED, OPEN, SUBMITTED, Difference
from tests.scheduler.factories import (
    CENTRE,
    NOW,
    RULES,
    TERMS,
    TODAY,
    local,
    make_airing,
    make_bulletin,
    make_order,
    make_station,
    make_unit,
    make_user,
    make_window,
)

TOMORROW = TODAY + timedelta(days=1)
EARLY = local("06:00", TODAY + timedelta(days=1))


@dataclass
class Desk:
    """A ward whose weeks are approved, its station, and two people."""

    unit: Unit
    station: Station
    office: User
    leader: User


@pytest.fixture
def desk(session: Session) -> Desk:
    unit = make_unit(session, week_approval=True)
    people = []
    for role in (Role.OFFICE, Role.APPROVER):
        user = make_user(session)
        user.grants = [Grant(role=role, unit_id=unit.id)]
        people.append(user)
    session.flush()
    return Desk(unit, make_station(session, unit=unit), *people)


def plan(session: Session, desk: Desk, **more: Any) -> Airing:
    given = {"state": "planned", "released_generation": None, "starts_at": EARLY, **more}
    return make_airing(session, desk.station, **given)


def week(session: Session, desk: Desk) -> weeks.Week:
    return weeks.week_of(session, desk.unit, TODAY, RULES)


def submit(session: Session, desk: Desk, *, by: User | None = None, digest: str = "") -> None:
    seen = digest or week(session, desk).digest
    weeks.submit(session, desk.unit, TODAY, digest=seen, by=by or desk.office, rules=RULES, now=NOW)


def approve(
    session: Session, desk: Desk, *, by: User | None = None, digest: str = "", now: datetime = NOW
) -> None:
    seen = digest or week(session, desk).digest
    weeks.approve(session, desk.unit, TODAY, digest=seen, by=by or desk.leader, rules=RULES, now=now)


def release(session: Session) -> None:
    manifests.release(session, NOW, TERMS, key=CENTRE)


@pytest.mark.parametrize(
    ("approved", "now", "told"),
    [
        ({}, {}, ((), (), ())),
        ({"a": "1"}, {"a": "1"}, ((), (), ())),
        ({"a": "1"}, {"a": "2"}, ((), ("a",), ())),
        ({"a": "1"}, {"b": "1"}, (("b",), (), ("a",))),
    ],
)
def test_what_differs(approved: Mapping[str, str], now: Mapping[str, str], told: tuple[Any, ...]) -> None:
    found = weeks.compare(approved, now)
    assert found == Difference(*map(frozenset, told))
    assert bool(found) == any(told)


def test_a_digest_does_not_depend_on_the_order() -> None:
    assert weeks.week_digest({"a": "1", "b": "2"}) == weeks.week_digest({"b": "2", "a": "1"})
    assert weeks.week_digest({"a": "1"}) != weeks.week_digest({"a": "2"})


def test_nothing_goes_out_before_the_week_is_approved(session: Session, desk: Desk) -> None:
    row = plan(session, desk, starts_at=local("12:00"))
    release(session)
    assert row.state == "planned"
    submit(session, desk)
    release(session)
    assert (row.state, week(session, desk).state) == ("planned", SUBMITTED)
    approve(session, desk)
    release(session)
    session.refresh(row)
    assert (row.state, week(session, desk).state) == ("released", APPROVED)


def test_without_the_setting_everything_goes_out(session: Session, desk: Desk) -> None:
    desk.unit.week_approval = False
    assert weeks.may_release(session, plan(session, desk))


def test_an_emergency_is_exempt(session: Session, desk: Desk) -> None:
    assert weeks.may_release(session, plan(session, desk, level="emergency"))
    assert week(session, desk).rows == ()


def test_a_change_is_marked_and_waits_alone(session: Session, desk: Desk) -> None:
    kept, moved = plan(session, desk), plan(session, desk)
    submit(session, desk)
    approve(session, desk)
    moved.starts_at -= timedelta(hours=1)
    added = plan(session, desk)
    session.flush()
    assert week(session, desk).state == CHANGED
    held = weeks.approved_only(session, {"x": [kept, moved, added]})
    assert held == {"x": [kept]}
    submit(session, desk)
    approve(session, desk)
    assert weeks.may_release(session, moved)


def carried(session: Session, desk: Desk) -> list[Any]:
    row = manifests.current(session, desk.station.name)
    assert row is not None
    return [(item.id, item.starts_at) for item in open_manifest(row.payload, [CENTRE.public]).items]


def test_what_went_out_and_was_moved_or_reworded_waits_for_approval_again(
    session: Session, desk: Desk
) -> None:
    rows = [plan(session, desk, starts_at=EARLY + timedelta(hours=n)) for n in range(3)]
    submit(session, desk)
    approve(session, desk)
    release(session)
    for row in rows:
        session.refresh(row)
    later = [NOW + timedelta(minutes=n) for n in range(1, 5)]
    rows[0].starts_at += timedelta(minutes=5)
    rows[1].clip_sha256 = "b" * 64
    rows[0].updated_at = rows[1].updated_at = later[0]
    manifests.release(session, later[1], TERMS, key=CENTRE)
    assert carried(session, desk) == [(rows[2].id, rows[2].starts_at)]
    submit(session, desk)
    approve(session, desk, now=later[2])
    manifests.release(session, later[3], TERMS, key=CENTRE)
    assert len(carried(session, desk)) == 3


def test_what_is_called_back_is_never_held(session: Session, desk: Desk) -> None:
    row = plan(session, desk)
    submit(session, desk)
    approve(session, desk)
    row.starts_at, row.recalled_at = row.starts_at + timedelta(minutes=5), NOW
    assert weeks.held(session, [row]) == set()


def send_back(session: Session, desk: Desk, *, by: User | None = None, reason: str = "Thiếu bài.") -> None:
    digest = week(session, desk).digest
    by = by or desk.leader
    weeks.send_back(session, desk.unit, TODAY, digest=digest, reason=reason, by=by, rules=RULES, now=NOW)


def test_a_week_is_sent_back_with_a_reason_and_submitted_again(session: Session, desk: Desk) -> None:
    plan(session, desk)
    submit(session, desk)
    send_back(session, desk)
    found = week(session, desk)
    assert (found.state, weeks.waiting(session, [desk.unit.id])) == (OPEN, [])
    assert weeks.sent_back(session, found.plan or WeekPlan()) == (desk.leader.login, NOW, "Thiếu bài.")
    submit(session, desk)
    assert weeks.sent_back(session, found.plan or WeekPlan()) is None


def test_what_was_approved_before_stays_so_when_changes_are_sent_back(session: Session, desk: Desk) -> None:
    kept = plan(session, desk)
    submit(session, desk)
    approve(session, desk)
    added = plan(session, desk)
    submit(session, desk)
    send_back(session, desk)
    assert (week(session, desk).state, weeks.held(session, [kept, added])) == (CHANGED, {added.id})


def test_who_sends_back_and_when(session: Session, desk: Desk) -> None:
    plan(session, desk)
    with pytest.raises(ConflictError, match="chưa được trình"):
        send_back(session, desk)
    submit(session, desk)
    with pytest.raises(ForbiddenError):
        send_back(session, desk, by=desk.office)
    with pytest.raises(InvalidInputError, match="Lý do"):
        send_back(session, desk, reason=" ")


def test_what_was_taken_back_is_told(session: Session, desk: Desk) -> None:
    row = plan(session, desk)
    submit(session, desk)
    approve(session, desk)
    row.recalled_at = NOW
    session.flush()
    assert week(session, desk).difference.gone == {row.id}


def test_the_nearest_unit_with_the_setting_decides(session: Session, desk: Desk) -> None:
    cluster = make_unit(session, parent=desk.unit)
    station = make_station(session, unit=cluster)
    row = make_airing(session, station, state="planned", starts_at=EARLY)
    assert [one.id for one in week(session, desk).rows] == [row.id]
    cluster.week_approval = True
    session.flush()
    assert week(session, desk).rows == ()


def test_an_untouched_week_is_open(session: Session, desk: Desk) -> None:
    assert week(session, desk).state == OPEN
    with pytest.raises(InvalidInputError, match="chưa có lượt phát nào"):
        submit(session, desk)


def test_only_what_was_seen_is_submitted_and_approved(session: Session, desk: Desk) -> None:
    plan(session, desk)
    with pytest.raises(ConflictError, match="đã đổi từ lúc"):
        submit(session, desk, digest="x")
    with pytest.raises(ConflictError, match="chưa được trình duyệt"):
        approve(session, desk)
    submit(session, desk)
    with pytest.raises(ConflictError, match="đã đổi từ lúc"):
        approve(session, desk, digest="x")


def test_who_may(session: Session, desk: Desk) -> None:
    plan(session, desk)
    with pytest.raises(ForbiddenError):
        submit(session, desk, by=desk.leader)
    submit(session, desk)
    with pytest.raises(ForbiddenError):
        approve(session, desk, by=desk.office)


def test_nobody_approves_his_own_unless_the_unit_says_so(session: Session, desk: Desk) -> None:
    plan(session, desk)
    desk.leader.grants.append(Grant(role=Role.OFFICE, unit_id=desk.unit.id))
    session.flush()
    submit(session, desk, by=desk.leader)
    with pytest.raises(ForbiddenError, match="không tự duyệt"):
        approve(session, desk)
    desk.unit.self_approval = True
    approve(session, desk)
    assert week(session, desk).state == APPROVED


def test_an_approved_week_is_not_submitted_again(session: Session, desk: Desk) -> None:
    plan(session, desk)
    submit(session, desk)
    assert [one.unit_id for one in weeks.waiting(session, [desk.unit.id])] == [desk.unit.id]
    approve(session, desk)
    with pytest.raises(ConflictError, match="chưa có gì đổi"):
        submit(session, desk)
    assert weeks.waiting(session, [desk.unit.id]) == []


@pytest.mark.parametrize("today", range(7))
def test_next_week_is_planned_whole_whatever_the_day(session: Session, desk: Desk, today: int) -> None:
    make_window(session, desk.station)
    make_order(session, make_bulletin(session, desk.unit), [desk.unit.id], last_day=TODAY + timedelta(30))
    planning.plan(session, NOW + timedelta(days=today), RULES)
    coming = weeks.week_of(session, desk.unit, TODAY + weeks.WEEK, RULES)
    assert len(coming.rows) == 7


def test_who_needs_no_approval_is_planned_as_far_as_ever(session: Session, desk: Desk) -> None:
    other = make_station(session)
    make_window(session, other)
    make_order(session, make_bulletin(session, other.unit), [other.unit_id], last_day=TODAY + timedelta(30))
    assert planning.plan(session, NOW, RULES).created == RULES.horizon_days


@pytest.fixture
def released(session: Session, desk: Desk) -> Airing:
    """Return what went out with its week, and let an approved priority want its place."""
    make_window(session, desk.station, minutes=2)
    make_order(session, make_bulletin(session, desk.unit, seconds=100), [desk.unit.id], last_day=TOMORROW)
    session.execute(update(Order).values(first_day=TOMORROW))
    planning.plan(session, NOW, RULES)
    row = session.scalars(select(Airing)).one()
    submit(session, desk)
    approve(session, desk)
    release(session)
    session.refresh(row)
    return row


def test_what_went_out_is_not_moved_without_the_approver(
    session: Session, desk: Desk, released: Airing
) -> None:
    bulletin = make_bulletin(session, desk.unit, seconds=100, level="priority")
    make_order(session, bulletin, [desk.unit.id], first_day=TOMORROW, last_day=TOMORROW, level="priority")
    done = planning.plan(session, NOW, RULES, full=True)
    assert (done.written, [left.reason for left in done.unplaced]) == (0, ["no_room"])


def test_what_lost_its_broadcast_is_taken_back_and_owed_anew(
    session: Session, desk: Desk, released: Airing
) -> None:
    session.execute(update(Window).values(local_start="07:00"))
    assert planning.plan(session, NOW, RULES, full=True).recalled == 1
    planning.plan(session, NOW, RULES, full=True)
    session.refresh(released)
    anew = session.scalars(select(Airing).where(Airing.n == 2)).one()
    assert (released.recalled_at, weeks.may_release(session, anew)) == (NOW, False)


def test_what_is_owed_no_longer_is_taken_back(session: Session, desk: Desk, released: Airing) -> None:
    session.execute(update(Order).values(weekdays="1"))
    assert planning.plan(session, NOW, RULES, full=True).recalled == 1
