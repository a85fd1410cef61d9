"""Exceptions: asked for by one, approved by another, used by one window, and reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from content.models.audit import Audit
from content.models.people import Grant, Role, User
from content.models.unit import Unit
from scheduler import exceptions
from scheduler.models.rule import Rule, RuleException
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.rulebook import create_rule
from scheduler.windows import create_window
from tests.scheduler.factories import NOW, RULES, TODAY, make_station, make_unit, make_user

WEEK = timedelta(days=6)


@dataclass
class Office:
    unit: Unit
    station: Station
    rule: Rule
    clerk: User
    leader: User


@pytest.fixture
def office(session: Session) -> Office:
    unit = make_unit(session)
    rule = create_rule(
        session,
        kind="minutes_per_session",
        value={"most": 10},
        valid_from=TODAY,
        citation="Quyết định mẫu",
        by="quan-tri",
        now=NOW,
    )
    clerk, leader = make_user(session), make_user(session)
    for person, role in ((clerk, Role.OFFICE), (leader, Role.APPROVER), (leader, Role.OFFICE)):
        session.add(Grant(user_id=person.id, role=role, unit_id=unit.id))
    session.flush()
    session.refresh(clerk)
    session.refresh(leader)
    return Office(unit, make_station(session, unit=unit), rule, clerk, leader)


def ask(session: Session, office: Office, **change: Any) -> RuleException:
    span = {"unit_id": office.unit.id, "first_day": TODAY, "last_day": TODAY + WEEK, "reason": "lễ hội"}
    given: dict[str, Any] = {"by": office.clerk, "now": NOW, **span, **change}
    return exceptions.ask(session, given.pop("rule", office.rule), **given)


def window(session: Session, office: Office, last_day: date = TODAY + WEEK) -> Window:
    wish: dict[str, Any] = {"title": "Sáng", "rrule": "FREQ=DAILY", "budget_ms": 900_000, "first_day": TODAY}
    place: dict[str, Any] = {"local_start": "07:00" if last_day == TODAY else "06:30", "last_day": last_day}
    return create_window(session, office.station, rules=RULES, now=NOW, **wish, **place)


def test_without_an_exception_the_window_is_refused(session: Session, office: Office) -> None:
    ask(session, office)
    with pytest.raises(InvalidInputError, match="Quyết định mẫu") as caught:
        window(session, office)
    assert (caught.value.field, caught.value.facts["rule"]) == ("budget_ms", office.rule.id)


def test_an_approved_one_lets_one_window_pass(session: Session, office: Office) -> None:
    asked = ask(session, office)
    exceptions.approve(session, asked, by=office.leader, now=NOW)
    assert asked.window_id is None
    assert window(session, office).id == asked.window_id
    with pytest.raises(InvalidInputError):
        window(session, office, TODAY)


def test_it_counts_on_its_days_only(session: Session, office: Office) -> None:
    exceptions.approve(session, ask(session, office), by=office.leader, now=NOW)
    with pytest.raises(InvalidInputError, match="30/11/2026"):
        window(session, office, TODAY + 2 * WEEK)


def test_a_window_without_an_end_may_be_allowed_too(session: Session, office: Office) -> None:
    asked = ask(session, office, last_day=TODAY + exceptions.LONGEST)
    exceptions.approve(session, asked, by=office.leader, now=NOW)
    wish: dict[str, Any] = {"title": "Sáng", "rrule": "FREQ=DAILY", "budget_ms": 900_000, "first_day": TODAY}
    made = create_window(session, office.station, local_start="06:30", rules=RULES, now=NOW, **wish)
    assert (made.last_day, asked.window_id) == (None, made.id)


def test_nobody_approves_what_he_asked_for(session: Session, office: Office) -> None:
    asked = ask(session, office, by=office.leader)
    with pytest.raises(ForbiddenError):
        exceptions.approve(session, asked, by=office.leader, now=NOW)


def test_only_an_approver_answers(session: Session, office: Office) -> None:
    with pytest.raises(ForbiddenError):
        exceptions.approve(session, ask(session, office), by=make_user(session), now=NOW)


def test_only_the_office_asks(session: Session, office: Office) -> None:
    with pytest.raises(ForbiddenError):
        ask(session, office, by=make_user(session))


def test_a_refused_one_is_answered_for_good(session: Session, office: Office) -> None:
    asked = ask(session, office)
    exceptions.refuse(session, asked, reason="không cần", by=office.leader, now=NOW)
    assert exceptions.waiting(session, [office.unit.id]) == []
    with pytest.raises(ConflictError):
        exceptions.approve(session, asked, by=office.leader, now=NOW)


def test_they_are_listed_for_reports(session: Session, office: Office) -> None:
    asked = ask(session, office)
    assert exceptions.waiting(session, [office.unit.id]) == [asked]
    exceptions.approve(session, asked, by=office.leader, now=NOW)
    assert exceptions.reported(session, TODAY + WEEK, TODAY + 2 * WEEK) == [asked]
    assert exceptions.reported(session, TODAY + 2 * WEEK, TODAY + 3 * WEEK) == []


def test_every_step_is_logged_under_the_rule(session: Session, office: Office) -> None:
    exceptions.approve(session, ask(session, office), by=office.leader, now=NOW)
    query = select(Audit.action).where(Audit.subject == f"rule:{office.rule.id}").order_by(Audit.sequence)
    assert session.scalars(query).all()[1:] == ["rule.exception.ask", "rule.exception.approve"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"last_day": TODAY - WEEK}, "last_day"),
        ({"last_day": date(2028, 1, 1)}, "last_day"),
    ],
)
def test_a_bad_request_is_refused(
    session: Session, office: Office, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        ask(session, office, **change)
    assert caught.value.field == field


def test_quiet_hours_know_no_exception(session: Session, office: Office) -> None:
    quiet = create_rule(
        session,
        kind="quiet",
        value={"start": "21:00", "end": "06:00"},
        valid_from=TODAY,
        citation="-",
        by="quan-tri",
        now=NOW,
    )
    with pytest.raises(InvalidInputError, match="khẩn cấp"):
        ask(session, office, rule=quiet)


def test_an_unknown_one_is_told(session: Session) -> None:
    with pytest.raises(NotFoundError):
        exceptions.get(session, 7)


def test_a_refusal_tells_how_far_an_exception_must_and_does_reach(session: Session, office: Office) -> None:
    wish: dict[str, Any] = {"title": "Sáng", "rrule": "FREQ=DAILY", "budget_ms": 900_000, "first_day": TODAY}
    with pytest.raises(InvalidInputError) as caught:
        create_window(session, office.station, local_start="06:30", rules=RULES, now=NOW, **wish)
    facts = caught.value.facts
    assert (facts["day"], facts["last"], facts["until"]) == (TODAY, TODAY + exceptions.LONGEST, None)
    exceptions.approve(session, ask(session, office), by=office.leader, now=NOW)
    with pytest.raises(InvalidInputError) as caught:
        window(session, office, TODAY + 2 * WEEK)
    assert (caught.value.facts["last"], caught.value.facts["until"]) == (TODAY + 2 * WEEK, TODAY + WEEK)


def test_a_window_without_an_end_is_allowed_when_the_answer_takes_days(
    session: Session, office: Office
) -> None:
    asked = ask(session, office, last_day=TODAY + exceptions.LONGEST)
    later = NOW + 2 * WEEK
    exceptions.approve(session, asked, by=office.leader, now=later)
    wish: dict[str, Any] = {"title": "Sáng", "rrule": "FREQ=DAILY", "budget_ms": 900_000, "first_day": TODAY}
    made = create_window(session, office.station, local_start="06:30", rules=RULES, now=later, **wish)
    assert exceptions.of_window(session, made.id) == [asked]
