"""The log is followed: only what a change touches is planned again, and nothing inside the lock-in moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from content import audit, people, units
from content.contracts.airings import Kind, Reason, State
from content.models.bulletin import Approval
from content.models.people import Role, User
from scheduler import calendars, changes, orders, picks, quotas, relays, rulebook, windows
from scheduler.idents import Standing
from scheduler.models.airing import Airing
from scheduler.models.plan import PlanCursor, Unplaced
from scheduler.models.quota import Quota
from scheduler.models.station import Station
from scheduler.planning import BATCH, PlanResult, plan, replan
from scheduler.wishes import Wish
from tests.postgres import BOTH
from tests.scheduler.factories import (
    NOW,
    RULES,
    TODAY,
    Scene,
    add_revision,
    local,
    make_bulletin,
    make_order,
    make_scene,
    make_station,
    make_unit,
    make_user,
    make_window,
)
from tests.scheduler.test_manifests import opened, release

DAY = timedelta(days=1)
LATER = NOW + timedelta(minutes=1)
STRICT = replace(RULES, lock_in=timedelta(hours=2))


def planned(session: Session, rules: Any = RULES) -> PlanResult:
    return plan(session, LATER, rules)


def airings(session: Session) -> list[Airing]:
    return list(session.scalars(select(Airing).order_by(Airing.starts_at, Airing.id)))


def note(session: Session, subject: str, **detail: Any) -> None:
    audit.record(session, "x", actor="-", subject=subject, now=NOW, **detail)


@pytest.fixture
def scenes(session: Session) -> list[Scene]:
    """Plan two wards, each with an order of its own."""
    made = [make_scene(session, last_day=TODAY + DAY) for _ in range(2)]
    plan(session, NOW, RULES)
    return made


def test_new_stations_are_planned_without_being_told_of(session: Session, scenes: list[Scene]) -> None:
    assert {row.station for row in airings(session)} == {scene.station.name for scene in scenes}


@BOTH
def test_when_nothing_changed_nothing_is_planned(session: Session) -> None:
    make_scene(session)
    plan(session, NOW, RULES)
    done = planned(session)
    assert (done.stations, done.written) == (0, 0)


@pytest.mark.usefixtures("scenes")
def test_a_full_run_looks_at_all_and_writes_nothing(session: Session) -> None:
    done = plan(session, LATER, RULES, full=True)
    assert (done.stations, done.written) == (2, 0)


def test_an_order_touches_the_stations_it_reaches(session: Session, scenes: list[Scene]) -> None:
    order = make_order(session, make_bulletin(session, scenes[0].unit), [scenes[0].unit.id])
    note(session, f"order:{order.id}")
    done = planned(session)
    assert (done.stations, done.created) == (1, 1)


@BOTH
def test_a_cancelled_order_gives_its_room_to_others(session: Session) -> None:
    scene = make_scene(session, minutes=2, seconds=90)
    other = make_bulletin(session, scene.unit, seconds=90)
    make_order(session, other, [scene.unit.id])
    assert [left.order for left in plan(session, NOW, RULES).unplaced] == [scene.order.id + 1]
    orders.cancel_order(session, scene.order, reason="đổi", by=make_user(session), now=NOW)
    assert (planned(session).created, session.scalars(select(Unplaced)).all()) == (1, [])


def test_an_edit_is_followed(session: Session, scenes: list[Scene]) -> None:
    add_revision(session, scenes[0].bulletin)
    note(session, f"bulletin:{scenes[0].bulletin.id}")
    done = planned(session)
    assert (done.stations, done.cancelled, done.created) == (1, 2, 2)


@BOTH
def test_a_window_touches_its_station(session: Session, scenes: list[Scene]) -> None:
    scenes[1].window.local_start = "07:00"
    note(session, f"window:{scenes[1].window.id}")
    assert (planned(session).stations, airings(session)[-1].starts_at) == (0 + 1, local("07:00", TODAY + DAY))


def test_a_merger_touches_both_sides(session: Session, scenes: list[Scene]) -> None:
    gone, heir = scenes
    units.merge(session, [gone.unit], heir.unit, on=TODAY + DAY, by="-", now=NOW)
    done = planned(session)
    assert (done.stations, done.cancelled, done.created) == (2, 0, 2)


def test_a_rule_touches_where_it_holds(session: Session, scenes: list[Scene]) -> None:
    rulebook.create_rule(
        session,
        kind="sensitive",
        value={"spans": [{"start": "06:00", "end": "06:05"}]},
        valid_from=TODAY + DAY,
        citation="Quy định",
        by="-",
        now=NOW,
        unit_id=scenes[0].unit.id,
    )
    done = planned(session)
    assert (done.stations, done.moved) == (1, 1)
    assert airings(session)[-1].starts_at == local("06:05", TODAY + DAY)


@pytest.mark.parametrize(
    ("kind", "value", "left"),
    [
        ("minutes_per_session", {"most": 1}, ["no_room"]),
        ("sessions_per_day", {"most": 1}, []),
        ("weekdays", {"weekdays": "67"}, []),
    ],
)
def test_rules_made_later_shorten_and_drop_broadcasts(
    session: Session, kind: str, value: dict[str, Any], left: list[str]
) -> None:
    scene = make_scene(session, seconds=50)
    make_order(session, make_bulletin(session, scene.unit, seconds=50), [scene.unit.id])
    rulebook.create_rule(
        session, kind=kind, value=value, valid_from=TODAY, citation="Quy định", by="-", now=NOW
    )
    assert [one.reason for one in plan(session, NOW, RULES).unplaced] == left


def test_a_calendar_touches_the_windows_that_name_it(session: Session, scenes: list[Scene]) -> None:
    days = {TODAY + DAY: ""}
    made = calendars.create_calendar(
        session, name="Thi", kind="exam", source="Sở", days=days, by="-", now=NOW
    )
    scenes[0].window.calendars = [f"-{made.id}"]
    done = planned(session)
    assert (done.stations, done.cancelled) == (1, 1)


def test_a_quota_touches_all(session: Session, scenes: list[Scene]) -> None:
    programme = scenes[0].bulletin.latest.programme
    assert isinstance(quotas.set_quota(session, programme, 600, by="-", now=NOW), Quota)
    assert planned(session).stations == 2


def test_other_lines_touch_nothing(session: Session, scenes: list[Scene]) -> None:
    note(session, "user:1")
    note(session, f"news:{len(scenes)}")
    assert planned(session).stations == 0


def test_a_new_day_extends_the_horizon_in_turns(session: Session, scenes: list[Scene]) -> None:
    rules, tomorrow = RULES, NOW + DAY
    assert changes.waiting(session) == 0
    changes.take_in(session, tomorrow, rules)
    assert len(changes.dirty(session, turn=1)) == 1
    note(session, f"station:{scenes[1].station.name}")
    changes.take_in(session, tomorrow, rules)
    assert set(changes.dirty(session, turn=0)) == {scenes[1].station.name}


def test_the_cursor_follows_the_log(session: Session, scenes: list[Scene]) -> None:
    note(session, f"order:{scenes[0].order.id}")
    planned(session)
    cursor = session.get_one(PlanCursor, changes.CURSOR)
    assert cursor.planned_to_day == TODAY + RULES.horizon_days * DAY
    assert planned(session).stations == 0


@pytest.mark.parametrize(("force", "moved"), [(False, 0), (True, 1)])
def test_nothing_moves_inside_the_lock_in_but_by_force(session: Session, force: bool, moved: int) -> None:
    scene = make_scene(session)
    plan(session, NOW, STRICT)
    scene.window.local_start = "06:30"
    note(session, f"window:{scene.window.id}")
    done = replan(session, LATER, STRICT) if force else planned(session, STRICT)
    assert done.moved == moved


def test_what_is_new_takes_free_room_inside_the_lock_in(session: Session) -> None:
    scene = make_scene(session)
    plan(session, NOW, STRICT)
    pressing = make_bulletin(session, scene.unit, level="priority")
    order = make_order(session, pressing, [scene.unit.id], level="priority")
    note(session, f"order:{order.id}")
    done = planned(session, STRICT)
    assert (done.created, done.moved, airings(session)[-1].order_id) == (1, 0, order.id)


def test_what_moved_on_says_so(session: Session) -> None:
    scene = make_scene(session, minutes=2, seconds=90)
    make_window(session, scene.station, minutes=2, local_start="17:00")
    make_order(session, make_bulletin(session, scene.unit, seconds=90), [scene.unit.id])
    plan(session, NOW, RULES)
    assert [row.note for row in airings(session)] == [
        None,
        "Buổi 06:00 ngày 23/11 không đủ chỗ, chuyển sang buổi này.",
    ]


def test_what_finds_no_room_is_kept_with_the_reason(session: Session) -> None:
    scene = make_scene(session, minutes=2, seconds=90)
    late = make_order(session, make_bulletin(session, scene.unit, seconds=90), [scene.unit.id])
    plan(session, NOW, RULES)
    [left] = session.scalars(select(Unplaced))
    assert (left.order_id, left.n, left.reason, left.detail) == (
        late.id,
        1,
        "no_room",
        {"needed": 90, "longest": 29},
    )


@BOTH
def test_what_was_pushed_out_comes_back_under_the_next_number(session: Session) -> None:
    scene = make_scene(session, minutes=2, seconds=90)
    plan(session, NOW, RULES)
    pressing = make_bulletin(session, scene.unit, level="priority", seconds=90)
    order = make_order(session, pressing, [scene.unit.id], level="priority")
    note(session, f"order:{order.id}")
    planned(session)
    assert [(left.order_id, left.n) for left in session.scalars(select(Unplaced))] == [(scene.order.id, 2)]
    orders.cancel_order(session, order, reason="đổi", by=make_user(session), now=LATER)
    planned(session)
    mine = [(row.n, row.state) for row in airings(session) if row.order_id == scene.order.id]
    assert sorted(mine) == [
        (1, State.CANCELLED),
        (2, State.PLANNED),
    ]


def operator(session: Session, scene: Scene) -> User:
    by = make_user(session)
    people.grant(session, by, Role.OPERATOR, scene.unit.id, by="-", now=NOW)
    return by


def test_a_ward_hears_what_it_picked_first(session: Session) -> None:
    scene = make_scene(session)
    other = make_bulletin(session, scene.unit)
    make_order(session, other, [scene.unit.id])
    plan(session, NOW, RULES)
    by = operator(session, scene)
    picks.set_picks(session, scene.station, TODAY, [other.id], by=by, rules=RULES, now=NOW)
    assert (planned(session).moved, airings(session)[0].bulletin_id) == (2, other.id)


def test_a_ward_that_fills_by_itself_hears_nothing_unpicked(session: Session) -> None:
    scene = make_scene(session)
    picks.set_fill(session, scene.station, "ward", by=operator(session, scene), now=NOW)
    done = plan(session, NOW, RULES)
    assert ([left.reason for left in done.unplaced], done.created) == (["not_picked"], 0)


def idents_of(session: Session, scene: Scene, **seconds: int) -> tuple[Standing, list[Approval]]:
    approvals = []
    for length in seconds.values():
        approval = make_bulletin(session, scene.unit, seconds=length).latest.approval
        assert approval is not None
        approvals.append(approval)
    return {(scene.unit.id, role): [a] for role, a in zip(seconds, approvals, strict=True)}, approvals


@BOTH
def test_idents_open_and_close_a_broadcast_and_stay(session: Session) -> None:
    scene = make_scene(session)
    standing, _ = idents_of(session, scene, opening=10, closing=5)
    plan(session, NOW, RULES, lambda _session: standing)
    told = [(row.kind, row.starts_at, row.order_id) for row in airings(session)]
    assert told == [
        (Kind.IDENT, local("06:00"), None),
        (Kind.BULLETIN, local("06:00:11"), scene.order.id),
        (Kind.IDENT, local("06:01:12"), None),
    ]
    assert plan(session, LATER, RULES, lambda _session: standing, full=True).written == 0


def test_idents_go_with_the_last_bulletin_and_come_again(session: Session) -> None:
    scene = make_scene(session)
    standing, _ = idents_of(session, scene, opening=10)
    plan(session, NOW, RULES, lambda _session: standing)
    orders.cancel_order(session, scene.order, reason="đổi", by=make_user(session), now=NOW)
    assert plan(session, LATER, RULES, lambda _session: standing).cancelled == 1
    make_order(session, make_bulletin(session, scene.unit), [scene.unit.id])
    plan(session, LATER, RULES, lambda _session: standing, full=True)
    kinds = [row.kind for row in airings(session) if row.state == State.PLANNED]
    assert kinds == [Kind.IDENT, Kind.BULLETIN]


@BOTH
def test_another_opening_takes_the_place_of_the_first(session: Session) -> None:
    scene = make_scene(session)
    standing, _ = idents_of(session, scene, opening=10)
    plan(session, NOW, RULES, lambda _session: standing)
    longer, [approval] = idents_of(session, scene, opening=20)
    note(session, "asset:1", unit=scene.unit.id)
    plan(session, LATER, RULES, lambda _session: longer)
    [opening, bulletin] = airings(session)
    assert (opening.approval_id, opening.duration_ms) == (approval.id, 20_000)
    assert bulletin.starts_at == local("06:00:21")


def permitted(session: Session, unit_id: int) -> int:
    by, other = make_user(session), make_user(session)
    people.grant(session, by, Role.OFFICE, unit_id, by="-", now=NOW)
    people.grant(session, other, Role.APPROVER, unit_id, by="-", now=NOW)
    source = relays.create_source(
        session,
        name="Đài Hà Nội",
        url="https://phat.example/hn1",
        unit_id=unit_id,
        first_day=TODAY,
        last_day=None,
        local_from="06:05",
        local_to="06:40",
        by=by,
        now=NOW,
    )
    relays.permit(session, source, until=None, by=other, now=NOW)
    return source.id


@BOTH
def test_a_relay_is_planned_within_its_hours_and_ends_with_its_permission(session: Session) -> None:
    unit = make_unit(session)
    make_window(session, make_station(session, unit=unit))
    source = permitted(session, unit.id)
    wish = Wish(None, [unit.id], TODAY, TODAY, source_id=source, seconds=300)
    orders.place_order(session, wish, by=make_user(session), rules=RULES, now=NOW)
    plan(session, NOW, RULES)
    [row] = airings(session)
    assert (row.kind, row.starts_at, row.clip_sha256) == (Kind.RELAY, local("06:05"), None)
    release(session)
    assert opened(session, row.station).items[0].source == "https://phat.example/hn1"
    by = make_user(session)
    people.grant(session, by, Role.APPROVER, unit.id, by="-", now=NOW)
    row.state, row.rank = State.ON_AIR, State.ON_AIR.rank
    relays.end_permission(session, relays.get(session, source), by=by, now=LATER)
    session.refresh(row)
    assert (row.recalled_at, row.reason) == (LATER, Reason.RECALLED)
    asked: list[dict[str, int]] = [{"source_id": source}, {"order_id": row.order_id or 0}, {"source_id": 99}]
    assert [len(orders.still_out(session, LATER, **which)) for which in asked] == [1, 1, 0]


@BOTH
def test_a_relay_at_a_time_outside_its_hours_is_told_as_that(session: Session) -> None:
    """Such an order is refused today; one that stands from before is not told that its time is taken."""
    unit = make_unit(session)
    make_window(session, make_station(session, unit=unit))
    source = permitted(session, unit.id)
    wish = Wish(None, [unit.id], TODAY, TODAY, source_id=source, seconds=300)
    order = orders.place_order(session, wish, by=make_user(session), rules=RULES, now=NOW)
    order.fixed_times = ["10:00"]
    session.flush()
    assert [left.reason for left in plan(session, NOW, RULES).unplaced] == ["out_of_hours"]


@BOTH
def test_what_was_recalled_may_sound_where_it_is_not_known(session: Session) -> None:
    scene = make_scene(session)
    plan(session, NOW, RULES)
    [row] = airings(session)
    row.state, row.rank, row.released_generation = State.RELEASED, 1, 1
    orders.recall(session, scene.bulletin.id, "có sai sót", LATER)
    found = orders.still_out(session, LATER, bulletin_id=scene.bulletin.id)
    assert [(one.airing.id, one.title) for one in found] == [(row.id, scene.station.title)]


def test_tags_reach_units_and_what_is_below(session: Session, scenes: list[Scene]) -> None:
    units.set_tags(session, scenes[0].unit, ["truong-hoc"], by="-", now=NOW)
    bulletin = make_bulletin(session, scenes[0].unit)
    wish = Wish(bulletin.id, [], TODAY, TODAY, tags=["truong-hoc"])
    orders.place_order(session, wish, by=make_user(session), rules=RULES, now=NOW)
    assert planned(session).created == 1


def test_an_order_may_be_changed(session: Session, scenes: list[Scene]) -> None:
    order, by = scenes[0].order, make_user(session)
    wish = Wish(order.bulletin_id, [scenes[0].unit.id], TODAY, TODAY)
    orders.change_order(session, order, wish, by=by, rules=RULES, now=NOW)
    assert (planned(session).cancelled, len(windows.windows_of(session, [scenes[0].station.name]))) == (1, 1)


def test_a_long_run_is_done_in_turns(session: Session) -> None:
    unit = make_unit(session)
    fields = {"unit_id": unit.id, "title": "-", "mode": "rehearsal", "created_at": NOW, "enrolled_at": NOW}
    names = [f"loa-{number:04}" for number in range(BATCH + 7)]
    session.execute(insert(Station), [{"name": name, **fields} for name in names])
    turns = [plan(session, NOW, RULES, enough=lambda: True) for _ in range(3)]
    assert [(done.stations, done.left) for done in turns] == [(BATCH, 7), (7, 0), (0, 0)]
    assert plan(session, NOW, RULES, full=True, enough=lambda: True).left == 7
