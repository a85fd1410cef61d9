"""What would change: the same as what then changes, and nothing is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content.errors import InvalidInputError
from scheduler.models.airing import Airing
from scheduler.models.order import Order
from scheduler.orders import place_order
from scheduler.planning import plan
from scheduler.previews import Preview, preview
from scheduler.wishes import Wish
from tests.scheduler.factories import NOW, RULES, TODAY, Scene, local, make_bulletin, make_scene, make_user

DAY = timedelta(days=1)


@pytest.fixture
def scene(session: Session) -> Scene:
    """Plan an order of one minute into a broadcast of two and a half on three days."""
    made = make_scene(session, last_day=TODAY + 2 * DAY, minutes=2.5)
    plan(session, NOW, RULES)
    return made


def wish_of(session: Session, scene: Scene, *, seconds: int = 60, **more: Any) -> Wish:
    bulletin = make_bulletin(session, scene.unit, seconds=seconds, level=more.get("level", "normal"))
    return Wish(bulletin.id, [scene.unit.id], TODAY + DAY, TODAY + 2 * DAY, **more)


def counts(found: Preview) -> tuple[int, int, int, int]:
    return len(found.created), len(found.moved), len(found.pushed_out), len(found.unplaced)


def test_what_is_free_is_filled(session: Session, scene: Scene) -> None:
    found = preview(session, wish_of(session, scene), rules=RULES, now=NOW)
    assert counts(found) == (2, 0, 0, 0)
    assert found.created[0].starts_at == local("06:01:01", TODAY + DAY)


def test_priority_moves_others(session: Session, scene: Scene) -> None:
    found = preview(session, wish_of(session, scene, level="priority"), rules=RULES, now=NOW)
    assert counts(found) == (2, 2, 0, 0)
    assert found.moved[0].was == local("06:00", TODAY + DAY)


def test_what_would_be_pushed_out_is_told(session: Session, scene: Scene) -> None:
    found = preview(session, wish_of(session, scene, seconds=120, level="priority"), rules=RULES, now=NOW)
    assert (len(found.created), len(found.pushed_out)) == (2, 2)


def test_what_would_find_no_room_is_told_with_the_reason(session: Session, scene: Scene) -> None:
    last = replace(wish_of(session, scene, seconds=120), first_day=TODAY + 2 * DAY)
    found = preview(session, last, rules=RULES, now=NOW)
    assert [(left.due, left.reason) for left in found.unplaced] == [(TODAY + 2 * DAY, "no_room")]


def test_nothing_is_written(session: Session, scene: Scene) -> None:
    before = session.scalar(select(func.count()).select_from(Airing))
    preview(session, wish_of(session, scene, level="priority"), rules=RULES, now=NOW)
    assert session.scalar(select(func.count()).select_from(Airing)) == before
    assert session.scalar(select(func.count()).select_from(Order)) == 1


@pytest.mark.parametrize(("seconds", "level"), [(60, "normal"), (60, "priority"), (120, "priority")])
def test_then_just_that_happens(session: Session, scene: Scene, seconds: int, level: str) -> None:
    wish = wish_of(session, scene, seconds=seconds, level=level)
    told = preview(session, wish, rules=RULES, now=NOW)
    place_order(session, wish, by=make_user(session), rules=RULES, now=NOW)
    done = plan(session, NOW, RULES)
    assert (done.created, done.moved, done.cancelled) == counts(told)[:3]


def test_what_is_refused_is_refused_here_too(session: Session, scene: Scene) -> None:
    with pytest.raises(InvalidInputError) as caught:
        preview(session, wish_of(session, scene, seconds=600), rules=RULES, now=NOW)
    assert caught.value.field == "bulletin_id"
