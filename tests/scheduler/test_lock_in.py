"""How near is too near: what may still be moved, by the planner, by force, and for a fixed time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduler.lock_in import LockIn
from scheduler.moments import to_ms
from scheduler.rows import Row
from tests.scheduler.factories import NOW, RULES, TODAY

LEAD, HOUR = RULES.lead, timedelta(hours=1)
RANKS = {"planned": 0, "released": 1, "due": 2, "on_air": 3, "played": 4}


def row(starts_at: datetime, state: str = "planned", **more: Any) -> Row:
    starts, named = to_ms(starts_at), ("a", "bulletin", "normal", "loa", 1, 1, 1, 1, 60_000, "03")
    found = Row(*named, state, RANKS[state], None, None, 1, 0, None, TODAY, starts, starts, False)
    return found._replace(**more)


@pytest.mark.parametrize(
    ("state", "ahead", "by_rule", "by_force"),
    [
        ("planned", RULES.lock_in, True, True),
        ("planned", RULES.lock_in - LEAD, False, True),
        ("planned", LEAD, False, True),
        ("planned", LEAD / 2, False, False),
        ("released", RULES.lock_in, True, True),
        ("released", RULES.lock_in - LEAD, False, False),
        ("due", HOUR, False, False),
        ("played", HOUR, False, False),
    ],
)
def test_what_may_be_moved(state: str, ahead: timedelta, by_rule: bool, by_force: bool) -> None:
    found = row(NOW + ahead, state)
    assert (LockIn.at(NOW, RULES).floor(found) is not None) is by_rule
    assert (LockIn.at(NOW, RULES, force=True).floor(found) is not None) is by_force


@pytest.mark.parametrize(
    ("change", "movable"),
    [
        ({"level": "emergency"}, False),
        ({"recalled": True}, False),
        ({"order": None, "kind": "desk"}, False),
        ({"order": None, "kind": "ident"}, True),
    ],
)
def test_only_what_the_planner_placed_is_moved(change: dict[str, Any], movable: bool) -> None:
    assert (LockIn.at(NOW, RULES).floor(row(NOW + HOUR, **change)) is not None) is movable


@pytest.mark.parametrize(
    ("state", "ahead", "fixed", "kind", "gives_way"),
    [
        ("planned", LEAD, False, "bulletin", True),
        ("planned", LEAD, True, "bulletin", False),
        ("planned", LEAD, True, "ident", True),
        ("planned", LEAD / 2, False, "bulletin", False),
        ("released", LEAD, False, "bulletin", False),
        ("released", timedelta(minutes=2), False, "bulletin", True),
    ],
)
def test_what_makes_way_for_a_fixed_time(
    state: str, ahead: timedelta, fixed: bool, kind: str, gives_way: bool
) -> None:
    found = row(NOW + ahead, state, kind=kind)
    assert LockIn.at(NOW, RULES).may_give_way(found, fixed=fixed) is gives_way


def test_nothing_is_too_near_by_what_is_finer_than_a_millisecond() -> None:
    later = LockIn.at(NOW + timedelta(microseconds=1), RULES)
    assert later.soon == LockIn.at(NOW, RULES).soon + 1000
