"""Which rules the broadcasts of a table break, exceptions taken into account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from scheduler.limiting import Law
from scheduler.limits import TOGETHER, Breach, Ruling, Sitting, breaches
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.recurrence import Broadcast
from scheduler.windows import windows_of

DAY = timedelta(days=1)
Held = dict[tuple[str, date], list[tuple[Broadcast, str]]]
"""Station and local day → its broadcasts in order, each with its window's title."""


class Breaking:
    """Which rules the stations' broadcasts break on their days, exceptions taken into account."""

    def __init__(
        self,
        session: Session,
        law: Law,
        windows: dict[str, list[Window]],
        held: Held,
        span: Sequence[date],
    ) -> None:
        self._law, self._held = law, held
        self._others = self._near(session, windows, span)
        self._known: dict[object, list[Breach]] = {}

    def on(self, station: Station, day: date) -> list[Breach]:
        """Return what the station breaks on `day`; stations that are alike are asked once."""
        shown = [one for one, _ in self._held.get((station.name, day), ()) if one.enforced]
        rulings = self._law.book.on(station.unit_id, day) if shown else ()
        if not rulings:
            return []
        alike = (day, tuple(r.id for r in rulings), tuple((one.starts_at, one.ends_at) for one in shown))
        alone = not any(ruling.kind == TOGETHER for ruling in rulings)
        if not alone or alike not in self._known:
            self._known[alike] = self._asked(station, day, shown, rulings)
        return self._uncovered(station, self._known[alike], shown)

    def _asked(
        self, station: Station, day: date, shown: Sequence[Broadcast], rulings: Sequence[Ruling]
    ) -> list[Breach]:
        own = [Sitting(station.name, day, one.starts_at, one.ends_at) for one in shown]
        return breaches(own, rulings, day=day, zone=self._law.rules.zone, others=list(self._around(day)))

    def _uncovered(
        self, station: Station, found: Sequence[Breach], shown: Sequence[Broadcast]
    ) -> list[Breach]:
        above, exceptions = self._law.book.tree.path(station.unit_id), self._law.exceptions
        windows = [one.window for one in shown]
        return [
            breach
            for breach in found
            if all(exceptions.covering(breach, above, window=window) is None for window in windows)
        ]

    def _around(self, day: date) -> Iterator[Sitting]:
        for near in (day - DAY, day, day + DAY):
            yield from self._others.get(near, ())

    def _near(
        self, session: Session, windows: dict[str, list[Window]], span: Sequence[date]
    ) -> dict[date, list[Sitting]]:
        """Return what sounds at stations that must never sound together with others."""
        groups = [r.value["stations"] for r in self._law.book.rulings if r.kind == TOGETHER]
        names = {name for group in groups for name in group}
        if not names & windows.keys():
            return {}
        beside = windows_of(session, sorted(names))
        return self._law.sittings(
            [w for ws in beside.values() for w in ws], span[0] - DAY, span[-1] + 2 * DAY
        )
