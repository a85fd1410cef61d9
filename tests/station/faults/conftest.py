"""One town for all faults; they are played some at a time, for most of their time is waiting."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.station.faults.case import Fault, Outcome, play
from tests.station.faults.town import Town, open_town

AT_A_TIME = 8


class Stage:
    """Plays faults in the background; `outcome` waits for the one that is asked for."""

    def __init__(self, town: Town, folder: pytest.TempPathFactory) -> None:
        self._town = town
        self._folder = folder
        self._pool = ThreadPoolExecutor(AT_A_TIME)
        self._played: dict[str, Future[Outcome]] = {}

    def outcome(self, fault: Fault, others: list[Fault]) -> Outcome:
        """Return what came of `fault`; the others of its list are begun too."""
        for one in [fault, *others]:
            if one.name not in self._played:
                folder = self._folder.mktemp("ward") / "machine"
                self._played[one.name] = self._pool.submit(play, one, self._town, folder)
        return self._played[fault.name].result()

    def close(self) -> None:
        """Wait for what is under way."""
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Give a town and what plays faults in it."""
    with open_town(tmp_path_factory.mktemp("town")) as town:
        stage = Stage(town, tmp_path_factory)
        yield stage
        stage.close()
