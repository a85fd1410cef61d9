"""Which phrases' clips a station keeps ready, and since when that has been so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import phrases
from content.contracts.manifest import ClipRef
from content.models.bulletin import Approval, Bulletin, Revision
from content.models.phrase import Phrase
from content.units import Tree, load_tree


class Standby:
    """The clips of the approved phrases of a unit and of all above it, read once for many stations."""

    def __init__(self, session: Session, day: date) -> None:
        self._standing = phrases.standing(session, day)
        self._tree: Tree | None = load_tree(session) if self._standing else None

    def at(self, unit_id: int) -> tuple[ClipRef, ...]:
        """Return what a station of the unit keeps ready, by name."""
        path = self._tree.path(unit_id) if self._tree else []
        found = {one.clip_sha256: one for above in path for one in self._standing.get(above, ())}
        return tuple(ClipRef(name, one.bytes, one.media_type) for name, one in sorted(found.items()))

    def holds(self, unit_id: int, sha256: str) -> bool:
        """Tell whether a station of the unit keeps a clip ready."""
        return any(clip.sha256 == sha256 for clip in self.at(unit_id))


class Changes:
    """When the phrases of each unit changed last: one was approved, taken away or recalled."""

    def __init__(self, session: Session) -> None:
        self._last: dict[int, datetime] = {}
        for unit_id, *moments in session.execute(_CHANGES):
            moment = max((one for one in moments if one is not None), default=None)
            if moment is not None:
                self._last[unit_id] = max(moment, self._last.get(unit_id, moment))
        self._newest = max(self._last.values(), default=None)
        self._tree = load_tree(session) if self._last else None

    def since(self, units: Iterable[tuple[str, int, datetime]]) -> set[str]:
        """Return the names of those of (name, unit, instant) whose phrases changed then or later."""
        newest, tree = self._newest, self._tree
        if newest is None or tree is None:
            return set()
        doubtful = [one for one in units if one[2] <= newest]
        return {
            name for name, unit, at in doubtful if any(self._at(above) >= at for above in tree.path(unit))
        }

    def _at(self, unit_id: int) -> datetime:
        return self._last.get(unit_id, _NEVER)


_NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")
_CHANGES = (
    select(Phrase.unit_id, Approval.decided_at, Phrase.retired_at, Bulletin.recalled_at)
    .join(Bulletin, Bulletin.id == Phrase.bulletin_id)
    .join(Revision, Revision.bulletin_id == Bulletin.id)
    .join(Approval, Approval.revision_id == Revision.id)
)
