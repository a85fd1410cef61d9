"""`/healthz`: whether the database answers and the scheduler is alive, for people and for monitors.

Database and scheduler are vital: without them it answers 503.  Workers, the bell and single jobs are
told of as warnings: the wards play on without them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from audio.models import JobState, RenderJob
from content import pulses
from content.contracts.instants import format_instant
from scheduler import leases
from web import context

health = Blueprint("health", __name__)
TICK_DEAD_AFTER = timedelta(seconds=4)
"""Who asks every second learns of a death within 5 s of the last tick."""
CLOCK_SLACK = timedelta(seconds=1)
SILENT_AFTER = timedelta(seconds=30)
"""Workers and the bell leave a sign every 10 s."""
WAITED_LONG = timedelta(minutes=2)
Part = dict[str, Any]


@health.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer 200 when everything the wards rely on works, 503 otherwise; each part is named."""
    vital = {"database": _asked(_database), "scheduler": _asked(_scheduler)}
    other = {"jobs": _asked(_jobs), "worker": _asked(_worker), "bell": _asked(_bell)}
    good = all(part["ok"] for part in vital.values())
    body = {
        "ok": good,
        "mode": context.house().settings.mode,
        "now": format_instant(context.now()),
        "warnings": [name for name, part in other.items() if not part["ok"]],
        **vital,
        **other,
    }
    return jsonify(body), 200 if good else 503


def _asked(ask: Callable[[Session], Part]) -> Part:
    """Ask in a transaction of its own, so that one failure does not spoil the other answers."""
    try:
        with context.house().database.reading() as session:
            return ask(session)
    except SQLAlchemyError as error:
        return {"ok": False, "why": type(error).__name__}


def _database(session: Session) -> Part:
    session.execute(select(1))
    return {"ok": True}


def _scheduler(session: Session) -> Part:
    beat = leases.last_beat(session, "scheduler")
    if beat is None:
        return {"ok": False, "why": "never ticked"}
    alive = -CLOCK_SLACK <= beat.age <= TICK_DEAD_AFTER
    return {"ok": alive, "last_tick": format_instant(beat.at), "age_ms": _ms(beat.age)}


def _jobs(session: Session) -> Part:
    failing = {
        sign.name.removeprefix("job:"): sign.error for sign in pulses.signs(session, "job") if sign.error
    }
    return {"ok": not failing, "failing": failing}


def _worker(session: Session) -> Part:
    """Good while a worker was heard of lately and nobody waits long for a voice."""
    waited = _longest_wait(session, context.now())
    part = _seen(session, "worker")
    return {**part, "ok": part["ok"] and waited <= WAITED_LONG, "waited_ms": _ms(waited)}


def _bell(session: Session) -> Part:
    return _seen(session, "bell")


def _seen(session: Session, kind: str) -> Part:
    signs = pulses.signs(session, kind)
    if not signs:
        return {"ok": False, "why": "never seen"}
    return {"ok": -CLOCK_SLACK <= signs[0].age <= SILENT_AFTER, "age_ms": _ms(signs[0].age)}


def _longest_wait(session: Session, now: datetime) -> timedelta:
    queued = select(func.min(RenderJob.ready_at)).where(RenderJob.state == JobState.QUEUED)
    ready = session.scalar(queued)
    return timedelta() if ready is None else max(timedelta(), now - ready)


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
