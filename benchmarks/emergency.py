"""From the press of the button to the first sample, at 200 stations: a cached phrase, and new words.

Run: `nice -n -20 python benchmarks/emergency.py [--stations N] [--rounds N]`.  The centre is real: `serve`,
`scheduler` and `bell` in their processes on SQLite, with a week's programme for every station.  The stations
are real agents (`station.agent.Agent`: bell, fetch, verify, journal with synchronous=FULL) in four
processes; only their sink is silent, and notes when its first sample would sound.  In the field each has
its own disk and its own interpreter: here their files lie in memory, so that 200 do not queue at one, and
fifty that share an interpreter let each other finish what takes milliseconds.  A leader signs in, goes
through the form and presses; the clock runs from before the request is sent.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import os
import re
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import requests
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audio.players.silent import SilentPlayer
from content import bulletins, people, phrases, plans
from content.bulletins import Draft, SpokenWords
from content.clock import SystemClock
from content.contracts.signing import PrivateKey
from content.models.bulletin import Bulletin
from content.models.people import Role, User
from content.models.phrase import PhraseUse
from content.models.unit import Unit
from content.settings import Settings
from scheduler import planning
from scheduler.models.airing import Airing
from scheduler.models.order import Order, OrderUnit
from scheduler.models.station import Station
from scheduler.models.window import Window
from scheduler.rules import Rules
from station.agent import Agent
from station.identity import Enrolment, Identity
from station.settings import Settings as StationSettings
from web import migrate
from web.house import House
from web.processes.ports import free_port

ROOT = Path(__file__).parent.parent
PROCESSES = 4
TURN_SECONDS = 0.1
"""How long an agent keeps the interpreter before another may have it."""
OWN_DISKS = "/dev/shm"  # noqa: S108 (each makes a folder of its own there, private to it)
WARDS = 20
PASSWORD = secrets.token_urlsafe(12)
PEOPLE = {"lanh-dao": Role.APPROVER, "pho": Role.APPROVER, "van-phong": Role.OFFICE}
ORDINARY_CLIPS, ORDINARY_BYTES = 5, 240_000
CALL_MS, CALL_BYTES = 4_000, 64_000
SETTLE_SECONDS, PATIENCE_SECONDS = 120.0, 30.0
SECONDS = {"cached phrase": 1.0, "new words": 3.0}
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_ONCE = re.compile(r'name="token" value="([^"]+)"')
_CLOCK = SystemClock()


@dataclass(frozen=True)
class Seat:
    """What an agent is built from."""

    identity: Identity
    folder: Path


class Timed(SilentPlayer):
    """A silent sink that tells when the first sample of an airing sounds."""

    def __init__(self, tell: Connection, lock: threading.Lock, station: str) -> None:
        super().__init__(_CLOCK)
        self._tell, self._told, self._station = tell, lock, station

    def start(self, airing: str, *, at: float, **more: Any) -> None:
        """Start, and tell the instant of the first sample."""
        super().start(airing, at=at, **more)
        late = max(0.0, at - _CLOCK.monotonic())
        with self._told:
            self._tell.send((self._station, airing, _CLOCK.now() + timedelta(seconds=late)))


def be_stations(seats: Sequence[Seat], tell: Connection, stop: Any) -> None:
    """Run agents in one process until told to stop."""
    logging.disable(logging.CRITICAL)
    sys.setswitchinterval(TURN_SECONDS)
    lock, agents = threading.Lock(), []
    for seat in seats:
        seat.folder.mkdir(parents=True, exist_ok=True)
        settings = StationSettings(seat.folder, "silent", "rehearsal")
        player = Timed(tell, lock, seat.identity.enrolment.station)
        agents.append(Agent(settings, seat.identity, _CLOCK, player))
    threads = [threading.Thread(target=agent.run, daemon=True) for agent in agents]
    for thread in threads:
        thread.start()
    stop.wait()
    for agent in agents:
        agent.stop()
        agent.wake.set()
    for thread in threads:
        thread.join(10)


@dataclass
class Town:
    """The centre's rows: who presses, what is called."""

    house: House
    stations: int
    approver: int = 0
    author: int = 0
    seats: list[Seat] = field(default_factory=list)
    units: list[int] = field(default_factory=list)

    def fill(self, folder: Path) -> None:
        """Put people, wards, stations, programmes and orders into the empty database."""
        with self.house.database.writing() as session:
            now = _CLOCK.now()
            plans.import_plan(session, plans.SHIPPED, by="do", now=now)
            city = _unit(session, "thanh-pho", "city", None)
            self.units = [city]
            wards = [_unit(session, f"phuong-{n}", "ward", city) for n in range(WARDS)]
            for login, role in (
                ("lanh-dao", Role.APPROVER),
                ("pho", Role.APPROVER),
                ("van-phong", Role.OFFICE),
            ):
                user = people.create_user(session, login, name=login, password=PASSWORD, now=now)
                people.grant(session, user, role, city, by="do", now=now)
            for n in range(self.stations):
                self._station(session, n, wards[n % WARDS], folder, now)
            self._programme(session, city, now)

    def _station(self, session: Session, n: int, unit_id: int, folder: Path, now: datetime) -> None:
        name, token, key = f"tram-{n}", secrets.token_urlsafe(24), PrivateKey.generate()
        settings, mode = self.house.settings, self.house.settings.mode
        session.add(
            Station(
                name=name,
                unit_id=unit_id,
                title=f"Trạm {n}",
                public_key=key.public.raw.hex(),
                token_sha256=hashlib.sha256(token.encode()).hexdigest(),
                mode=mode,
                created_at=now,
                enrolled_at=now,
                clips_missing=[],
            )
        )
        session.flush()
        for start in ("06:30", "17:00"):
            session.add(
                Window(
                    station=name,
                    title="Buổi",
                    rrule="FREQ=DAILY",
                    local_start=start,
                    budget_ms=900_000,
                    first_day=_today(self.house),
                    enforce_limits=False,
                    created_at=now,
                )
            )
        centre, bell = settings.url_of_site, f"{settings.url_of_bell}/bell/{name}"
        keys = (self.house.key.public.raw.hex(),)
        enrolment = Enrolment(name, mode, centre, bell, settings.time_zone, keys, token)
        self.seats.append(Seat(Identity(key, enrolment), folder / name))

    def _programme(self, session: Session, city: int, now: datetime) -> None:
        for n in range(ORDINARY_CLIPS):
            made = self.words(session, city, f"Bản tin {n}", 60_000, ORDINARY_BYTES, level="normal")
            session.add(
                Order(
                    bulletin_id=made.id,
                    level="normal",
                    first_day=_today(self.house) + timedelta(days=1),
                    last_day=_today(self.house) + timedelta(days=7),
                    weekdays="1234567",
                    times_per_day=2,
                    fixed_times=[],
                    created_by=made.created_by,
                    created_at=now,
                    units=[OrderUnit(unit_id=city)],
                )
            )
        session.flush()
        planning.replan(session, now, Rules.of(self.house.settings))

    def words(
        self, session: Session, unit: int, title: str, ms: int, size: int, *, level: str = "emergency"
    ) -> Bulletin:
        """Store an approved bulletin with a clip of its own, written by one and approved by another."""
        now, today = _CLOCK.now(), _today(self.house)
        author, approver = people.by_login(session, "van-phong"), people.by_login(session, "pho")
        programme = plans.current(session).programmes[0].id
        draft = Draft(programme, level, title, title, today, today + timedelta(days=30))
        spoken = SpokenWords(title, "do")
        made = bulletins.create(session, unit, author=author, draft=draft, spoken=spoken, now=now)
        bulletins.submit(session, made.latest, by=author, now=now, today=today)
        sha256 = self.house.library.put(os.urandom(size))
        clip = bulletins.ClipFacts(sha256, size, ms, "audio/mpeg", "espeak")
        heard = {"clip": clip, "heard_sha256": sha256, "heard_ms": ms, "now": now}
        bulletins.approve(session, made.latest, by=approver, **heard)  # type: ignore[arg-type]
        return made

    def phrase(self) -> int:
        """Store an approved phrase; return its bulletin's id."""
        with self.house.database.writing() as session:
            made = self.words(session, self.units[0], "Bão vào", CALL_MS, CALL_BYTES)
            by: User = people.by_login(session, "van-phong")
            phrases.put(session, made, use=PhraseUse.CALL, exercise=False, by=by, now=_CLOCK.now())
            return made.id

    def new_words(self, n: int) -> int:
        """Store approved words that no station has; return their bulletin's id."""
        with self.house.database.writing() as session:
            return self.words(session, self.units[0], f"Vỡ đê {n}", CALL_MS, CALL_BYTES).id


