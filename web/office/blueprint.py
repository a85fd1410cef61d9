"""The blueprint all rooms of the office hang their pages on; nobody enters unless signed in."""

from __future__ import annotations

from apiflask import APIBlueprint

from web import context

office = APIBlueprint("office", __name__, url_prefix="/office", enable_openapi=False)


@office.before_request
def signed_in() -> None:
    """Send strangers to the door."""
    context.person()
