"""Manifests: signed, complete, and new only when there is something new to say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from content.contracts.airings import State
from content.contracts.manifest import Manifest, Quiet, open_manifest
from content.contracts.signing import PrivateKey
from content.errors import ContractError
from content.models.audit import Audit
from scheduler import commands, manifests
from scheduler.draft import Terms
from scheduler.models.airing import Airing
from scheduler.models.station import Station
from scheduler.orders import cancel_order, recall, still_out
from scheduler.planning import replan
from scheduler.states import move
from tests.postgres import BOTH
from tests.scheduler.factories import (
    CENTRE,
    NOW,
    RULES,
    TERMS,
    TODAY,
    WARD,
    add_revision,
    local,
    make_airing,
    make_scene,
    make_station,
    make_unit,
    make_user,
)

pytestmark = BOTH

DAY = timedelta(days=1)


def release(
    session: Session, now: datetime = NOW, terms: Terms = TERMS, *, key: PrivateKey = CENTRE
) -> list[tuple[str, int]]:
    return manifests.release(session, now, terms, key=key)


def opened(session: Session, station: str) -> Manifest:
    row = manifests.current(session, station)
    assert row is not None
    return open_manifest(row.payload, [CENTRE.public])


def only(session: Session) -> Airing:
    [row] = session.scalars(select(Airing))
    return row


def test_a_station_gets_a_manifest_though_nothing_is_planned(session: Session) -> None:
    station = make_station(session)
    assert release(session) == [(station.name, 1)]
    manifest = opened(session, station.name)
    assert (manifest.generation, manifest.items, manifest.issued_at) == (1, (), NOW)
    assert manifest.end - NOW >= timedelta(days=7)


def test_only_enrolled_stations_in_use_get_one(session: Session) -> None:
    make_station(session, enrolled_at=None)
    make_station(session, retired_at=NOW)
    assert release(session) == []


def test_what_is_planned_is_released_with_the_generation(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    release(session)
    row = only(session)
    [item] = opened(session, scene.station.name).items
    assert (row.state, row.rank, row.released_generation) == (State.RELEASED, 1, 1)
    assert (item.id, item.starts_at, item.not_after) == (row.id, row.starts_at, row.not_after)
    assert item.clip is not None
    assert (item.clip.sha256, item.approval) == (row.clip_sha256, row.approval_id)


def test_nothing_new_makes_no_new_generation(session: Session) -> None:
    make_scene(session)
    replan(session, NOW, RULES)
    release(session)
    assert release(session) == []
    assert release(session, NOW + timedelta(hours=20)) == []


def test_an_airing_that_ended_makes_no_new_generation(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    release(session)
    move(session, only(session).id, State.PLAYED, at=NOW, by=scene.station.name)
    assert release(session) == []


def test_the_manifest_is_renewed_before_it_reaches_less_than_a_week(session: Session) -> None:
    station = make_station(session)
    release(session)
    assert release(session, NOW + timedelta(hours=24)) == []
    assert release(session, NOW + timedelta(hours=24, seconds=1)) == [(station.name, 2)]


def test_what_lies_beyond_the_reach_waits(session: Session) -> None:
    make_scene(session, last_day=TODAY + 10 * DAY)
    replan(session, NOW, replace(RULES, horizon_days=11))
    release(session)
    states = session.scalars(select(Airing.state).order_by(Airing.starts_at)).all()
    assert states == ["released"] * 8 + ["planned"] * 3


def test_an_airing_added_makes_a_new_generation(session: Session) -> None:
    scene = make_scene(session)
    release(session)
    replan(session, NOW, RULES)
    assert release(session) == [(scene.station.name, 2)]


def test_an_airing_moved_makes_a_new_generation_and_keeps_the_first_one_it_came_in(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    release(session)
    scene.window.local_start = "07:00"
    replan(session, NOW, RULES)
    assert release(session) == [(scene.station.name, 2)]
    assert opened(session, scene.station.name).items[0].starts_at == local("07:00")
    assert only(session).released_generation == 1


def test_a_cancelled_order_leaves_a_tombstone_until_its_time_has_passed(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    release(session)
    cancel_order(session, scene.order, reason="đổi", by=make_user(session), now=NOW)
    assert release(session) == [(scene.station.name, 2)]
    manifest = opened(session, scene.station.name)
    assert (manifest.items, manifest.cancelled) == ((), (only(session).id,))
    release(session, NOW + 2 * DAY)
    assert opened(session, scene.station.name).cancelled == ()


@pytest.mark.parametrize(
    ("state", "minutes", "called_back"),
    [(State.ON_AIR, 3, True), (State.ON_AIR, 40, True), (State.DUE, 11, True), (State.DUE, 13, False)],
)
def test_a_recall_reaches_what_may_sound_though_it_may_no_longer_begin(
    session: Session, state: State, minutes: int, *, called_back: bool
) -> None:
    """Ten minutes long, begun by 06:02 at the latest; on air it may have been paused, or cut and resumed."""
    scene = make_scene(session, seconds=600)
    replan(session, NOW, RULES)
    release(session)
    row = only(session)
    row.state, row.rank = state, state.rank
    now = local("06:00") + timedelta(minutes=minutes)
    recall(session, scene.bulletin.id, "sai", now)
    assert [one.airing.id for one in still_out(session, now, bulletin_id=scene.bulletin.id)] == [
        row.id
    ] * called_back
    release(session, now)
    assert opened(session, scene.station.name).cancelled == (row.id,) * called_back


def test_an_edit_between_planning_and_release_is_not_signed(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    add_revision(session, scene.bulletin, state="draft")
    release(session)
    assert opened(session, scene.station.name).items == ()
    assert only(session).state == State.CANCELLED


def test_an_edit_after_the_release_is_recalled_by_the_next(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    release(session)
    add_revision(session, scene.bulletin, state="draft")
    assert release(session) == [(scene.station.name, 2)]
    assert opened(session, scene.station.name).cancelled == (only(session).id,)


def test_a_generation_is_above_what_the_station_reports(session: Session) -> None:
    station = make_station(session, generation=41)
    assert release(session) == [(station.name, 42)]
    assert release(session) == []
    [line] = session.scalars(select(Audit))
    assert line.action == "manifest.jump"


@pytest.mark.parametrize(
    "change",
    [{"mode": "rehearsal"}, {"time_zone": "Asia/Bangkok"}, {"quiet": (Quiet("22:00", "05:00"),)}],
)
def test_new_rules_make_a_new_generation(session: Session, change: dict[str, Any]) -> None:
    station = make_station(session)
    release(session)
    assert release(session, terms=replace(TERMS, **change)) == [(station.name, 2)]


def test_a_command_travels_until_it_expires(session: Session) -> None:
    station = make_station(session)
    release(session)
    commands.send(session, station, "volume", value=40, by="truc", now=NOW)
    assert release(session) == [(station.name, 2)]
    [command] = opened(session, station.name).commands
    assert (command.kind, command.value, command.by) == ("volume", 40, "truc")
    assert release(session, NOW + timedelta(minutes=6)) == []


def test_an_emergency_starts_when_it_is_issued(session: Session) -> None:
    scene = make_scene(session, level="emergency")
    replan(session, NOW, RULES)
    later = NOW + timedelta(seconds=3)
    release(session, later)
    [item] = opened(session, scene.station.name).items
    assert (item.level, item.starts_at) == ("emergency", later)


def test_what_is_on_air_stays_in_the_manifest(session: Session) -> None:
    station = make_station(session)
    airing = make_airing(session, station, state="on_air", starts_at=NOW - timedelta(minutes=9))
    release(session)
    assert [item.id for item in opened(session, station.name).items] == [airing.id]


def test_what_is_past_is_not_carried(session: Session) -> None:
    station = make_station(session)
    make_airing(session, station, starts_at=NOW - timedelta(minutes=9))
    release(session)
    assert opened(session, station.name).items == ()


def test_another_key_does_not_open_it(session: Session) -> None:
    station = make_station(session)
    release(session, key=PrivateKey(bytes(32)))
    row = manifests.current(session, station.name)
    assert row is not None
    with pytest.raises(ContractError):
        open_manifest(row.payload, [CENTRE.public, WARD.public])


def test_what_was_signed_is_never_altered(session: Session) -> None:
    make_station(session)
    release(session)
    with pytest.raises(DBAPIError, match="never altered"):
        session.execute(text("UPDATE manifest SET generation = 9"))


def test_stations_are_served_each_for_itself(session: Session) -> None:
    first, second = make_scene(session), make_scene(session)
    replan(session, NOW, RULES)
    release(session)
    stations = [first.station.name, second.station.name]
    assert [len(opened(session, name).items) for name in stations] == [1, 1]


def many_stations(session: Session, count: int) -> None:
    unit = make_unit(session)
    for number in range(count):
        make_station(session, f"loa-{number:04}", unit=unit)


def test_a_look_finds_who_waits_and_an_emergency_comes_first(session: Session) -> None:
    many_stations(session, manifests.CHUNK + 20)
    last = session.get_one(Station, f"loa-{manifests.CHUNK + 19:04}")
    make_airing(session, last, state="planned", level="emergency", starts_at=NOW, released_generation=None)
    found = manifests.look(session, NOW, TERMS)
    assert (len(found.stations), found.voids) == (manifests.CHUNK + 20, False)
    assert found.stations[0] == last.name


def test_only_the_stations_named_are_released(session: Session) -> None:
    first, second = make_scene(session), make_scene(session)
    replan(session, NOW, RULES)
    done = manifests.release_at(session, [second.station.name, "khong-co"], NOW, TERMS, key=CENTRE)
    assert done == [(second.station.name, 1)]
    assert manifests.look(session, NOW, TERMS).stations == (first.station.name,)


def test_what_no_longer_stands_is_seen_and_never_signed(session: Session) -> None:
    scene = make_scene(session)
    replan(session, NOW, RULES)
    add_revision(session, scene.bulletin, state="draft")
    assert manifests.look(session, NOW, TERMS).voids
    manifests.release_at(session, [scene.station.name], NOW, TERMS, key=CENTRE)
    assert (opened(session, scene.station.name).items, only(session).state) == ((), State.CANCELLED)


def test_no_manifest_before_the_first(session: Session) -> None:
    assert manifests.current(session, make_station(session).name) is None
