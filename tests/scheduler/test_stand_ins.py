"""What stands in for a silent relay: its order names it, the manifest has it while it is approved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from content.errors import InvalidInputError
from content.models.bulletin import Bulletin, RevisionState
from content.models.unit import Unit
from scheduler import orders
from scheduler.models.order import Order
from scheduler.planning import plan
from scheduler.wishes import Wish
from tests.scheduler.factories import (
    NOW,
    RULES,
    TODAY,
    add_revision,
    make_bulletin,
    make_station,
    make_unit,
    make_user,
    make_window,
)
from tests.scheduler.test_changes import airings, note, permitted
from tests.scheduler.test_manifests import opened, release

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def unit(session: Session) -> Unit:
    """Give a ward whose station has a broadcast in the morning."""
    found = make_unit(session)
    make_window(session, make_station(session, unit=found))
    return found


def order(session: Session, unit: Unit, stand_in: Bulletin | None) -> Order:
    wish = Wish(
        None,
        [unit.id],
        TODAY,
        TODAY,
        source_id=permitted(session, unit.id),
        seconds=300,
        stand_in_id=stand_in.id if stand_in else None,
    )
    return orders.place_order(session, wish, by=make_user(session), rules=RULES, now=NOW)


def carried(session: Session) -> tuple[str | None, str | None]:
    """Release what there is; return source and clip of the one item."""
    release(session)
    [item] = opened(session, airings(session)[0].station).items
    return item.source, item.clip.sha256 if item.clip else None


def test_it_travels_with_the_relay(session: Session, unit: Unit) -> None:
    stand_in = make_bulletin(session, unit)
    order(session, unit, stand_in)
    plan(session, NOW, RULES)
    approval = stand_in.latest.approval
    assert approval is not None
    assert carried(session) == ("https://phat.example/hn1", approval.clip_sha256)


def test_an_edit_takes_it_away_and_the_relay_stays(session: Session, unit: Unit) -> None:
    stand_in = make_bulletin(session, unit)
    order(session, unit, stand_in)
    plan(session, NOW, RULES)
    release(session)
    add_revision(session, stand_in, state=RevisionState.DRAFT)
    note(session, f"bulletin:{stand_in.id}")
    plan(session, LATER, RULES)
    session.expire_all()
    assert carried(session) == ("https://phat.example/hn1", None)


def test_words_approved_anew_take_its_place(session: Session, unit: Unit) -> None:
    stand_in = make_bulletin(session, unit)
    order(session, unit, stand_in)
    plan(session, NOW, RULES)
    revision = add_revision(session, stand_in)
    note(session, f"bulletin:{stand_in.id}")
    plan(session, LATER, RULES)
    session.expire_all()
    assert revision.approval is not None
    assert carried(session)[1] == revision.approval.clip_sha256


@pytest.mark.parametrize(
    "revision",
    [{"state": RevisionState.DRAFT}, {"valid_to": TODAY - timedelta(days=1)}, {"level": "emergency"}],
)
def test_what_may_not_stand_in_is_refused(session: Session, unit: Unit, revision: dict[str, Any]) -> None:
    stand_in = make_bulletin(session, unit, **{"valid_from": TODAY - timedelta(days=5), **revision})
    with pytest.raises(InvalidInputError) as refused:
        order(session, unit, stand_in)
    assert refused.value.field == "stand_in"
