"""The blueprint of the ward's desk; nobody enters unless signed in."""

from __future__ import annotations

from apiflask import APIBlueprint

from web import context

ward = APIBlueprint("ward", __name__, url_prefix="/ward", enable_openapi=False)


@ward.before_request
def signed_in() -> None:
    """Send strangers to the door."""
    context.person()
