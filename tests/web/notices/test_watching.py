"""What is found to tell: failed airings, alarms, silent stations; each once, and nothing old."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from content.clock import SteppedClock
from content.contracts.airings import Reason, State
from scheduler import states
from scheduler.alarms import raise_alarm
from tests.web.wards import Ward, beat, make_airing, make_ward
from web.house import House
from web.notices.models import Notice
from web.processes.noticing import Noticing


class Watch:
    """The scheduler's look, by hand."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.noticing = Noticing(house, self._fenced, {})
        self.look()

    def look(self) -> list[str]:
        """Look once; return the kinds of all notices kept so far."""
        self.noticing.find(self.house.clock.now())
        with self.house.database.reading() as session:
            return list(session.scalars(select(Notice.kind).order_by(Notice.id)))

    def texts(self) -> list[str]:
        """Return the words of all notices kept so far."""
        self.look()
        with self.house.database.reading() as session:
            return list(session.scalars(select(Notice.text).order_by(Notice.id)))

    def _fenced(self, step: Any, now: Any) -> bool:
        with self.house.database.writing() as session:
            step(session, now)
        return True


@pytest.fixture
def watch(house: House, ward: Ward) -> Watch:
    beat(house, ward)
    return Watch(house)


def end(house: House, airing: str, state: State, reason: Reason | None) -> None:
    with house.database.writing() as session:
        states.move(session, airing, state, at=house.clock.now(), by="dai-ha-dinh", reason=reason)


def silence(watch: Watch, clock: SteppedClock, seconds: float) -> list[str]:
    """Let the centre settle while the station is silent, then look."""
    watch.look()
    clock.advance(seconds)
    return watch.look()


@pytest.mark.parametrize(
    ("state", "reason", "told"),
    [
        (State.MISSED, Reason.PLAYER_FAILED, True),
        (State.MISSED, Reason.NO_RECORD, True),
        (State.INTERRUPTED, Reason.POWER_LOST, True),
        (State.PARTIAL, Reason.OVER_LIMIT, True),
        (State.PARTIAL, Reason.OPERATOR, False),
        (State.MISSED, Reason.STATION_LOST, False),
        (State.SKIPPED, Reason.OPERATOR, False),
        (State.PLAYED, None, False),
        (State.CANCELLED, Reason.RECALLED, False),
    ],
)
def test_what_failed_is_told_and_what_was_decided_is_not(
    watch: Watch, ward: Ward, state: State, reason: Reason | None, told: bool
) -> None:
    end(watch.house, make_airing(watch.house, ward, "Thu gom rác"), state, reason)
    assert (watch.look() == ["airing"]) is told


def test_it_says_which_airing_where_and_why(watch: Watch, ward: Ward) -> None:
    end(watch.house, make_airing(watch.house, ward, "Thu gom rác"), State.MISSED, Reason.PLAYER_FAILED)
    assert watch.texts() == [
        "Lượt 06:00 ngày 23/11 “Thu gom rác” ở Đài Hạ Đình không phát. "
        "Máy phát không kêu; xem lại loa, ampli và dây nối."
    ]


def test_each_thing_is_told_once(watch: Watch, ward: Ward) -> None:
    end(watch.house, make_airing(watch.house, ward, "Thu gom rác"), State.MISSED, Reason.LATE)
    watch.look()
    assert watch.look() == ["airing"]


def test_what_failed_long_before_anybody_looked_is_history(
    house: House, ward: Ward, clock: SteppedClock
) -> None:
    end(house, make_airing(house, ward, "Thu gom rác"), State.MISSED, Reason.LATE)
    clock.advance(600)
    assert Watch(house).look() == []


def test_alarms_are_told(watch: Watch, ward: Ward) -> None:
    with watch.house.database.writing() as session:
        for kind in ("fork", "new_chain"):
            raise_alarm(session, kind, station=ward.name, detail="x", now=watch.house.clock.now())
    assert watch.look() == ["alarm_fork", "alarm_new_chain"]


def test_an_alarm_of_no_station_goes_to_the_top(watch: Watch) -> None:
    with watch.house.database.writing() as session:
        raise_alarm(session, "contradiction", detail="x", now=watch.house.clock.now())
    assert watch.look() == ["alarm_contradiction"]


def test_a_silent_station_is_told_after_ninety_seconds(watch: Watch, ward: Ward, clock: SteppedClock) -> None:
    watch.look()
    clock.advance(130)
    beat(watch.house, ward)
    clock.advance(89)
    early = watch.look()
    clock.advance(2)
    assert (early, watch.look(), watch.look()) == ([], ["offline"], ["offline"])


def test_it_is_told_again_when_it_falls_silent_again(watch: Watch, ward: Ward, clock: SteppedClock) -> None:
    silence(watch, clock, 130)
    beat(watch.house, ward)
    clock.advance(91)
    assert watch.look() == ["offline", "offline"]


def test_right_after_a_start_nobody_is_called_offline(watch: Watch, clock: SteppedClock) -> None:
    clock.advance(3600)
    fresh = Watch(watch.house)
    assert fresh.look() == []


def test_when_all_are_silent_it_is_the_centre(watch: Watch, ward: Ward, clock: SteppedClock) -> None:
    for name in ("Hạ Đình 2", "Hạ Đình 3"):
        beat(watch.house, make_ward(watch.house, name, unit_id=ward.unit_id))
    assert silence(watch, clock, 130) == ["centre"]


def test_a_silent_station_owes_a_report(watch: Watch, ward: Ward, clock: SteppedClock) -> None:
    make_airing(watch.house, ward, "Một", 1)
    make_airing(watch.house, ward, "Hai", 2)
    silence(watch, clock, 600)
    assert watch.look() == ["offline", "unreported"]
