"""Builders of rows for tests of every room: `make_x` stores an x and whatever it needs."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from content import bulletins, people, plans
from content.models.bulletin import Approval, Bulletin
from content.models.people import Role, User
from content.models.plan import Plan
from content.models.unit import Unit
from content.text import slug_of

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
LAST_DAY = date(2026, 11, 30)
PASSWORD = "mat-khau-thu"
CLIP = bulletins.ClipFacts("c" * 64, 48_000, 6_000, "audio/mpeg", "espeak")


def make_unit(
    session: Session,
    name: str = "Phường Thử",
    *,
    parent: Unit | None = None,
    kind: str = "ward",
    valid_from: date = date(2021, 1, 1),
    valid_to: date | None = None,
) -> Unit:
    """Store a unit; its slug follows from its name."""
    unit = Unit(
        slug=slug_of(name),
        name=name,
        kind=kind,
        parent_id=parent.id if parent else None,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    session.add(unit)
    session.flush()
    return unit


def make_user(session: Session, login: str = "nguoi-thu", *roles: tuple[Role, Unit]) -> User:
    """Store a person with roles, password `PASSWORD`."""
    user = people.create_user(session, login, name=f"Người {login}", password=PASSWORD, now=NOW)
    for role, unit in roles:
        people.grant(session, user, role, unit.id, by="test", now=NOW)
    return user


def make_plan(session: Session) -> Plan:
    """Store the shipped plan."""
    return plans.import_plan(session, plans.SHIPPED, by="test", now=NOW).plan


def make_draft(
    plan: Plan,
    *,
    text: str = "Thu gom rác thải.",
    level: str = "normal",
    code: str = "05",
    title: str = "Thu gom rác",
) -> bulletins.Draft:
    """Return a draft under a programme, valid from TODAY to LAST_DAY."""
    programme = next(p for p in plan.programmes if p.code == code)
    return bulletins.Draft(programme.id, level, title, text, TODAY, LAST_DAY)


def make_bulletin(
    session: Session,
    unit: Unit,
    author: User,
    *,
    plan: Plan | None = None,
    text: str = "Thu gom rác thải.",
    level: str = "normal",
    title: str = "Thu gom rác",
) -> Bulletin:
    """Store a bulletin whose only revision is a draft."""
    draft = make_draft(plan or make_plan(session), text=text, level=level, title=title)
    spoken = bulletins.SpokenWords(text.lower(), "v-test")
    return bulletins.create(session, unit.id, author=author, draft=draft, spoken=spoken, now=NOW)


def make_approval(
    session: Session, bulletin: Bulletin, approver: User, *, clip: bulletins.ClipFacts = CLIP
) -> Approval:
    """Submit the bulletin's draft and approve it with `clip`."""
    author = bulletin.latest.author
    bulletins.submit(session, bulletin.latest, by=author, now=NOW, today=TODAY)
    return bulletins.approve(
        session,
        bulletin.latest,
        by=approver,
        clip=clip,
        heard_sha256=clip.sha256,
        heard_ms=clip.duration_ms,
        now=NOW,
    )
