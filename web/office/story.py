"""What happened to a bulletin, in the order in which it happened."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask_babel import gettext
from sqlalchemy.orm import Session

from content import audit
from content.contracts import lpjson
from content.models.audit import Audit
from content.models.bulletin import Bulletin


class Step(NamedTuple):
    """One line of the story."""

    at: datetime
    who: str
    what: str


def revision_story(session: Session, bulletin: Bulletin) -> list[Step]:
    """Return the audit lines about the bulletin as steps, oldest first."""
    rows = audit.of_subject(session, f"bulletin:{bulletin.id}")
    return [Step(row.at, row.actor, _with_reason(row)) for row in rows]


def _with_reason(row: Audit) -> str:
    reason = lpjson.decode(row.line.encode())["detail"].get("reason")
    return f"{_told(row.action)}: {reason}" if reason else _told(row.action)


def _told(action: str) -> str:
    told: dict[str, str] = {
        "bulletin.create": gettext("soạn bản tin"),
        "bulletin.save": gettext("sửa bản nháp"),
        "bulletin.submit": gettext("gửi duyệt"),
        "bulletin.approve": gettext("đã nghe và duyệt"),
        "bulletin.return": gettext("trả lại"),
        "bulletin.recall": gettext("thu hồi"),
    }
    return told.get(action, action)
