"""The audit log: who did what to what, one line after the other, each naming the hash of the one before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts import lpjson
from content.contracts.fields import ZEROS
from content.contracts.instants import format_instant
from content.db import lock_chain
from content.models.audit import Audit

SYSTEM = "system"


def record(session: Session, action: str, *, actor: str, subject: str, now: datetime, **detail: Any) -> Audit:
    """Append one line: `actor` (a login, or `system`) did `action` to `subject` (`kind:id`)."""
    lock_chain(session, "audit")
    last = session.scalars(select(Audit).order_by(Audit.sequence.desc()).limit(1)).first()
    sequence = 1 if last is None else last.sequence + 1
    previous = ZEROS if last is None else line_hash(last.line)
    line = lpjson.encode(
        {
            "v": 1,
            "sequence": sequence,
            "previous": previous,
            "at": format_instant(now),
            "actor": actor,
            "action": action,
            "subject": subject,
            "detail": detail,
        }
    ).decode()
    row = Audit(
        sequence=sequence, at=now, actor=actor, action=action, subject=subject, previous=previous, line=line
    )
    session.add(row)
    session.flush()
    return row


def line_hash(line: str) -> str:
    """Return the sha256 hex that the next line names as `previous`."""
    return hashlib.sha256(line.encode()).hexdigest()


@dataclass(frozen=True)
class AuditVerdict:
    """What a walk over the log found: `first_bad` is the sequence at which it breaks, 0 if whole."""

    lines: int
    first_bad: int = 0


def verify(session: Session) -> AuditVerdict:
    """Walk the whole log and check that every line follows from the one before."""
    expected, count = ZEROS, 0
    for row in _rows(session):
        count += 1
        said = lpjson.decode(row.line.encode())
        told = (said["sequence"], said["previous"], said["actor"], said["action"], said["subject"])
        if told != (count, expected, row.actor, row.action, row.subject):
            return AuditVerdict(count, first_bad=count)
        expected = line_hash(row.line)
    return AuditVerdict(count)


def latest(session: Session, *, limit: int, before: int | None = None) -> list[Audit]:
    """Return the newest lines first, those under sequence `before` if given."""
    query = select(Audit).order_by(Audit.sequence.desc()).limit(limit)
    return list(session.scalars(query if before is None else query.where(Audit.sequence < before)))


def of_subject(session: Session, subject: str) -> list[Audit]:
    """Return every line about `subject`, oldest first."""
    return list(session.scalars(select(Audit).where(Audit.subject == subject).order_by(Audit.sequence)))


def _rows(session: Session) -> Iterator[Audit]:
    return iter(session.scalars(select(Audit).order_by(Audit.sequence).execution_options(yield_per=1000)))
