"""The way of one bulletin through the client: every page and service, a stepped clock, a signing station."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import feedparser
import pytest
from flask.testing import FlaskClient

from audio.voices.espeak import EspeakVoice
from audio.voices.registry import Voices
from audio.worker import Worker
from content.clock import SteppedClock
from content.contracts.airings import Kind, State
from content.contracts.asrun import AsRun, Batch, Event, Seal, chain_hash
from content.contracts.enrolment import EnrolCode, EnrolRequest
from content.contracts.fields import ZEROS
from content.contracts.instants import format_instant
from content.contracts.ledger import verify_ledger
from content.contracts.manifest import Item, open_manifest
from content.contracts.signing import PrivateKey, PublicKey
from scheduler import ledger, stations
from tests.web.wards import app_of, make_house
from web import rehearsal
from web.house import House
from web.processes.scheduler import Scheduler

MONDAY_6_AM = datetime.fromisoformat("2026-11-23T06:00:00+07:00")
TEXT = "UBND phường thông báo: từ 7h30 ngày 25/11, thu gom 100% rác thải tại 05 điểm."
TITLE = "Thu gom rác cồng kềnh"
KEY = PrivateKey(bytes(range(32)))


class Town:
    """The rehearsal's town with everything but the processes: the test knocks instead of the engine."""

    def __init__(self, folder: Path) -> None:
        self.clock = SteppedClock(MONDAY_6_AM)
        self.house: House = make_house(folder, clock=self.clock)
        self.passwords = {account.login: account.password for account in rehearsal.seed(self.house)}
        self.app = app_of(self.house)
        self.jobs = {job.name: job for job in Scheduler(self.house).jobs()}
        voices = Voices([EspeakVoice()])
        self.worker = Worker(self.house.database, self.house.library, voices, self.clock, "worker")

    def enter(self, login: str) -> FlaskClient:
        """Sign somebody in."""
        client = self.app.test_client()
        answer = post(client, "/dang-nhap", "/dang-nhap", login=login, password=self.passwords[login])
        assert answer == 303
        return client

    def knock(self, *names: str) -> None:
        """Let the scheduler's jobs of these names run now."""
        for name in names:
            self.jobs[name].call(self.clock.now())

    def render(self) -> None:
        """Let the worker make every clip that is asked for."""
        while self.worker.step():
            pass

    def pass_until(self, instant: datetime) -> None:
        """Let time pass."""
        self.clock.advance((instant - self.clock.now()).total_seconds())


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = Town(tmp_path)
    yield made
    made.house.close()


