"""Emergencies to tell: that one was called, that one waits for a second person, that nobody stood by it.

A call may reach hundreds of wards.  Each called unit has a notice of its own with its own addresses; one
more, of the unit above them all, goes to the addresses above.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.models.people import User
from content.units import Tree, load_tree
from scheduler.models.emergency import Emergency
from scheduler.models.station import Station
from web.notices.happenings import Happening
from web.notices.models import Notice

CALLED, ASKED, UNSIGNED = "emergency_called", "emergency_asked", "emergency_unsigned"
KINDS = (CALLED, ASKED, UNSIGNED)
TOLD_FOR = timedelta(days=1)
_NAMED = 3


@dataclass(frozen=True)
class Alert:
    """One thing to tell of an emergency: `units` were called."""

    kind: str
    emergency: Emergency
    units: tuple[int, ...]

    @property
    def about(self) -> str:
        """Its name; the called units' own begin with it."""
        return f"{self.kind}|{self.emergency.id}"


def alerts(session: Session, now: datetime, zone: ZoneInfo) -> Iterator[Happening]:
    """Tell of the emergencies of the last day what was not told yet."""
    query = select(Emergency).where(Emergency.requested_at > now - TOLD_FOR).order_by(Emergency.id)
    steps = {f"{kind}|{row.id}": (kind, row) for row in session.scalars(query) for kind in kinds_of(row)}
    known = set(session.scalars(select(Notice.about).where(Notice.about.in_(steps)))) if steps else set()
    new = [step for about, step in steps.items() if about not in known]
    tree = load_tree(session) if new else None
    for kind, row in new:
        if tree is not None:
            yield from _tell(session, Alert(kind, row, _units_of(session, row)), tree, zone)


def kinds_of(emergency: Emergency) -> list[str]:
    """Return what is to be told of an emergency as it stands (pure)."""
    asked = emergency.phrase_id is None and emergency.started_at is None and emergency.is_open
    steps = {CALLED: emergency.started_at, ASKED: asked, UNSIGNED: emergency.reported_at}
    return [kind for kind, due in steps.items() if due]


def spread(called: Collection[int], tree: Tree, *, to_the_top: bool) -> dict[int, tuple[int, ...]]:
    """Return unit → the units whose addresses its notice goes to, the unit above all first (pure)."""
    paths = [list(reversed(tree.path(unit_id))) for unit_id in called]
    shared = [at for at in paths[0] if all(at in path for path in paths)]
    top = shared[0] if to_the_top or not shared else shared[-1]
    above = {at for path in paths for at in path} - set(called)
    return {top: (*sorted(above | {top}),)} | {unit: (unit,) for unit in called if unit != top}


def _tell(session: Session, alert: Alert, tree: Tree, zone: ZoneInfo) -> Iterator[Happening]:
    if not alert.units:
        return
    subject, text = words(session, alert, tree, zone)
    top = None
    for unit_id, told in spread(alert.units, tree, to_the_top=alert.kind == UNSIGNED).items():
        about = alert.about if top is None else f"{alert.about}|{unit_id}"
        top = unit_id
        yield Happening(alert.kind, about, unit_id, None, subject, text, told=told)


def words(session: Session, alert: Alert, tree: Tree, zone: ZoneInfo) -> tuple[str, str]:
    """Return subject and text; the subject is the same for every unit, and no other emergency has it."""
    row = alert.emergency
    what = f"{'Diễn tập khẩn cấp' if row.exercise else 'Khẩn cấp'} số {row.id}"
    title, reason = " ".join(row.title.split()), " ".join(row.reason.split())
    where = f"ở {len(row.stations)} trạm: {_names(alert.units, tree)}. Lý do: {reason}"
    if alert.kind == ASKED:
        who, at = _name(session, row.requested_by), _at(row.requested_at, zone)
        asked = f"{who} xin phát “{title}” lúc {at} {where}."
        text = f"{asked} Lời mới chỉ phát khi có người thứ hai xác nhận."
        return f"{what} chờ người thứ hai: {title}", text
    begun = f"{_name(session, row.started_by)} phát “{title}” lúc {_at(row.started_at, zone)} {where}."
    if alert.kind == UNSIGNED:
        late = f"Tới {_at(row.reported_at, zone)} chưa có người thứ hai xác nhận; gọi lãnh đạo xem lại ngay."
        return f"{what} chưa có người thứ hai xác nhận: {title}", f"{begun} {late}"
    if row.countersigned_at is None:
        begun += f" Cần người thứ hai xác nhận trước {_at(row.countersign_by, zone)}."
    return f"{what}: {title}", begun


def _names(units: Collection[int], tree: Tree) -> str:
    names = sorted(tree.units[unit_id].name for unit_id in units)
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" và {more} đơn vị khác" if more > 0 else "")


def _name(session: Session, user_id: int | None) -> str:
    return session.get_one(User, user_id).name if user_id is not None else "?"


def _at(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M ngày %d/%m}" if at is not None else "?"


def _units_of(session: Session, emergency: Emergency) -> tuple[int, ...]:
    query = select(Station.unit_id).where(Station.name.in_(emergency.stations)).distinct()
    return tuple(sorted(session.scalars(query)))
