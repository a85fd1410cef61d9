"""The spoken openings and closings of broadcasts: idents, each approved like any bulletin."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.models import Asset, AssetRole
from content import audit, bulletins, units
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.bulletin import Approval, Bulletin, BulletinKind
from content.models.people import User


def put(
    session: Session,
    bulletin: Bulletin,
    *,
    role: AssetRole,
    programme_id: int | None,
    by: User,
    now: datetime,
) -> Asset:
    """Let an ident open or close its unit's broadcasts (of one programme, or all) once it is approved.

    What stands there stays until then; see `take_over`.
    """
    if bulletin.kind != BulletinKind.IDENT:
        raise InvalidInputError("Bản tin này không phải lời mở đầu hay kết thúc.", field="bulletin")
    asset = Asset(
        role=role,
        unit_id=bulletin.unit_id,
        programme_id=programme_id,
        bulletin_id=bulletin.id,
        created_by=by.id,
        created_at=now,
    )
    session.add(asset)
    session.flush()
    _note(session, "asset.put", asset, by=by, now=now)
    return asset


def take_over(session: Session, bulletin: Bulletin, *, by: User, now: datetime, day: date) -> None:
    """Retire what an ident that was just approved replaces: all of its place that was put there before it.

    One that is not valid yet on the local `day` replaces nothing: until then the former is heard.
    """
    if bulletin.latest.valid_from > day:
        return
    query = select(Asset).where(Asset.bulletin_id == bulletin.id, Asset.retired_at.is_(None))
    for asset in session.scalars(query).all():
        for former in _standing(session, [asset.unit_id], AssetRole(asset.role), asset.programme_id):
            if former.id < asset.id:
                retire(session, former, by=by, now=now)


def retire(session: Session, asset: Asset, *, by: User, now: datetime) -> None:
    """End an opening or closing; ConflictError when it has ended."""
    if asset.retired_at is not None:
        raise ConflictError("Lời mở đầu hay kết thúc này đã được gỡ.")
    asset.retired_at = now
    session.flush()
    _note(session, "asset.retire", asset, by=by, now=now)


def get(session: Session, asset_id: int) -> Asset:
    """Return an opening or closing, or raise NotFoundError."""
    asset = session.get(Asset, asset_id)
    if asset is None:
        raise NotFoundError("Không có lời mở đầu hay kết thúc số {id}.", id=asset_id)
    return asset


def listing(session: Session, unit_ids: Collection[int]) -> list[Asset]:
    """Return what stands for the units themselves, openings last, by unit."""
    query = select(Asset).where(Asset.unit_id.in_(unit_ids), Asset.retired_at.is_(None))
    return list(session.scalars(query.order_by(Asset.unit_id, Asset.role, Asset.id)))


def in_use(session: Session) -> list[Asset]:
    """Return every opening and closing for all programmes that was not retired, newest first."""
    query = select(Asset).where(Asset.programme_id.is_(None), Asset.retired_at.is_(None))
    return list(session.scalars(query.order_by(Asset.id.desc())))


def standing(
    session: Session, unit_id: int, *, programme_id: int | None, role: AssetRole, day: date
) -> Approval | None:
    """Return the approval of what opens or closes a unit's broadcast of a programme on the local `day`.

    The nearest unit upwards counts, and there the programme's own before that of all.  One whose
    bulletin has no approval for the day is passed over; of several that have, the newest is heard.
    """
    path = units.load_tree(session).path(unit_id)
    found = _standing(session, path, role, programme_id) if programme_id is not None else []
    found += _standing(session, path, role, None)
    approvals = bulletins.standing_approvals(session, {asset.bulletin_id for asset in found}, day)
    usable = [asset for asset in found if asset.bulletin_id in approvals]
    nearest = min(usable, key=lambda one: _rank(one, path), default=None)
    return approvals[nearest.bulletin_id] if nearest else None


def _rank(asset: Asset, path: Sequence[int]) -> tuple[int, bool, int]:
    return path.index(asset.unit_id), asset.programme_id is None, -asset.id


def _standing(
    session: Session, unit_ids: Collection[int], role: AssetRole, programme_id: int | None
) -> list[Asset]:
    query = select(Asset).where(Asset.unit_id.in_(unit_ids), Asset.role == role, Asset.retired_at.is_(None))
    wanted = Asset.programme_id.is_(None) if programme_id is None else Asset.programme_id == programme_id
    return list(session.scalars(query.where(wanted)))


def _note(session: Session, action: str, asset: Asset, *, by: User, now: datetime) -> None:
    audit.record(
        session,
        action,
        actor=by.login,
        subject=f"asset:{asset.id}",
        now=now,
        role=asset.role,
        unit=asset.unit_id,
        programme=asset.programme_id,
        bulletin=asset.bulletin_id,
    )
