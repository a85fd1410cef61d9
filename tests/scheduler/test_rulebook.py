"""Rules as data: shipped, made, ended, and whom they reach."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.audit import Audit
from scheduler import rulebook
from scheduler.models.rule import Rule
from scheduler.rulebook import SHIPPED, create_rule, end_rule, import_rules, load_book
from tests.scheduler.factories import NOW, TODAY, make_unit

BY = "quan-tri"


def make(session: Session, **change: Any) -> Rule:
    fields = {"kind": "sessions_per_day", "value": {"most": 2}, "valid_from": TODAY, "citation": "Văn bản"}
    return create_rule(session, **{**fields, **change}, by=BY, now=NOW)


def test_the_shipped_rules_are_stored_once(session: Session) -> None:
    assert {rule.kind for rule in import_rules(session, SHIPPED, by=BY, now=NOW)} == {
        *("sessions_per_day", "minutes_per_session", "weekdays", "quiet", "sensitive"),
    }
    end_rule(session, rulebook.listing(session)[0], by=BY, now=NOW)
    assert import_rules(session, SHIPPED, by=BY, now=NOW) == []


def test_inner_and_outer_wards_have_their_own(session: Session) -> None:
    import_rules(session, SHIPPED, by=BY, now=NOW)
    inner, outer = make_unit(session, tags=["noi-thanh"]), make_unit(session, tags=["ngoai-thanh"])
    book = load_book(session)
    minutes = {
        unit: [r.value["most"] for r in book.on(unit.id, TODAY) if r.kind == "minutes_per_session"]
        for unit in (inner, outer)
    }
    assert minutes == {inner: [15], outer: [45]}


def test_a_rule_reaches_its_unit_and_below(session: Session) -> None:
    district = make_unit(session)
    ward, elsewhere = make_unit(session, parent=district), make_unit(session)
    rule = make(session, unit_id=district.id, valid_to=TODAY)
    book = load_book(session)
    assert [ruling.id for ruling in book.on(ward.id, TODAY)] == [rule.id]
    assert (book.of_unit(elsewhere.id), book.on(ward.id, date(2027, 1, 1))) == ((), ())


def test_an_ended_rule_holds_no_longer_and_stays(session: Session) -> None:
    rule = make(session)
    end_rule(session, rule, by=BY, now=NOW)
    assert (load_book(session).rulings, rulebook.listing(session)) == ((), [])
    assert rulebook.listing(session, ended=True) == [rulebook.get(session, rule.id)]
    with pytest.raises(ConflictError):
        end_rule(session, rule, by=BY, now=NOW)


def test_making_and_ending_are_logged(session: Session) -> None:
    rule = make(session)
    end_rule(session, rule, by=BY, now=NOW)
    query = select(Audit.action).where(Audit.subject == f"rule:{rule.id}").order_by(Audit.sequence)
    assert session.scalars(query).all() == ["rule.create", "rule.end"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "volume"}, "kind"),
        ({"value": {"most": 0}}, "most"),
        ({"value": {}}, "most"),
        ({"kind": "weekdays", "value": {"weekdays": "8"}}, "weekdays"),
        ({"kind": "quiet", "value": {"start": "24:00", "end": "06:00"}}, "start"),
        ({"kind": "level_cap", "value": {"mdb": 1}}, "mdb"),
        ({"kind": "never_together", "value": {"stations": ["a", "b"]}}, "value"),
        ({"citation": " "}, "citation"),
        ({"valid_to": date(2020, 1, 1)}, "valid_to"),
        ({"source_url": "javascript:alert(1)"}, "source_url"),
        ({"unit_id": 999}, "unit_id"),
        ({"unit_id": 999, "tag": "noi-thanh"}, "tag"),
        ({"tag": "Nội thành"}, "tag"),
    ],
)
def test_a_bad_rule_is_refused(session: Session, change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        make(session, **change)
    assert caught.value.field == field


def test_an_unknown_rule_is_told(session: Session) -> None:
    with pytest.raises(NotFoundError):
        rulebook.get(session, 7)
