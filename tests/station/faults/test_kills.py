"""kill -9 at every point of a clip's life: what sounded, what is reported, and nothing twice."""

from __future__ import annotations

import pytest

from tests.station.faults.case import Fault
from tests.station.faults.conftest import Stage
from tests.station.faults.kills import KILLS


@pytest.mark.parametrize("fault", KILLS, ids=lambda fault: fault.name)
def test_whenever_the_power_goes(stage: Stage, fault: Fault, request: pytest.FixtureRequest) -> None:
    outcome = stage.outcome(fault, chosen(request, KILLS))
    assert (outcome.sounded, outcome.states) == (fault.sounded, fault.states)
    assert (outcome.doubles, outcome.forks, outcome.verdict.whole) == (0, 0, True)
    assert outcome.alarms == fault.alarms


def chosen(request: pytest.FixtureRequest, faults: list[Fault]) -> list[Fault]:
    """Return those of `faults` whose tests run."""
    names = {item.callspec.id for item in request.session.items if hasattr(item, "callspec")}
    return [fault for fault in faults if fault.name in names]
