"""Faults of the machine's clock: an hour off either way, back to 1970, while it runs and at its start."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

from tests.station.faults.case import Case, Fault
from tests.station.faults.kills import NONE, PLAYED, WHOLE
from tests.station.faults.machine import REAL, until

HOUR = timedelta(hours=1)
UNTRUSTED = "clock_untrusted"
MISSED = f"missed ({UNTRUSTED})"
LATE_S = 4.0


def to_1970() -> timedelta:
    """Return how far the clock of a machine without a battery is behind."""
    return datetime(1970, 1, 1, 0, 5, tzinfo=UTC) - REAL.now()


def steps_while_it_runs(case: Case, *, by: timedelta | None) -> None:
    """Step the clock of a station that knows the centre's time, and put it right after a while.

    The first airing is before it, the second falls into it; the third is an emergency that is called
    meanwhile; the fourth comes when the clock is right again.
    """
    case.town.plan(case.ward, 2.5)
    with case.machine.running():
        case.told()
        until(lambda: case.town.heard(case.ward), "the clock is measured")
        case.machine.set_clock(to_1970() if by is None else by)
        case.town.plan(case.ward, 3.0, late_s=LATE_S)
        case.town.plan(case.ward, 0.5, level="emergency")
        until(
            lambda: case.town.states(case.ward) == [PLAYED, MISSED, PLAYED], "held, and the emergency sounds"
        )
        case.machine.set_clock(timedelta())
        case.town.plan(case.ward, 4.0)
        case.told()


def steps_while_it_sounds(case: Case, *, by: timedelta) -> None:
    """Step the clock in the middle of an airing: it goes on to its end, and what follows is held."""
    case.town.plan(case.ward, 6.0, ms=3000)
    with case.machine.running():
        until(lambda: case.town.heard(case.ward), "the clock is measured")
        case.sounds(60_000)
        case.machine.set_clock(by)
        until(lambda: case.machine.alarms() > 0, "the step is seen")
        case.told()
        case.machine.set_clock(timedelta())
        case.town.plan(case.ward, 4.0)
        case.told()


def boots_in_1970_alone(case: Case) -> None:
    """Start in 1970 with the line down: programmes are held, an emergency of the plan is not.

    The station knows from its journal that 1970 is long past.  Once the clock is put right, and the
    line with it, the programme goes on.
    """
    case.town.plan(case.ward, 2.5)
    with case.machine.running():
        case.told()
    case.town.plan(case.ward, 22.0, late_s=LATE_S)
    case.town.plan(case.ward, 30.0, level="emergency")
    case.town.plan(case.ward, 44.0)
    with case.machine.running():
        case.holds(case.town.newest(case.ward))
        case.has_clips(4)
    case.wire.cut = True
    case.machine.set_clock(to_1970())
    with case.machine.running():
        until(lambda: case.machine.alarms() > 0, "the clock is not believed")
        until(lambda: case.machine.sounding_bytes() > 230_000, "the emergency sounds")
        until(lambda: case.town.passed(case.ward, 1), "the held airing is past")
        case.machine.set_clock(timedelta())
        case.wire.mend()
        case.told()


def steps_without_a_line(case: Case, *, by: timedelta) -> None:
    """Step the clock of a station that starts with the line down and has nobody to ask, then put it right.

    Nothing is told to be past, or played before its time, by a clock that somebody set.
    """
    case.town.plan(case.ward, 2.5)
    with case.machine.running():
        case.told()
        case.town.plan(case.ward, 20.0, late_s=60)
        case.holds(case.town.newest(case.ward))
        case.has_clips(2)
    case.wire.cut = True
    with case.machine.running():
        until(lambda: case.machine.log().count(": started ") == 2, "the station runs")
        case.machine.set_clock(by)
        until(lambda: case.machine.alarms() > 0, "the clock is not believed")
        case.machine.set_clock(timedelta())
        case.wire.mend()
        case.told()


def _while_it_runs(name: str, by: timedelta | None) -> Fault:
    play = partial(steps_while_it_runs, by=by)
    return Fault(name, play, (WHOLE, NONE, WHOLE, WHOLE), (PLAYED, MISSED, PLAYED, PLAYED), (UNTRUSTED,))


def _alone(name: str, by: timedelta) -> Fault:
    play = partial(steps_without_a_line, by=by)
    return Fault(name, play, (WHOLE, WHOLE), (PLAYED, PLAYED), (UNTRUSTED,))


CLOCKS = [
    _while_it_runs("clock +1 h", HOUR),
    _while_it_runs("clock -1 h", -HOUR),
    _while_it_runs("clock back to 1970", None),
    _alone("clock +1 h without a line", HOUR),
    _alone("clock -1 h without a line", -HOUR),
    Fault(
        "clock +1 h in the middle of an airing",
        partial(steps_while_it_sounds, by=HOUR),
        (WHOLE, WHOLE),
        (PLAYED, PLAYED),
        (UNTRUSTED,),
    ),
    Fault(
        "starts in 1970 without a line",
        boots_in_1970_alone,
        (WHOLE, NONE, WHOLE, WHOLE),
        (PLAYED, MISSED, PLAYED, PLAYED),
        (UNTRUSTED,),
    ),
]
