"""What the stations of a unit go by: the weekly quotas owed there, and its openings and closings (pure)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from scheduler.idents import Signs, signs_at
from scheduler.moments import SECOND_MS
from scheduler.picture import Picture

_NO_QUOTAS: dict[str, int] = {}


@dataclass
class Customs:
    """Reads one picture by unit; a merged one goes by what its successor of `today` does."""

    picture: Picture
    today: date
    _codes: list[str] = field(init=False, repr=False)
    _quotas: dict[int, dict[str, int]] = field(default_factory=dict, repr=False)
    _telling: frozenset[int] = field(init=False, repr=False)
    _alike: dict[tuple[int, ...], dict[str, int]] = field(default_factory=dict, repr=False)
    _signs: dict[int, Signs] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        codes = {ticket.programme for d in self.picture.demands if (ticket := d.ticket)}
        self._codes = sorted(code for code in codes if code)
        self._telling = frozenset(unit for _, unit in self.picture.quotas.seconds if unit is not None)

    def quotas_at(self, unit_id: int) -> dict[str, int]:
        """Return programme → ms owed a week, the same dict for units that owe the same."""
        quotas = self.picture.quotas
        if not quotas.seconds:
            return _NO_QUOTAS
        if unit_id not in self._quotas:
            path = self.picture.places.path(self._home(unit_id))
            telling = tuple(at for at in path if at in self._telling)
            if telling not in self._alike:
                owed = {code: quotas.of(code, telling) * SECOND_MS for code in self._codes}
                found = {code: ms for code, ms in owed.items() if ms}
                same = (known for known in self._alike.values() if known == found)
                self._alike[telling] = next(same, found)
            self._quotas[unit_id] = self._alike[telling]
        return self._quotas[unit_id]

    def signs_at(self, unit_id: int) -> Signs:
        """Return what may open and close a unit's broadcasts."""
        if not self.picture.signs:
            return ()
        if unit_id not in self._signs:
            self._signs[unit_id] = signs_at(self.picture.signs, self.picture.places.path(self._home(unit_id)))
        return self._signs[unit_id]

    def _home(self, unit_id: int) -> int:
        """Return the unit to which a unit's stations belong today."""
        return self.picture.places.standing(unit_id, self.today) or unit_id
