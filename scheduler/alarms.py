"""Raising and clearing alarms; the same open alarm is not raised twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.errors import NotFoundError
from scheduler.models.alarm import Alarm


def raise_alarm(
    session: Session, kind: str, *, detail: str, now: datetime, station: str | None = None
) -> Alarm:
    """Open an alarm, or return the one that already says the same."""
    same = select(Alarm).where(
        Alarm.kind == kind, Alarm.station == station, Alarm.detail == detail, Alarm.cleared_at.is_(None)
    )
    alarm = session.scalars(same).first()
    if alarm is None:
        alarm = Alarm(at=now, station=station, kind=kind, detail=detail)
        session.add(alarm)
        session.flush()
    return alarm


def open_alarms(session: Session, *, station: str | None = None) -> list[Alarm]:
    """Return what is open, newest first, of all stations or of one."""
    query = select(Alarm).where(Alarm.cleared_at.is_(None)).order_by(Alarm.id.desc())
    return list(session.scalars(query if station is None else query.where(Alarm.station == station)))


def get(session: Session, alarm_id: int) -> Alarm:
    """Return an alarm, or raise NotFoundError."""
    alarm = session.get(Alarm, alarm_id)
    if alarm is None:
        raise NotFoundError("Không có cảnh báo số {id}.", id=alarm_id)
    return alarm


def clear(session: Session, alarm_id: int, *, now: datetime) -> None:
    """Close an alarm that somebody has seen to, or raise NotFoundError."""
    alarm = get(session, alarm_id)
    alarm.cleared_at = alarm.cleared_at or now
    session.flush()
