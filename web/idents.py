"""What opens and closes broadcasts, told to the planner, which knows no audio."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy.orm import Session

from audio import assets
from content import bulletins
from content.models.bulletin import Approval
from scheduler.idents import Standing


def standing_idents(session: Session) -> Standing:
    """Return (unit id, opening or closing) → the approvals of those for all programmes, newest first."""
    found: dict[tuple[int, str], list[Approval]] = defaultdict(list)
    for asset in assets.in_use(session):
        approval = _approval(session, asset.bulletin_id)
        if approval is not None:
            found[asset.unit_id, str(asset.role)].append(approval)
    return found


def _approval(session: Session, bulletin_id: int) -> Approval | None:
    bulletin = bulletins.get(session, bulletin_id)
    return None if bulletin.recalled_at is not None else bulletin.latest.approval