class Person:
    """Somebody at a browser."""

    def __init__(self, url: str, login: str) -> None:
        self._url, self._session = url, requests.Session()
        page = self._get("/dang-nhap")
        told = {"login": login, "password": PASSWORD, "csrf_token": _TOKEN.findall(page)[0]}
        self._post("/dang-nhap", told)

    def ask(self, bulletin: int, unit: int) -> dict[str, str]:
        """Fill in the form and look at what would happen; return the fields of the last button."""
        path = f"/office/khan-cap/phat/{bulletin}"
        csrf = _TOKEN.findall(self._get(path))[0]
        fields = {"units": str(unit), "reason": "Đo thời gian", "repeat": "", "until": "", "csrf_token": csrf}
        page = self._post(f"{path}/xem", fields).text
        return {**fields, "token": _ONCE.findall(page)[0]}

    def press(self, path: str, fields: dict[str, str]) -> str:
        """Press the button; return where it led."""
        return str(self._post(path, fields).url)

    def csrf(self) -> str:
        """Return the token of this person's forms."""
        return str(_TOKEN.findall(self._get("/office/khan-cap/cau"))[0])

    def _get(self, path: str) -> str:
        answer = self._session.get(f"{self._url}{path}", timeout=30)
        answer.raise_for_status()
        return str(answer.text)

    def _post(self, path: str, fields: dict[str, str]) -> requests.Response:
        answer = self._session.post(f"{self._url}{path}", data=fields, timeout=30, allow_redirects=False)
        answer.raise_for_status()
        answer.url = answer.headers.get("Location", answer.url)
        return answer


