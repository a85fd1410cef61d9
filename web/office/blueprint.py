"""The blueprint all rooms of the office hang their pages on; nobody enters unless signed in."""

from __future__ import annotations

from flask import Blueprint

from web import context

office = Blueprint("office", __name__, url_prefix="/office")


@office.before_request
def signed_in() -> None:
    """Send strangers to the door."""
    context.person()
