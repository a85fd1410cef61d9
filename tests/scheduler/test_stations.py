"""Stations: names, enrolment once, tokens, heartbeats and retirement."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.contracts.airings import Reason, State
from content.contracts.enrolment import EnrolCode, EnrolRequest, Heartbeat
from content.errors import (
    ConflictError,
    ContractError,
    InvalidInputError,
    NotFoundError,
    SignInRequiredError,
)
from scheduler import stations
from scheduler.models.airing import Airing
from scheduler.models.station import Station, StationInvite
from scheduler.stations import Connection, connection, station_slug
from tests.scheduler.factories import BOOT, CENTRE, NOW, TODAY, WARD, make_airing, make_station, make_unit

URL = "https://loa.example"
SHA = "a" * 64


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Hạ Đình 1", "ha-dinh-1"), ("Phường  Ô Chợ Dừa!", "phuong-o-cho-dua"), ("--A--", "a")],
)
def test_slug_of_a_vietnamese_name(name: str, slug: str) -> None:
    assert station_slug(name) == slug


def test_a_station_gets_its_name_from_its_title(session: Session) -> None:
    station = stations.create_station(session, make_unit(session).id, title=" Hạ Đình 1 ", now=NOW)
    assert (station.name, station.title, station.enrolled_at) == ("ha-dinh-1", "Hạ Đình 1", None)


def test_a_name_is_never_used_twice(session: Session) -> None:
    station = make_station(session, "ha-dinh")
    station.retired_at = NOW
    with pytest.raises(ConflictError):
        stations.create_station(session, station.unit_id, title="Hạ Đình", now=NOW)


@pytest.mark.parametrize("title", ["", "   ", "!!!"])
def test_a_station_needs_a_name(session: Session, title: str) -> None:
    with pytest.raises(InvalidInputError):
        stations.create_station(session, make_unit(session).id, title=title, now=NOW)


def test_a_station_needs_a_unit(session: Session) -> None:
    with pytest.raises(InvalidInputError):
        stations.create_station(session, 999, title="Trạm", now=NOW)


def test_stations_below_a_unit(session: Session) -> None:
    city = make_unit(session, kind="city")
    ward = make_unit(session, parent=city)
    here, gone = make_station(session, "b", unit=ward), make_station(session, "c", unit=ward)
    make_station(session, "a")
    gone.retired_at = NOW
    assert stations.stations_below(session, [city.id], TODAY) == [here]


def invite(session: Session, station: Station) -> EnrolCode:
    keyid = CENTRE.public.keyid
    return stations.invite(session, station, url=f"{URL}/", keyid=keyid, by="quan-tri", now=NOW)


def request(code: EnrolCode | str) -> EnrolRequest:
    return EnrolRequest(str(code), WARD.public.raw.hex(), "pi-1", "0.1.0")


def test_an_invitation_keeps_no_secret(session: Session) -> None:
    code = invite(session, make_station(session))
    [row] = session.scalars(select(StationInvite))
    assert code.secret not in {row.secret_sha256, row.station, row.keyid}
    assert EnrolCode.parse(str(code)) == code


def test_a_machine_enrols_and_is_known_by_its_token(session: Session) -> None:
    made = make_station(session, public_key=None, enrolled_at=None, mode=None)
    code = invite(session, made)
    station, token = stations.enrol(session, request(code), mode="rehearsal", now=NOW)
    assert (station.public_key, station.mode) == (WARD.public.raw.hex(), "rehearsal")
    assert stations.authenticate(session, token) is station
    assert token not in {station.token_sha256, station.name}


def test_a_code_serves_once(session: Session) -> None:
    code = invite(session, make_station(session))
    stations.enrol(session, request(code), mode="production", now=NOW)
    with pytest.raises(InvalidInputError, match="đã dùng"):
        stations.enrol(session, request(code), mode="production", now=NOW)


def test_a_code_lives_a_day(session: Session) -> None:
    code = invite(session, make_station(session))
    with pytest.raises(InvalidInputError, match="24 giờ"):
        stations.enrol(session, request(code), mode="production", now=NOW + timedelta(days=1))


def test_an_unknown_code_is_refused(session: Session) -> None:
    stranger = EnrolCode(URL, "x" * 43, CENTRE.public.keyid)
    with pytest.raises(InvalidInputError) as caught:
        stations.enrol(session, request(stranger), mode="production", now=NOW)
    assert caught.value.field == "code"


def test_a_code_for_another_centre_is_refused(session: Session) -> None:
    code = invite(session, make_station(session))
    with pytest.raises(InvalidInputError):
        stations.enrol(session, request(EnrolCode(URL, code.secret, "0" * 16)), mode="production", now=NOW)


def test_a_bad_key_changes_nothing(session: Session) -> None:
    code = invite(session, make_station(session))
    with pytest.raises(ContractError):
        stations.enrol(session, EnrolRequest(str(code), "zz", "pi", "1"), mode="production", now=NOW)
    assert stations.enrol(session, request(code), mode="production", now=NOW)


def test_enrolling_again_ends_the_old_token(session: Session) -> None:
    station = make_station(session)
    _, old = stations.enrol(session, request(invite(session, station)), mode="production", now=NOW)
    stations.enrol(session, request(invite(session, station)), mode="production", now=NOW)
    with pytest.raises(SignInRequiredError):
        stations.authenticate(session, old)


@pytest.mark.parametrize("token", ["", "x", "ư" * 40])
def test_a_wrong_token_is_refused(session: Session, token: str) -> None:
    make_station(session, token_sha256=None)
    with pytest.raises(SignInRequiredError):
        stations.authenticate(session, token)


def test_a_heartbeat_is_kept(session: Session) -> None:
    station = make_station(session)
    heartbeat = Heartbeat(BOOT, 7, (SHA,), "b" * 32, 10**12, -3, clock_ok=True, player="mpv", version="0.1.0")
    stations.take_heartbeat(session, station, heartbeat, NOW)
    session.expire(station)
    assert (station.heard_at, station.generation, station.clips_missing) == (NOW, 7, [SHA])
    assert (station.playing, station.disk_free_bytes, station.clock_ok) == ("b" * 32, 10**12, True)


@pytest.mark.parametrize(
    ("silent", "expected"),
    [
        (None, Connection.NEVER),
        (0, Connection.ONLINE),
        (45, Connection.ONLINE),
        (46, Connection.LATE),
        (90, Connection.LATE),
        (91, Connection.OFFLINE),
    ],
)
def test_connection_by_silence(session: Session, silent: int | None, expected: Connection) -> None:
    heard = None if silent is None else NOW - timedelta(seconds=silent)
    assert connection(make_station(session, heard_at=heard), NOW) is expected


def test_retiring_settles_every_airing(session: Session) -> None:
    station = make_station(session, token_sha256="f" * 64)
    make_airing(session, station, state="planned", starts_at=NOW)
    make_airing(session, station, starts_at=NOW + timedelta(hours=1))
    make_airing(session, station, state="played", starts_at=NOW + timedelta(hours=2))
    stations.retire(session, station, by="quan-tri", now=NOW)
    rows = session.scalars(select(Airing).order_by(Airing.starts_at)).all()
    assert [(row.state, row.reason) for row in rows] == [
        (State.CANCELLED, Reason.RECALLED),
        (State.MISSED, Reason.STATION_LOST),
        (State.PLAYED, None),
    ]
    assert station.token_sha256 is None


def test_a_retired_station_is_not_invited(session: Session) -> None:
    with pytest.raises(ConflictError):
        invite(session, make_station(session, retired_at=NOW))


def test_an_unknown_station_is_not_found(session: Session) -> None:
    with pytest.raises(NotFoundError):
        stations.get(session, "khong-co")
