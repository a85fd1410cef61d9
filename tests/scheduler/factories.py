"""Makers of rows for the scheduler's tests, with sensible defaults, and a pen that writes a ledger."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts.airings import Kind, State
from content.contracts.asrun import AsRun, Event, Seal, chain_hash
from content.contracts.fields import ZEROS
from content.contracts.instants import format_instant
from content.contracts.manifest import Quiet
from content.contracts.signing import PrivateKey
from content.models.bulletin import Approval, Bulletin, Revision, RevisionState
from content.models.people import User
from content.models.plan import Plan, Programme
from content.models.unit import Unit
from scheduler.draft import Terms
from scheduler.models.airing import Airing
from scheduler.models.order import Order, OrderUnit
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.rules import Rules

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
RULES = Rules(ZONE)
TERMS = Terms("production", ZONE.key, (Quiet("21:00", "06:00"),))
NOW = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
"""05:00 on Monday the 23rd in Việt Nam."""
TODAY = date(2026, 11, 23)
CENTRE = PrivateKey(bytes(range(32)))
WARD = PrivateKey(bytes(range(1, 33)))
CHAIN = "0b7e9c1e-8a3f-4e0b-9a51-2f6d0c5b7a10"
BOOT = "5f0c2b9a-0000-4000-8000-000000000001"
_serial = count(1)


def local(text: str, day: date = TODAY) -> datetime:
    """Return the instant of the wall time `HH:MM` or `HH:MM:SS` on a day in Việt Nam."""
    return datetime.fromisoformat(f"{day.isoformat()}T{text}").replace(tzinfo=ZONE).astimezone(UTC)


def make_unit(session: Session, name: str = "", *, parent: Unit | None = None, **more: Any) -> Unit:
    slug = name or f"don-vi-{next(_serial)}"
    fields = {"slug": slug, "name": slug, "kind": "ward", "valid_from": date(2020, 1, 1)}
    unit = Unit(**{**fields, "parent_id": parent.id if parent else None, **more})
    session.add(unit)
    session.flush()
    return unit


def make_user(session: Session, login: str = "") -> User:
    login = login or f"nguoi-{next(_serial)}"
    user = User(login=login, name=login, password_hash="-", created_at=NOW)
    session.add(user)
    session.flush()
    return user


def make_programme(session: Session) -> Programme:
    found = session.scalars(select(Programme)).first()
    if found is not None:
        return found
    plan = Plan(
        key="ke-hoach", version=1, title="Kế hoạch", issuer="-", source="-", sha256="0" * 64, imported_at=NOW
    )
    plan.term_from, plan.term_to = 2025, 2030
    plan.programmes.append(Programme(code="03", title="Chương trình 03", short_title="Số 03"))
    session.add(plan)
    session.flush()
    return plan.programmes[0]


def make_bulletin(session: Session, unit: Unit, **revision: Any) -> Bulletin:
    author = make_user(session)
    bulletin = Bulletin(unit_id=unit.id, created_by=author.id, created_at=NOW)
    session.add(bulletin)
    session.flush()
    add_revision(session, bulletin, author=author, **revision)
    return bulletin


def add_revision(
    session: Session, bulletin: Bulletin, *, author: User | None = None, seconds: int = 60, **more: Any
) -> Revision:
    """Add the next revision; it is approved unless `state` says otherwise."""
    author = author or make_user(session)
    number = len(bulletin.revisions) + 1
    fields: dict[str, Any] = {
        "level": "normal",
        "title": f"Bản tin {bulletin.id}",
        "valid_from": TODAY,
        "valid_to": TODAY + timedelta(days=30),
        "state": RevisionState.APPROVED,
        "programme_id": make_programme(session).id,
    }
    text = f"bản {bulletin.id}.{number}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    revision = Revision(
        bulletin_id=bulletin.id,
        number=number,
        text=text,
        text_sha256=digest,
        spoken=text,
        spoken_sha256=digest,
        lexicon_version="1",
        author_id=author.id,
        updated_at=NOW,
        **{**fields, **more},
    )
    session.add(revision)
    session.flush()
    if revision.state == RevisionState.APPROVED:
        _approve(session, revision, author, seconds)
    session.refresh(bulletin, ["revisions"])
    return revision


def _approve(session: Session, revision: Revision, by: User, seconds: int) -> None:
    session.add(
        Approval(
            revision_id=revision.id,
            text_sha256=revision.text_sha256,
            spoken_sha256=revision.spoken_sha256,
            clip_sha256=hashlib.sha256(revision.text.encode() + b"clip").hexdigest(),
            bytes=16_000 * seconds,
            duration_ms=1000 * seconds,
            media_type="audio/mpeg",
            voice="thu",
            lexicon_version="1",
            decided_by=by.id,
            decided_at=NOW,
            heard_ms=1000 * seconds,
        )
    )
    session.flush()


def make_station(session: Session, name: str = "", *, unit: Unit | None = None, **more: Any) -> Station:
    """Make a station that is enrolled with the key WARD."""
    name = name or f"tram-{next(_serial)}"
    fields = {
        "public_key": WARD.public.raw.hex(),
        "mode": "production",
        "created_at": NOW,
        "enrolled_at": NOW,
        "generation": 0,
        "clips_missing": [],
    }
    unit = unit or make_unit(session, f"dv-{name}")
    station = Station(name=name, unit_id=unit.id, title=name, **{**fields, **more})
    session.add(station)
    session.flush()
    return station


def make_window(session: Session, station: Station, *, minutes: float = 15, **more: Any) -> Window:
    fields = {
        "title": "Buổi sáng",
        "rrule": "FREQ=DAILY",
        "local_start": "06:00",
        "first_day": TODAY,
        "enforce_limits": True,
        "created_at": NOW,
    }
    window = Window(station=station.name, budget_ms=int(minutes * 60_000), **{**fields, **more})
    session.add(window)
    session.flush()
    return window


def make_order(session: Session, bulletin: Bulletin, unit_ids: list[int], **more: Any) -> Order:
    fields: dict[str, Any] = {
        "level": "normal",
        "first_day": TODAY,
        "last_day": TODAY,
        "weekdays": "1234567",
        "times_per_day": 1,
        "fixed_times": [],
        "created_by": bulletin.created_by,
        "created_at": NOW,
    }
    order = Order(
        bulletin_id=bulletin.id,
        units=[OrderUnit(unit_id=unit_id) for unit_id in unit_ids],
        **{**fields, **more},
    )
    session.add(order)
    session.flush()
    return order


def make_airing(session: Session, station: Station, **more: Any) -> Airing:
    """Make a released airing of the station at 06:00 local, without an order."""
    fields: dict[str, Any] = {
        "id": hashlib.sha256(f"airing {next(_serial)}".encode()).hexdigest()[:32],
        "kind": str(Kind.BULLETIN),
        "level": "normal",
        "starts_at": local("06:00"),
        "duration_ms": 60_000,
        "title": "Bản tin",
        "state": str(State.RELEASED),
        "released_generation": 1,
        "created_at": NOW,
        "updated_at": NOW,
    }
    given = {**fields, **more}
    given.setdefault("not_after", given["starts_at"] + timedelta(minutes=5))
    given.setdefault("rank", State(given["state"]).rank)
    airing = Airing(station=station.name, unit_id=station.unit_id, **given)
    session.add(airing)
    session.flush()
    return airing


@dataclass
class Scene:
    """One ward with a window, a bulletin approved for it and an order of it."""

    unit: Unit
    station: Station
    window: Window
    bulletin: Bulletin
    order: Order


def make_scene(session: Session, *, seconds: int = 60, minutes: float = 15, **order: Any) -> Scene:
    unit = make_unit(session)
    station = make_station(session, unit=unit)
    window = make_window(session, station, minutes=minutes)
    bulletin = make_bulletin(session, unit, seconds=seconds, level=order.get("level", "normal"))
    return Scene(unit, station, window, bulletin, make_order(session, bulletin, [unit.id], **order))


@dataclass
class Pen:
    """Writes a station's chain as the station would; every line is kept in `lines`."""

    station: str
    key: PrivateKey = WARD
    chain: str = CHAIN
    lines: list[bytes] = field(default_factory=list)

    def write(self, event: Event, at: datetime = NOW, **matter: Any) -> bytes:
        """Append a record and return its line."""
        line = AsRun(
            station=self.station,
            chain=self.chain,
            sequence=len(self.lines) + 1,
            previous=chain_hash(self.lines[-1]) if self.lines else ZEROS,
            at=format_instant(at),
            boot=BOOT,
            uptime_ms=1000,
            event=event,
            **{"clock_offset_ms": 12, "clock_ok": True, **matter},
        ).line()
        self.lines.append(line)
        return line

    def play(self, airing: str, at: datetime, *, outcome: State = State.PLAYED, **matter: Any) -> None:
        """Append `starting` and `finished` of one airing, heard for a minute."""
        kind = matter.pop("kind", Kind.BULLETIN)
        self.write(Event.STARTING, at, airing=airing, kind=kind, planned_at=format_instant(at))
        heard = {"started_at": format_instant(at), "heard_ms": 60_000, **matter}
        end = at + timedelta(minutes=1)
        self.write(Event.FINISHED, end, airing=airing, kind=kind, outcome=outcome, **heard)

    def batch(self, first: int = 1, last: int | None = None) -> bytes:
        """Return the lines from `first` to `last` (1-based, both included) with their seal."""
        lines = self.lines[first - 1 : last]
        return b"\n".join([*lines, Seal.make(lines, self.key).line()]) + b"\n"


def open_pen(station: Station, **more: Any) -> Pen:
    """Return a pen that has opened the station's first chain."""
    pen = Pen(station.name, **more)
    pen.write(Event.CHAIN, NOW, reason="first")
    return pen
