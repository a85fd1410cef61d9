"""The blueprint of the ward's desk; nobody enters unless signed in."""

from __future__ import annotations

from flask import Blueprint

from web import context

ward = Blueprint("ward", __name__, url_prefix="/ward")


@ward.before_request
def signed_in() -> None:
    """Send strangers to the door."""
    context.person()
