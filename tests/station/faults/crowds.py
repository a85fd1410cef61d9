"""Two where there should be one: two programs on one folder, a machine and its clone."""

from __future__ import annotations

from tests.station.faults.case import Case, Fault
from tests.station.faults.ears import heard
from tests.station.faults.kills import PLAYED, WHOLE
from tests.station.faults.machine import until

REFUSED = 2


def two_programs(case: Case) -> None:
    """Start the program twice on one folder: the second refuses, and says so."""
    case.town.plan(case.ward, 3.5)
    with case.machine.running():
        case.holds(1)
        second = case.machine.start()
        code = second.wait(30)
        if code != REFUSED:
            raise AssertionError(f"the second program ended with {code}")
        case.notes.append("the second program refuses with code 2")
        case.told()


def clone(case: Case) -> None:
    """Copy the machine after its first airing; both go on, each with the same key and journal."""
    case.town.plan(case.ward, 2.5)
    with case.machine.running():
        case.told()
    copy = case.machine.clone(case.machine.folder.with_name("clone"))
    case.town.plan(case.ward, 5.0)
    with case.machine.running(), copy.running():
        case.told()
        until(lambda: copy.unsent() == 0, "the clone has told everything too")
        until(lambda: case.town.alarms(case.ward), "the alarm is raised")
    places = [sound.place for sound in heard(copy.played)]
    case.notes.append(f"the clone sounded {places.count(1)} airing, at its own place")
    case.notes.append(f"{case.town.forks(case.ward)} lines kept apart")


TOLD = ("fork", "new_chain")
CROWDS = [
    Fault("two programs on one folder", two_programs, (WHOLE,), (PLAYED,)),
    Fault("cloned machine", clone, (WHOLE, WHOLE), (PLAYED, PLAYED), TOLD, ("contradiction",), 1),
]
