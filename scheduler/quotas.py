"""Quotas: how many seconds a week each station owes a programme, everywhere or at a unit and below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from content import audit
from content.errors import InvalidInputError
from content.models.plan import Plan, Programme
from content.models.unit import Unit
from scheduler.models.quota import Quota

LONGEST_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True)
class Quotas:
    """Seconds a week by (programme's code, unit id or None for everywhere)."""

    seconds: Mapping[tuple[str, int | None], int] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, programme: str | None, above: Sequence[int]) -> int:
        """Return the seconds owed at a unit (`above`: its path, itself first), by the nearest quota."""
        if programme is None:
            return 0
        places = (*above, None)
        return next((self.seconds[programme, at] for at in places if (programme, at) in self.seconds), 0)


def load_quotas(session: Session) -> Quotas:
    """Read every quota; of a programme in several versions of a plan the newest version's counts."""
    query = (
        select(Programme.code, Quota.unit_id, Quota.seconds_per_week)
        .join(Programme, Programme.id == Quota.programme_id)
        .join(Plan, Plan.id == Programme.plan_id)
        .order_by(Plan.imported_at, Plan.id)
    )
    return Quotas(MappingProxyType({(code, unit): seconds for code, unit, seconds in session.execute(query)}))


def set_quota(
    session: Session,
    programme: Programme,
    seconds_per_week: int | None,
    *,
    by: str,
    now: datetime,
    unit_id: int | None = None,
) -> Quota | None:
    """Set what is owed at a unit and below (None: everywhere); None takes the quota away again."""
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise InvalidInputError("Không có đơn vị đó.", field="unit_id")
    if seconds_per_week is not None and not 0 <= seconds_per_week <= LONGEST_SECONDS:
        raise InvalidInputError("Thời lượng mỗi tuần phải từ 0 đến 168 giờ.", field="seconds_per_week")
    quota = _store(session, programme, seconds_per_week, unit_id)
    if quota is not None:
        quota.set_by, quota.set_at = by, now
    session.flush()
    where = {"programme": programme.code, "unit": unit_id, "seconds": seconds_per_week}
    audit.record(session, "quota.set", actor=by, subject=f"quota:{programme.id}", now=now, **where)
    return quota


def listing(session: Session, programme_ids: Sequence[int]) -> list[Quota]:
    """Return the quotas of some programmes, those for everywhere first."""
    query = select(Quota).where(Quota.programme_id.in_(programme_ids))
    return sorted(session.scalars(query), key=lambda q: (q.programme_id, q.unit_id or 0))


def _store(session: Session, programme: Programme, seconds: int | None, unit_id: int | None) -> Quota | None:
    at = Quota.unit_id.is_(None) if unit_id is None else Quota.unit_id == unit_id
    found = session.scalars(select(Quota).where(Quota.programme_id == programme.id, at)).first()
    if seconds is None:
        if found is not None:
            session.delete(found)
        return None
    if found is None:
        found = Quota(programme_id=programme.id, unit_id=unit_id)
        session.add(found)
    found.seconds_per_week = seconds
    return found
