"""`/healthz`: whether the database answers and the scheduler is alive, for people and for monitors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from content.contracts.instants import format_instant
from scheduler import leases
from web import context

health = Blueprint("health", __name__)
TICK_DEAD_AFTER = timedelta(seconds=5)


@health.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Answer 200 when everything the wards rely on works, 503 otherwise; each part is named."""
    parts = {"database": _database(), "scheduler": _scheduler()}
    good = all(part["ok"] for part in parts.values())
    body = {"ok": good, "mode": context.house().settings.mode, "now": format_instant(context.now()), **parts}
    return jsonify(body), 200 if good else 503


def _database() -> dict[str, Any]:
    try:
        context.session().execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        return {"ok": False, "why": type(error).__name__}
    return {"ok": True}


def _scheduler() -> dict[str, Any]:
    try:
        tick = leases.last_tick(context.session(), "scheduler")
    except SQLAlchemyError as error:
        return {"ok": False, "why": type(error).__name__}
    if tick is None:
        return {"ok": False, "why": "never ticked"}
    age = context.now() - tick
    return {"ok": age <= TICK_DEAD_AFTER, "last_tick": format_instant(tick)}