def post(client: FlaskClient, page: str, address: str, **form: str) -> int:
    """Send a form of a page with the page's own token; return the status."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert token, page
    return client.post(address, data={"csrf_token": token[1], **form}).status_code


def fetch(client: FlaskClient, address: str, **more: Any) -> bytes:
    """Return the bytes of a file, its stream closed."""
    with client.get(address, **more) as answer:
        return bytes(answer.data)


def test_the_way_of_one_bulletin(town: Town) -> None:
    """From the desk to the loudspeaker, back as proof, and on to the news site."""
    address = write(town)
    approve(town, address)
    order(town, address)
    item = play(town)
    see_it_played(town, item)
    publish(town, address, item)


def write(town: Town) -> str:
    office = town.enter("van-phong")
    draft = {"unit": "2", "programme": "05", "level": "priority", "title": TITLE, "text": TEXT}
    validity = {"valid_from": "2026-11-23", "valid_to": "2026-11-27"}
    page = "/office/ban-tin/moi"
    assert post(office, page, page, **draft, **validity, then="submit") == 303
    listed = office.get("/office/ban-tin?trang-thai=submitted").text
    found = re.search(rf'href="(/office/ban-tin/\d+)">{TITLE}', listed)
    assert found
    assert "bảy giờ ba mươi" in office.get(found[1]).text
    return found[1]


def approve(town: Town, address: str) -> None:
    town.render()
    leader = town.enter("lanh-dao")
    page = leader.get(address).text
    sha256 = cast("re.Match[str]", re.search(r'name="clip_sha256" value="([0-9a-f]{64})"', page))[1]
    sound = fetch(leader, f"{address}/ban-thu/{sha256}.mp3")
    assert hashlib.sha256(sound).hexdigest() == sha256
    assert post(leader, address, f"{address}/duyet", clip_sha256=sha256, heard_ms="0") == 303
    assert "Chờ duyệt" in leader.get(address).text
    assert post(leader, address, f"{address}/duyet", clip_sha256=sha256, heard_ms="600000") == 303
    assert "Đã duyệt" in leader.get(address).text


def order(town: Town, address: str) -> None:
    office = town.enter("van-phong")
    form = {"units": "3", "level": "priority", "first_day": "2026-11-23", "last_day": "2026-11-23"}
    page = f"{address}/lenh-phat"
    assert post(office, page, page, **form, weekdays="1", times_per_day="1", fixed_times="") == 303


def play(town: Town) -> Item:
    """Enrol a station, let it fetch what is signed for it, and report what it played."""
    token = enrol(town)
    town.knock("tick", "plan", "release")
    station = town.app.test_client()
    bearer = {"Authorization": f"Bearer {token}"}
    envelope = station.get("/api/v1/stations/ha-dinh-1/manifest", headers=bearer)
    item = open_manifest(envelope.data, [town.house.key.public]).items[0]
    assert item.clip
    clip = fetch(station, f"/api/v1/clips/{item.clip.sha256}", headers=bearer)
    assert hashlib.sha256(clip).hexdigest() == item.clip.sha256
    town.pass_until(item.starts_at)
    town.knock("tick")
    see_state(town, item, "Đến giờ")
    town.pass_until(item.starts_at + timedelta(milliseconds=item.duration_ms))
    answer = station.post("/api/v1/stations/ha-dinh-1/as-run", data=played(item), headers=bearer)
    assert answer.json == {"chain": "chain-1", "acknowledged": 3}
    return item


def enrol(town: Town) -> str:
    with town.house.database.writing() as session:
        now, keyid = town.clock.now(), town.house.key.public.keyid
        machine = stations.get(session, "ha-dinh-1")
        code: EnrolCode = stations.invite(session, machine, url="http://x", keyid=keyid, by="test", now=now)
    request = EnrolRequest(str(code), KEY.public.raw.hex(), "may-tram", "0.1.0")
    answer = town.app.test_client().post("/api/v1/enrol", json=request.to_wire()).json
    assert answer
    assert answer["mode"] == "rehearsal"
    return str(answer["token"])


def played(item: Item) -> bytes:
    """Return the sealed batch of a station that played the item whole."""
    common = {"station": "ha-dinh-1", "chain": "chain-1", "boot": "boot-1", "uptime_ms": 1000}
    clock = {"clock_offset_ms": 3, "clock_ok": True}
    airing = {"airing": item.id, "kind": Kind.BULLETIN, "clip": item.clip.sha256 if item.clip else None}
    start, end = item.starts_at, item.starts_at + timedelta(milliseconds=item.duration_ms)
    ended = {"started_at": format_instant(start), "heard_ms": item.duration_ms, "outcome": State.PLAYED}
    told: list[tuple[Event, datetime, dict[str, object]]] = [
        (Event.CHAIN, start, {"reason": "first"}),
        (Event.STARTING, start, {**airing, "generation": 1}),
        (Event.FINISHED, end, {**airing, "generation": 1, **ended}),
    ]
    lines: list[bytes] = []
    for sequence, (event, at, facts) in enumerate(told, start=1):
        previous = chain_hash(lines[-1]) if lines else ZEROS
        fields = {**common, **clock, **facts, "sequence": sequence, "previous": previous, "event": event}
        lines.append(AsRun(**fields, at=format_instant(at)).line())  # type: ignore[arg-type]
    records = tuple(AsRun.from_line(line) for line in lines)
    return Batch(tuple(lines), records, Seal.make(lines, KEY)).encode()


def see_state(town: Town, item: Item, words: str) -> None:
    assert words in town.enter("van-phong").get(f"/office/luot-phat/{item.id}").text


def see_it_played(town: Town, item: Item) -> None:
    page = town.enter("van-phong").get(f"/office/luot-phat/{item.id}").text
    assert "Đã phát" in page
    assert "Trạm đã niêm phong" in page
    assert TITLE in town.enter("dai-ha-dinh").get("/ward/ha-dinh").text
    assert TITLE in town.app.test_client().get("/da-phat").text
    with town.house.database.reading() as session:
        lines = list(ledger.export(session, stations.get(session, "ha-dinh-1")))
    assert verified(lines)


def verified(lines: list[bytes]) -> bool:
    verdict = verify_ledger(lines, PublicKey(KEY.public.raw))
    return verdict.whole and verdict.seals == 1


def publish(town: Town, address: str, item: Item) -> None:
    editor = town.enter("bien-tap")
    page = f"{address}/dang-tin"
    form = {"summary": "Thu gom rác cồng kềnh từ 25/11.", "publish_at": "", "expire_at": ""}
    assert post(editor, page, page, **form) == 303
    town.knock("news")
    resident = town.app.test_client()
    assert TITLE in resident.get("/").text
    feed = feedparser.parse(resident.get("/feed.atom").data)
    sound = next(link for link in feed.entries[0].links if link.rel == "enclosure")
    assert not feed.bozo
    assert item.clip
    assert int(sound.length) == item.clip.bytes
    assert fetch(resident, sound.href) == town.house.library.open_clip(item.clip.sha256).read_bytes()
