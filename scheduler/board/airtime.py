"""What each programme is given at the stations of a table, beside what they owe it in a week (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from content.contracts.airings import State
from content.units import Tree
from scheduler.board.airings import HEARD
from scheduler.board.filling import RECALLED, Voiced
from scheduler.models.station import Station
from scheduler.quotas import Quotas


@dataclass(frozen=True)
class Airtime:
    """What a programme (code or None) is given at the stations of the table, and what it is owed there."""

    programme: str | None
    planned: int = 0
    planned_ms: int = 0
    played: int = 0
    played_ms: int = 0
    quota_ms: int = 0

    @property
    def owed_ms(self) -> int:
        """What is missing to the quota."""
        return max(0, self.quota_ms - self.planned_ms)


def airtime_of(
    voiced: Iterable[Voiced], stations: Sequence[Station], quotas: Quotas, tree: Tree
) -> list[Airtime]:
    """Return by programme what lies at the stations and what of it sounded, beside a week's quotas."""
    planned: Counter[str | None] = Counter()
    planned_ms: Counter[str | None] = Counter()
    played: Counter[str | None] = Counter()
    played_ms: Counter[str | None] = Counter()
    for one in voiced:
        if one.shown not in {State.CANCELLED, RECALLED}:
            planned[one.programme] += one.airings
            planned_ms[one.programme] += one.duration_ms
        if one.shown in HEARD:
            played[one.programme] += one.airings
            played_ms[one.programme] += one.heard_ms
    owed = _owed(stations, quotas, tree)
    codes = sorted({code for code in planned | owed if code is not None})
    return [
        Airtime(
            code, planned[code], planned_ms[code], played[code], played_ms[code], 1000 * owed.get(code, 0)
        )
        for code in [*codes, *([None] if planned[None] else [])]
    ]


def _owed(stations: Sequence[Station], quotas: Quotas, tree: Tree) -> Counter[str | None]:
    """Return programme → seconds a week that the stations owe it together."""
    owed: Counter[str | None] = Counter()
    codes = {code for code, _ in quotas.seconds}
    for station in stations:
        above = tree.path(station.unit_id)
        for code in codes:
            owed[code] += quotas.of(code, above)
    return owed
