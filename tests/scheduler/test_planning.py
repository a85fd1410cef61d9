"""Planning: what is owed is planned once, follows its order and approval, and is written only once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts.airings import order_airing_id
from scheduler.models.airing import Airing
from scheduler.planning import replan
from tests.scheduler.factories import (
    NOW,
    RULES,
    TODAY,
    local,
    make_scene,
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


def test_a_second_run_writes_nothing(session: Session) -> None:
    make_scene(session, last_day=TODAY + 20 * DAY, times_per_day=2)
    replan(session, NOW, RULES)
    assert replan(session, NOW, RULES).written == 0
    assert replan(session, NOW + timedelta(minutes=1), RULES).written == 0
