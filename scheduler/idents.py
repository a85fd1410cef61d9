"""Idents: the opening and closing of broadcasts, which the wiring hands in (scheduler knows no audio)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from content.contracts.airings import Kind, ident_airing_id
from content.models.bulletin import Approval
from scheduler.hearings import Ticket

OPENING, CLOSING = "opening", "closing"
ROLES = (OPENING, CLOSING)
Standing = Mapping[tuple[int, str], Sequence[Approval]]
"""(Unit id, opening or closing) → the approvals that may sound there, each on the days it is valid."""
Idents = Callable[[Session], Standing]


class SignFor(NamedTuple):
    """An opening or closing with its ticket; of several the first that is valid on a day counts."""

    role: str
    ticket: Ticket


Signs = tuple[SignFor, ...]


def no_idents(_session: Session) -> Standing:
    """Return none: where nothing was handed in."""
    return {}


def signs_at(standing: Mapping[tuple[int, str], Sequence[Ticket]], path: Sequence[int]) -> Signs:
    """Return what may open and close a unit's broadcasts, the nearest unit upwards first.

    `path` are the unit and those above it.
    """
    places = ((role, standing.get((at, role), ())) for role in ROLES for at in path)
    return tuple(SignFor(role, ticket) for role, tickets in places for ticket in tickets)


def ticket_of(approval: Approval) -> Ticket:
    """Return an ident's approval as a ticket."""
    revision = approval.revision
    return Ticket(
        wording=revision.id,
        length=approval.duration_ms,
        title=revision.title,
        first=revision.valid_from,
        last=revision.valid_to,
        bulletin=revision.bulletin_id,
        revision=revision.id,
        approval=approval.id,
        sha256=approval.clip_sha256,
        bytes=approval.bytes,
        media_type=approval.media_type,
        kind=Kind.IDENT,
    )


def ident_id(window: int, station: str, day: date, role: str, attempt: int) -> str:
    """Name an ident; one that was taken back is followed by the next attempt (from 1)."""
    return ident_airing_id(window, station, day, role if attempt == 1 else f"{role}-{attempt}")
