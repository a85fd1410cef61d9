"""Stations: their names, how a machine becomes one, what it reports and whether it is heard."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

import sqlalchemy
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from content import audit, units
from content.contracts.airings import Reason, State
from content.contracts.enrolment import (
    LATE_SECONDS,
    OFFLINE_SECONDS,
    EnrolCode,
    EnrolRequest,
    Heartbeat,
)
from content.contracts.manifest import Mode
from content.contracts.signing import PublicKey
from content.errors import ConflictError, InvalidInputError, NotFoundError, SignInRequiredError
from content.models.unit import Unit
from content.text import NAME_LIMIT, line, msgid, slug_of
from scheduler import states
from scheduler.models.airing import Airing
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station, StationInvite

INVITE_HOURS = 24
_UNKNOWN_TOKEN = msgid("Thẻ truy cập của trạm không đúng hoặc đã bị thu hồi; hãy ghi danh lại.")
_DOOR = select(
    Station.name,
    select(func.max(Manifest.generation)).where(Manifest.station == Station.name).scalar_subquery(),
).where(Station.token_sha256 == bindparam("token_sha256"), Station.retired_at.is_(None))


class Connection(StrEnum):
    """How lately a station was heard."""

    ONLINE = "online"
    LATE = "late"
    OFFLINE = "offline"
    NEVER = "never"


def station_slug(name: str) -> str:
    """Return the slug of a Vietnamese name: `Hạ Đình 1` → `ha-dinh-1`."""
    return slug_of(name)


def create_station(
    session: Session, unit_id: int, *, title: str, now: datetime, name: str | None = None
) -> Station:
    """Make a station of a unit, not enrolled yet; `name` defaults to the slug of its title."""
    title = line(title, field="title", what="Tên trạm", limit=NAME_LIMIT)
    slug = station_slug(name or title)
    if not slug:
        raise InvalidInputError("Hãy đặt tên trạm bằng chữ hoặc số.", field="title")
    if session.get(Unit, unit_id) is None:
        raise InvalidInputError("Hãy chọn đơn vị của trạm.", field="unit")
    if session.get(Station, slug) is not None:
        raise ConflictError(
            "Đã có trạm “{name}”; tên trạm không dùng lại được, hãy chọn tên khác.", field="title", name=slug
        )
    station = Station(name=slug, unit_id=unit_id, title=title, created_at=now, clips_missing=[])
    session.add(station)
    session.flush()
    return station


def get(session: Session, name: str) -> Station:
    """Return a station, or raise NotFoundError."""
    station = session.get(Station, name)
    if station is None:
        raise NotFoundError("Không có trạm “{name}”.", name=name[:80])
    return station


def named(session: Session, names: Iterable[str]) -> dict[str, Station]:
    """Return name → station of those that there are."""
    return {one.name: one for one in session.scalars(select(Station).where(Station.name.in_(set(names))))}


def stations_below(session: Session, unit_ids: Iterable[int], day: date) -> list[Station]:
    """Return the stations in use of the units and of all below them on `day`, mergers followed, by name."""
    below = units.load_tree(session).belonging(
        (unit.id for unit in units.subtree(session, unit_ids, day)), day
    )
    query = select(Station).where(Station.unit_id.in_(below), Station.retired_at.is_(None))
    return list(session.scalars(query.order_by(Station.name)))


def invite(session: Session, station: Station, *, url: str, keyid: str, by: str, now: datetime) -> EnrolCode:
    """Return a code that enrols the station once within 24 h; only its hash is kept.

    `url` is the centre's address, `keyid` names the key it signs with, `by` is a login.
    """
    if station.retired_at is not None:
        raise ConflictError("Trạm {title} đã ngừng dùng.", title=station.title)
    code = EnrolCode(url.rstrip("/"), secrets.token_urlsafe(32), keyid)
    session.add(
        StationInvite(
            station=station.name,
            secret_sha256=_hash(code.secret),
            keyid=keyid,
            created_by=by,
            created_at=now,
            expires_at=now + timedelta(hours=INVITE_HOURS),
        )
    )
    audit.record(session, "station.invite", actor=by, subject=f"station:{station.name}", now=now)
    return code


def enrol(session: Session, request: EnrolRequest, *, mode: Mode, now: datetime) -> tuple[Station, str]:
    """Take a machine in: return its station and the bearer token, told this once.

    A machine that enrols again replaces the one before, whose token ends.
    """
    code = EnrolCode.parse(request.code)
    key = PublicKey.from_hex(request.public_key)
    query = select(StationInvite).where(StationInvite.secret_sha256 == _hash(code.secret)).with_for_update()
    found = session.scalars(query).first()
    if found is None or found.keyid != code.keyid:
        raise InvalidInputError("Mã ghi danh không có; hãy xin mã mới ở văn phòng.", field="code")
    if found.used_at is not None or found.expires_at <= now:
        raise InvalidInputError("Mã ghi danh đã dùng hoặc quá 24 giờ; hãy xin mã mới.", field="code")
    station, token = get(session, found.station), secrets.token_urlsafe(32)
    found.used_at = station.enrolled_at = now
    station.public_key, station.token_sha256, station.mode = key.raw.hex(), _hash(token), mode
    station.version, station.generation = request.version[:80], 0
    audit.record(
        session,
        "station.enrol",
        actor=station.name,
        subject=f"station:{station.name}",
        now=now,
        host=request.host[:200],
        keyid=key.keyid,
    )
    return station, token


def authenticate(session: Session, token: str) -> Station:
    """Return the station whose token this is, or raise SignInRequiredError."""
    query = select(Station).where(Station.token_sha256 == _hash(token), Station.retired_at.is_(None))
    station = session.scalars(query).first()
    if station is None:
        raise SignInRequiredError(_UNKNOWN_TOKEN)
    return station


def at_the_door(connection: sqlalchemy.Connection, token: str) -> tuple[str, int]:
    """Return (station, newest generation signed for it; 0 before the first) of a token's owner.

    One statement that reads two indexes: 10,000 stations ask again and again.  SignInRequiredError at
    a token that is nobody's.
    """
    found = connection.execute(_DOOR, {"token_sha256": _hash(token)}).first()
    if found is None:
        raise SignInRequiredError(_UNKNOWN_TOKEN)
    name, newest = found
    return str(name), newest or 0


def take_heartbeat(session: Session, station: Station, heartbeat: Heartbeat, now: datetime) -> None:
    """Keep what the station says of itself."""
    station.heard_at, station.boot, station.generation = now, heartbeat.boot, heartbeat.generation
    station.clips_missing, station.playing = list(heartbeat.clips_missing), heartbeat.playing
    station.disk_free_bytes, station.player = heartbeat.disk_free_bytes, heartbeat.player[:80]
    station.clock_offset_ms, station.clock_ok = heartbeat.clock_offset_ms, heartbeat.clock_ok
    station.version = heartbeat.version[:80]
    session.flush()


def connection(station: Station, now: datetime) -> Connection:
    """Tell how lately the station was heard: late after 45 s, offline after 90 s."""
    return connection_of(station.heard_at, now)


def connection_of(heard_at: datetime | None, now: datetime) -> Connection:
    """Tell the same of a station that was heard at `heard_at` (pure): it is derived, and stored nowhere."""
    if heard_at is None:
        return Connection.NEVER
    silent = (now - heard_at).total_seconds()
    if silent <= LATE_SECONDS:
        return Connection.ONLINE
    return Connection.LATE if silent <= OFFLINE_SECONDS else Connection.OFFLINE


def retire(session: Session, station: Station, *, by: str, now: datetime) -> None:
    """Take a station out of use: its token ends, what it has not reported is missed, the rest cancelled."""
    station.retired_at, station.token_sha256 = now, None
    here = Airing.station == station.name
    never = here & (Airing.rank == State.PLANNED.rank)
    states.move_all(session, never, State.CANCELLED, at=now, by=by, reason=Reason.RECALLED)
    states.move_all(session, here, State.MISSED, at=now, by=by, reason=Reason.STATION_LOST)
    audit.record(session, "station.retire", actor=by, subject=f"station:{station.name}", now=now)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
