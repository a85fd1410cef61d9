"""What may no longer sound is taken back, each airing looked at on its own day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.models.airing import Airing
from scheduler.planning import replan
from scheduler.states import Withdrawn
from scheduler.voiding import void
from tests.scheduler.factories import NOW, RULES, TODAY, Scene, add_revision, make_scene

DAY = timedelta(days=1)


@pytest.fixture
def scene(session: Session) -> Scene:
    """Plan three days of one order."""
    scene = make_scene(session, last_day=TODAY + 2 * DAY)
    replan(session, NOW, RULES)
    return scene


def states(session: Session) -> list[str]:
    return list(session.scalars(select(Airing.state).order_by(Airing.starts_at)))


@pytest.mark.usefixtures("scene")
def test_what_stands_is_left_alone(session: Session) -> None:
    assert void(session, NOW, RULES) == Withdrawn()


def test_a_shorter_validity_takes_back_only_what_lies_beyond(session: Session, scene: Scene) -> None:
    scene.bulletin.latest.valid_to = TODAY + DAY
    assert void(session, NOW, RULES) == Withdrawn(cancelled=1)
    assert states(session) == ["planned", "planned", "cancelled"]


def test_a_new_wording_takes_everything_back(session: Session, scene: Scene) -> None:
    add_revision(session, scene.bulletin)
    assert void(session, NOW, RULES) == Withdrawn(cancelled=3)


def test_a_recalled_bulletin_takes_everything_back(session: Session, scene: Scene) -> None:
    scene.bulletin.recalled_at = NOW
    assert void(session, NOW, RULES) == Withdrawn(cancelled=3)


def test_what_is_past_is_left_to_the_proof(session: Session, scene: Scene) -> None:
    scene.order.cancelled_at = NOW
    assert void(session, NOW + DAY, RULES) == Withdrawn(cancelled=2)


def test_other_orders_are_not_touched(session: Session, scene: Scene) -> None:
    make_scene(session)
    replan(session, NOW, RULES)
    scene.order.cancelled_at = NOW
    assert void(session, NOW, RULES) == Withdrawn(cancelled=3)
