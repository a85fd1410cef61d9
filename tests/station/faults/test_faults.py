"""Whatever breaks at a ward: what sounded, what is reported, which alarm, and nothing twice."""

from __future__ import annotations

import pytest

from tests.station.faults.case import Fault
from tests.station.faults.clocks import CLOCKS
from tests.station.faults.conftest import Stage
from tests.station.faults.crowds import CROWDS
from tests.station.faults.disks import DISKS
from tests.station.faults.kills import KILLS
from tests.station.faults.players import PLAYERS
from tests.station.faults.wires import WIRES

pytestmark = pytest.mark.xdist_group("faults")
LONG = frozenset(
    {
        "kill -9: after fetch, before rename",
        "kill -9: after rename",
        "kill -9: before starting",
        "kill -9: before finished",
        "kill -9: after finished",
        "kill -9: before posting",
        "kill -9: after ack",
        "server answers 503",
        "certificate for another host",
        "certificate that has expired",
        "clock +1 h without a line",
        "clock -1 h without a line",
        "starts in 1970 without a line",
        "journal deleted",
        "mpv killed",
    }
)
"""What is slow, or has a sibling here: `benchmarks/station_faults.py` plays these too."""
ALL = [*KILLS, *WIRES, *CLOCKS, *DISKS, *PLAYERS, *CROWDS]
FAULTS = [fault for fault in ALL if fault.name not in LONG]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_whatever_breaks(stage: Stage, fault: Fault, request: pytest.FixtureRequest) -> None:
    outcome = stage.outcome(fault, chosen(request))
    assert (outcome.sounded, outcome.states) == (fault.sounded, fault.states)
    assert (outcome.doubles, outcome.verdict.why) == (0, "")
    assert fault.is_met(outcome), (outcome.alarms, outcome.begun_again)


def test_what_is_left_to_the_long_run_is_known() -> None:
    assert {fault.name for fault in ALL} >= LONG


def chosen(request: pytest.FixtureRequest) -> list[Fault]:
    """Return the faults whose tests are to run."""
    names = {item.callspec.id for item in request.session.items if hasattr(item, "callspec")}
    return [fault for fault in FAULTS if fault.name in names]