@dataclass
class Ears:
    """Everything the stations told, as it comes."""

    lines: Sequence[Connection]
    heard: list[tuple[str, str, datetime]] = field(default_factory=list)

    def gather(self, since: datetime, wanted: int) -> list[float]:
        """Wait until `wanted` stations began something after `since`; return the seconds each took."""
        end = _CLOCK.monotonic() + PATIENCE_SECONDS
        while _CLOCK.monotonic() < end:
            for line in self.lines:
                while line.poll(0.02):
                    self.heard.append(line.recv())
            first: dict[str, datetime] = {}
            for station, _, at in self.heard:
                if at >= since:
                    first.setdefault(station, at)
            if len(first) >= wanted:
                break
        return sorted((at - since).total_seconds() for at in first.values())


def main() -> None:
    """Measure both ways and print them."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--stations", type=int, default=200)
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    # What is told to stop takes its processes along.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    logging.disable(logging.INFO)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        environ = _environ(folder)
        house = House.open(Settings(**_settings(environ)), _CLOCK)
        stack.callback(house.close)
        migrate.upgrade(house.database.engine)
        town = Town(house, given.stations)
        town.fill(Path(stack.enter_context(TemporaryDirectory(dir=OWN_DISKS))))
        phrase = town.phrase()
        for name in ("serve", "scheduler", "bell"):
            stack.enter_context(_running(name, environ))
        ears = Ears(stack.enter_context(_stations(town.seats)))
        _settle(house, given.stations)
        _measure(town, ears, phrase, given.rounds)


def _measure(town: Town, ears: Ears, phrase: int, times: int) -> None:
    settings = town.house.settings
    _await_site(settings.url_of_site)
    leader, office = (Person(settings.url_of_site, login) for login in ("lanh-dao", "van-phong"))
    calls: dict[str, Callable[[int], tuple[datetime, float]]] = {
        "cached phrase": lambda _: _call(town, leader, phrase),
        "new words": lambda n: _confirm(town, leader, office, town.new_words(n)),
    }
    for name, call in calls.items():
        taken: list[float] = []
        answered = []
        for n in range(times):
            since, done = call(n)
            seconds = ears.gather(since, town.stations)
            taken += seconds
            answered.append(done)
            _CLOCK.wait(threading.Event(), CALL_MS / 1000 + 6)
        _print(name, taken, answered, town.stations * times)


def _call(town: Town, leader: Person, phrase: int) -> tuple[datetime, float]:
    fields = leader.ask(phrase, town.units[0])
    return _pressed(leader, f"/office/khan-cap/phat/{phrase}", fields)


def _confirm(town: Town, leader: Person, office: Person, words: int) -> tuple[datetime, float]:
    fields = office.ask(words, town.units[0])
    page = office.press(f"/office/khan-cap/phat/{words}", fields)
    return _pressed(leader, f"{page}/bat-dau", {"csrf_token": leader.csrf()})


def _pressed(person: Person, path: str, fields: dict[str, str]) -> tuple[datetime, float]:
    since, began = _CLOCK.now(), _CLOCK.monotonic()
    person.press(path, fields)
    return since, _CLOCK.monotonic() - began


def _print(name: str, taken: list[float], answered: list[float], wanted: int) -> None:
    ordered = sorted(taken)
    at = {share: ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99)}
    verdict = "reached" if at[0.99] <= SECONDS[name] and len(taken) == wanted else "MISSED"
    print(
        f"{name:14} {len(taken)}/{wanted} began: p50 {at[0.5]:.2f} s, p95 {at[0.95]:.2f} s,"
        f" p99 {at[0.99]:.2f} s, max {ordered[-1]:.2f} s (figure {SECONDS[name]:.0f} s: {verdict});"
        f" the button answered after {sorted(answered)[len(answered) // 2]:.2f} s"
    )


def _settle(house: House, wanted: int) -> None:
    """Wait until every station holds its manifest and every clip."""
    end = _CLOCK.monotonic() + SETTLE_SECONDS
    holds = select(func.count()).where(
        Station.generation > 0, func.json_array_length(Station.clips_missing) == 0
    )
    items = select(func.count()).select_from(Airing)
    while _CLOCK.monotonic() < end:
        with house.database.reading() as session:
            ready = session.scalar(holds) or 0
            airings = session.scalar(items) or 0
        if ready >= wanted:
            break
        _CLOCK.wait(threading.Event(), 1.0)
    print(f"{ready} stations hold their manifest and clips, {airings / wanted:.0f} airings each")
    _CLOCK.wait(threading.Event(), 5.0)


@contextmanager
def _stations(seats: Sequence[Seat]) -> Iterator[list[Connection]]:
    spawn = get_context("spawn")
    stop, lines, children = spawn.Event(), [], []
    for n in range(PROCESSES):
        ours, theirs = spawn.Pipe(duplex=False)
        child = spawn.Process(target=be_stations, args=(seats[n::PROCESSES], theirs, stop))
        child.start()
        lines.append(ours)
        children.append(child)
    try:
        yield lines
    finally:
        stop.set()
        for child in children:
            child.join(20)
            if child.is_alive():
                child.terminate()


@contextmanager
def _running(name: str, environ: dict[str, str]) -> Iterator[None]:
    command = [sys.executable, "-m", "loaphuong", name]
    with subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        try:
            yield
        finally:
            child.terminate()


def _await_site(url: str) -> None:
    end = _CLOCK.monotonic() + PATIENCE_SECONDS
    while _CLOCK.monotonic() < end:
        try:
            if requests.get(f"{url}/dang-nhap", timeout=5).ok:
                return
        except requests.RequestException:
            _CLOCK.wait(threading.Event(), 0.2)


def _environ(folder: Path) -> dict[str, str]:
    return {
        "LOAPHUONG_MODE": "rehearsal",
        "LOAPHUONG_DATA_DIR": str(folder / "centre"),
        "LOAPHUONG_PORT": str(free_port(20_000 + os.getpid() % 5000)),
        "LOAPHUONG_BELL_PORT": str(free_port(25_000 + os.getpid() % 5000)),
    }


def _settings(environ: dict[str, str]) -> dict[str, Any]:
    return {
        "mode": environ["LOAPHUONG_MODE"],
        "data_dir": Path(environ["LOAPHUONG_DATA_DIR"]),
        "port": int(environ["LOAPHUONG_PORT"]),
        "bell_port": int(environ["LOAPHUONG_BELL_PORT"]),
    }


def _unit(session: Session, slug: str, kind: str, parent: int | None) -> int:
    unit = Unit(slug=slug, name=slug, kind=kind, parent_id=parent, valid_from=date(2020, 1, 1))
    session.add(unit)
    session.flush()
    return unit.id


def _today(house: House) -> date:
    return house.today(_CLOCK.now())


if __name__ == "__main__":
    main()
