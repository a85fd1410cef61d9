"""What the tests of the wards' doors need: a house on disk, units, enrolled stations, stored manifests."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

from flask import Flask
from pydantic import SecretStr
from sqlalchemy.orm import Session

from content.clock import Clock, SteppedClock
from content.contracts.airings import Kind, Level, State, born_airing_id
from content.contracts.asrun import Event
from content.contracts.enrolment import EnrolRequest, Heartbeat
from content.contracts.manifest import Item, Manifest
from content.contracts.signing import PrivateKey
from content.db import Database
from content.models.people import Grant, Role, User
from content.models.unit import Unit
from content.settings import Settings
from scheduler import stations
from scheduler.models.airing import Airing
from scheduler.models.asrun import AsRunRecord
from scheduler.models.manifest import Manifest as StoredManifest
from web.api import limits
from web.app import create_app
from web.house import House
from web.tables import metadata

MORNING = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
"""06:00 on Monday 23/11/2026 at the wards."""


@dataclass(frozen=True)
class Ward:
    """A station that is enrolled: its unit, token and own key."""

    name: str
    unit_id: int
    token: str
    key: PrivateKey

    @property
    def bearer(self) -> dict[str, str]:
        """The header it shows."""
        return {"Authorization": f"Bearer {self.token}"}


def make_house(
    folder: Path, *, clock: Clock | None = None, bell_port: int = 8001, on_disk: bool = False
) -> House:
    """Return a house in rehearsal whose tables are there and empty, in memory unless `on_disk`."""
    url = None if on_disk else SecretStr("sqlite://")
    settings = Settings(mode="rehearsal", data_dir=folder, bell_port=bell_port, database_url=url)
    house = House.open(settings, clock or SteppedClock(MORNING))
    if on_disk:
        metadata.create_all(house.database.engine.execution_options(loaphuong_write=True))
    else:
        _connection(house.database).deserialize(_empty_tables())
    return house


@cache
def _empty_tables() -> bytes:
    """Return a database whose tables are there: making them takes longer than copying them."""
    database = Database.open("sqlite://")
    metadata.create_all(database.engine)
    tables = _connection(database).serialize()
    database.dispose()
    return tables


def _connection(database: Database) -> sqlite3.Connection:
    with closing(database.engine.raw_connection()) as pooled:
        return cast("sqlite3.Connection", pooled.driver_connection)


@cache
def _the_app() -> Flask:
    settings = Settings(mode="rehearsal", secret_key=SecretStr("chi-de-thu"))
    return create_app(House(settings, SteppedClock(MORNING), Database.open("sqlite://")), testing=True)


def app_of(house: House) -> Flask:
    """Return the app, moved into `house`: building it and compiling its pages takes longer than a test."""
    app = _the_app()
    app.extensions.update({"loaphuong": house, limits.KEY: limits.Limits(house.clock)})
    return app


def make_unit(session: Session, slug: str, name: str, *, parent_id: int | None = None) -> Unit:
    """Store a ward, or a city when it has no parent."""
    kind = "city" if parent_id is None else "ward"
    unit = Unit(slug=slug, name=name, kind=kind, parent_id=parent_id, valid_from=date(2025, 7, 1))
    session.add(unit)
    session.flush()
    return unit


def make_ward(house: House, title: str, *, unit_id: int | None = None, now: datetime = MORNING) -> Ward:
    """Store a station of a new unit (or of the one given) and enrol it."""
    key = PrivateKey.generate()
    with house.database.writing() as session:
        slug = stations.station_slug(title)
        unit_id = make_unit(session, slug, title).id if unit_id is None else unit_id
        station = stations.create_station(session, unit_id, title=title, now=now)
        keyid = house.key.public.keyid
        code = stations.invite(session, station, url="http://127.0.0.1", keyid=keyid, by="test", now=now)
        request = EnrolRequest(str(code), key.public.raw.hex(), "may-tram", "0.1.0")
        enrolled, token = stations.enrol(session, request, mode="rehearsal", now=now)
    return Ward(enrolled.name, unit_id, token, key)


def make_person(house: House, login: str, *grants: tuple[Role, int]) -> None:
    """Store a person who holds the roles at the units, and whom no password opens the door to."""
    with house.database.writing() as session:
        user = User(login=login, name=login.title(), password_hash="-", created_at=MORNING)
        user.grants = [Grant(role=role, unit_id=unit_id) for role, unit_id in grants]
        session.add(user)


def make_airing(house: House, ward: Ward, title: str, minutes: float = 0, **more: Any) -> str:
    """Store a released bulletin of a minute that starts `minutes` after MORNING; return its id."""
    starts_at = MORNING + timedelta(minutes=minutes)
    state = State(more.pop("state", State.RELEASED))
    fields: dict[str, Any] = {
        "id": born_airing_id(Kind.DESK, f"{ward.name} {title} {minutes}"),
        "kind": Kind.BULLETIN,
        "level": Level.NORMAL,
        "starts_at": starts_at,
        "not_after": starts_at + timedelta(minutes=5),
        "duration_ms": 60_000,
        "released_generation": 1,
        **more,
    }
    with house.database.writing() as session:
        session.add(
            Airing(
                **fields,
                station=ward.name,
                unit_id=ward.unit_id,
                title=title,
                state=state,
                rank=state.rank,
                created_at=MORNING,
                updated_at=MORNING,
            )
        )
    return str(fields["id"])


def store_starting(house: House, ward: Ward, airing: str, *, at: datetime) -> None:
    """Store the line in which the station says that it starts an airing."""
    with house.database.writing() as session:
        session.add(
            AsRunRecord(
                station=ward.name,
                chain="0b7e9c1e-8a3f-4e0b-9a51-2f6d0c5b7a10",
                sequence=1,
                line=b"{}",
                sha256="0" * 64,
                event=Event.STARTING,
                airing=airing,
                at=at,
                received_at=at,
            )
        )


def beat(house: House, ward: Ward, **more: Any) -> None:
    """Let the station be heard now, holding generation 1 with every clip."""
    fields: dict[str, Any] = {
        "boot": "5f0c2b9a-0000-4000-8000-000000000001",
        "generation": 1,
        "clips_missing": (),
        "playing": None,
        "disk_free_bytes": 9_000_000_000,
        "clock_offset_ms": 12,
        "clock_ok": True,
        "player": "silent",
        "version": "0.1.0",
        **more,
    }
    with house.database.writing() as session:
        station = stations.get(session, ward.name)
        stations.take_heartbeat(session, station, Heartbeat(**fields), house.clock.now())


def store_manifest(
    house: House, station: str, generation: int, *, items: tuple[Item, ...] = (), now: datetime = MORNING
) -> bytes:
    """Store a signed generation and return its envelope."""
    manifest = Manifest(
        mode="rehearsal",
        station=station,
        generation=generation,
        issued_at=now,
        start=now,
        end=now + timedelta(hours=72),
        time_zone="Asia/Ho_Chi_Minh",
        quiet=(house.settings.quiet,),
        items=items,
    )
    envelope = manifest.seal(house.key)
    with house.database.writing() as session:
        session.add(
            StoredManifest(
                station=station,
                generation=generation,
                payload=envelope,
                sha256=hashlib.sha256(envelope).hexdigest(),
                issued_at=now,
                to=manifest.end,
            )
        )
    return envelope
