"""Weeks: what is approved goes out, what changes afterwards waits, emergencies do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from content.contracts.manifest import Quiet
from content.errors import ConflictError, ForbiddenError, InvalidInputError
from content.models.people import Grant, Role, User
from content.models.unit import Unit
from scheduler import manifests, weeks
from scheduler.models.airing import Airing
from scheduler.models.station import Station
from scheduler.weeks import APPROVED, CHANGED, OPEN, SUBMITTED, Difference
from tests.scheduler.factories import (
    CENTRE,
    NOW,
    RULES,
    TODAY,
    local,
    make_airing,
    make_station,
    make_unit,
    make_user,
)

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


def approve(session: Session, desk: Desk, *, by: User | None = None, digest: str = "") -> None:
    seen = digest or week(session, desk).digest
    weeks.approve(session, desk.unit, TODAY, digest=seen, by=by or desk.leader, rules=RULES, now=NOW)


def release(session: Session) -> None:
    quiet = (Quiet("21:00", "06:00"),)
    zone = RULES.zone.key
    manifests.release(session, NOW, key=CENTRE, mode="production", time_zone=zone, quiet=quiet)


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
