"""The lexicon's standing rows by scope, read again only when the table has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select
from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from audio.models.lexicon import EVERYWHERE, LexiconEntry, programme_scope, unit_scope

ByScope = Mapping[str, Mapping[str, str]]
_KEPT: WeakKeyDictionary[Pool, tuple[Any, ByScope]] = WeakKeyDictionary()
"""A database's connections -> the stamp of its table and the rows read under it."""
_ENDED = select(func.coalesce(func.sum(LexiconEntry.id), 0)).where(LexiconEntry.ended_at.is_not(None))
_STAMP = (
    select(
        LexiconEntry.id,
        LexiconEntry.written,
        LexiconEntry.spoken,
        LexiconEntry.scope,
        _ENDED.scalar_subquery(),
    )
    .order_by(LexiconEntry.id.desc())
    .limit(1)
)
"""The newest row itself, since an id comes again after a rollback, and the sum of the ids that ended."""


def scopes_of(unit_ids: Sequence[int], programme: str) -> list[str]:
    """Return the scopes a text lies in, the widest first; `unit_ids` from the root down."""
    units = [unit_scope(unit_id) for unit_id in unit_ids]
    return [EVERYWHERE, *units, *([programme_scope(programme)] if programme else [])]


def standing_rows(session: Session) -> ByScope:
    """Return scope -> written -> spoken of what stands now, as this transaction sees it."""
    stamp = session.execute(_STAMP).one_or_none()
    pool = _pool(session)
    kept = _KEPT.get(pool)
    if kept is not None and kept[0] == stamp:
        return kept[1]
    rows = _read(session) if stamp is not None else {}
    _KEPT[pool] = (stamp, rows)
    return rows


def _read(session: Session) -> ByScope:
    query = select(LexiconEntry.scope, LexiconEntry.written, LexiconEntry.spoken)
    found: dict[str, dict[str, str]] = {}
    for scope, written, spoken in session.execute(query.where(LexiconEntry.ended_at.is_(None))):
        found.setdefault(scope, {})[written] = spoken
    return found


def _pool(session: Session) -> Pool:
    bind = session.get_bind()
    engine: Engine = bind if isinstance(bind, Engine) else bind.engine
    return engine.pool
