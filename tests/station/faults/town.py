"""A small real centre: a database, the web server as a process, stations enrolled, airings to play."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from threading import Lock

import requests
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from content.contracts.airings import State
from content.contracts.asrun import Event
from content.contracts.enrolment import EnrolRequest
from content.contracts.ledger import Verdict, verify_ledger
from content.contracts.manifest import Mode, Quiet
from content.contracts.signing import PrivateKey
from scheduler import ledger, manifests, proof, stations
from scheduler.draft import Terms
from scheduler.models.airing import Airing
from scheduler.models.alarm import Alarm
from scheduler.models.asrun import AsRunRecord, Fork
from scheduler.models.station import Station
from tests.chaos.centre import Centre
from tests.scheduler.factories import make_airing, make_unit
from tests.station.fakes import make_tone
from web.processes.ports import free_port
from web.processes.supervisor import own_command

FIRST_HERTZ = 400
STEP_HERTZ = 250
NO_QUIET = Quiet("00:00", "00:00")
A_MOMENT = timedelta(seconds=1)
ZONE = "Asia/Ho_Chi_Minh"
_number = count(1)


def hertz_of(place: int) -> int:
    """Return the pitch of a station's airing number `place` (0, 1, 2 …): what sounded can be told."""
    return FIRST_HERTZ + STEP_HERTZ * place


@cache
def tone(ms: int, place: int) -> bytes:
    """Return the clip of a station's airing number `place`."""
    return make_tone(ms, hertz=hertz_of(place))


@dataclass(frozen=True)
class Planned:
    """An airing as it is owed: its place (and pitch), instants and length."""

    id: str
    place: int
    starts_at: datetime
    ms: int


@dataclass
class Ward:
    """A station at the centre, with the token and key of its machine, and what is owed there."""

    name: str
    token: str
    key: PrivateKey
    mode: Mode
    planned: list[Planned] = field(default_factory=list)


class Town:
    """The centre and its stations; every method may be called from any thread."""

    def __init__(self, centre: Centre) -> None:
        self.centre = centre
        self._lock = Lock()
        centre.start("web-1")
        centre.until(self._answers)

    @property
    def url(self) -> str:
        """Where the web server is."""
        return f"http://127.0.0.1:{self.centre.ports['web-1']}"

    def now(self) -> datetime:
        """Return the centre's time."""
        return self.centre.clock.now()

    def ward(self, *, mode: Mode = "rehearsal") -> Ward:
        """Make a station and enrol it."""
        house, now, key = self.centre.house, self.now(), PrivateKey.generate()
        with self._lock, self.centre.database.writing() as session:
            title = f"Phường {next(_number)}"
            unit = make_unit(session, stations.station_slug(title))
            made = stations.create_station(session, unit.id, title=title, now=now)
            keyid = house.key.public.keyid
            code = stations.invite(session, made, url=self.url, keyid=keyid, by="test", now=now)
            asked = EnrolRequest(str(code), key.public.raw.hex(), "may-tram", "0")
            enrolled, token = stations.enrol(session, asked, mode=mode, now=now)
            return Ward(enrolled.name, token, key, mode)

    def plan(self, ward: Ward, *after_s: float, ms: int = 1200, late_s: float = 30, level: str = "") -> None:
        """Owe `ward` airings that many seconds from now, and sign a manifest that says so."""
        now = self.now()
        with self._lock, self.centre.database.writing() as session:
            station = session.get_one(Station, ward.name)
            for after in after_s:
                at = now + timedelta(seconds=after)
                at = at.replace(microsecond=at.microsecond // 1000 * 1000)
                ward.planned.append(
                    self._airing(session, station, len(ward.planned), at, ms=ms, late_s=late_s, level=level)
                )
            self.release(session, ward)

    def recall(self, ward: Ward, place: int) -> None:
        """Take an airing back, and sign a manifest that says so."""
        with self._lock, self.centre.database.writing() as session:
            row = session.get_one(Airing, ward.planned[place].id)
            row.recalled_at = row.updated_at = self.now()
            session.flush()
            self.release(session, ward)

    def states(self, ward: Ward) -> list[str]:
        """Return what the centre holds of every airing, by place: `played`, `missed (late)` …."""
        with self.centre.database.reading() as session:
            rows = {row.id: row for row in session.scalars(_airings(ward))}
            return [
                row.state + (f" ({row.reason})" if row.reason else "")
                for row in (rows[planned.id] for planned in ward.planned)
            ]

    def settled(self, ward: Ward) -> bool:
        """Tell whether every airing of the ward has its end."""
        with self.centre.database.reading() as session:
            return all(State(row.state).final for row in session.scalars(_airings(ward)))

    def alarms(self, ward: Ward) -> list[str]:
        """Return the alarms, in order: the kind, and for one of the station's own its word."""
        with self.centre.database.reading() as session:
            rows = session.scalars(select(Alarm).where(Alarm.station == ward.name).order_by(Alarm.id))
            words = [row.detail.split()[0] if row.kind == "station" else row.kind for row in rows]
            return list(dict.fromkeys(words))

    def started(self, ward: Ward) -> list[int]:
        """Return how many `starting` records each airing has in the ledger, by place."""
        query = select(AsRunRecord.airing).where(
            AsRunRecord.station == ward.name, AsRunRecord.event == str(Event.STARTING)
        )
        with self.centre.database.reading() as session:
            counted = Counter(session.scalars(query))
        return [counted[planned.id] for planned in ward.planned]

    def forks(self, ward: Ward) -> int:
        """Return how many lines were kept apart."""
        with self.centre.database.reading() as session:
            return len(session.scalars(select(Fork.id).where(Fork.station == ward.name)).all())

    def ledger(self, ward: Ward) -> Verdict:
        """Export the station's ledger and verify it with the station's key."""
        with self.centre.database.reading() as session:
            lines = list(ledger.export(session, stations.get(session, ward.name)))
        return verify_ledger(lines, ward.key.public)

    def sweep(self) -> None:
        """End what is proven not to have played, as the scheduler does."""
        with self._lock, self.centre.database.writing() as session:
            proof.sweep(session, self.now())

    def envelope(self, ward: Ward) -> bytes:
        """Return the newest signed manifest."""
        with self.centre.database.reading() as session:
            newest = manifests.current(session, ward.name)
            return newest.payload if newest else b""

    def newest(self, ward: Ward) -> int:
        """Return the newest generation that was signed for the station."""
        with self.centre.database.reading() as session:
            newest = manifests.current(session, ward.name)
            return newest.generation if newest else 0

    def heard(self, ward: Ward) -> bool:
        """Tell whether the station has measured its clock and said so."""
        with self.centre.database.reading() as session:
            return session.get_one(Station, ward.name).clock_offset_ms is not None

    def passed(self, ward: Ward, place: int) -> bool:
        """Tell whether an airing may no longer begin."""
        with self.centre.database.reading() as session:
            return session.get_one(Airing, ward.planned[place].id).not_after < self.now() - A_MOMENT

    def passed_by(self, ward: Ward, place: int) -> bool:
        """Tell whether the time at which an airing was to begin is past."""
        return ward.planned[place].starts_at < self.now() - A_MOMENT

    def clip(self, ward: Ward, place: int) -> str:
        """Return the sha256 of an airing's clip."""
        with self.centre.database.reading() as session:
            return session.get_one(Airing, ward.planned[place].id).clip_sha256 or ""

    def generation(self, ward: Ward) -> int:
        """Return the generation that the station says it holds."""
        with self.centre.database.reading() as session:
            return session.get_one(Station, ward.name).generation

    def _airing(
        self,
        session: Session,
        station: Station,
        place: int,
        at: datetime,
        *,
        ms: int,
        late_s: float,
        level: str,
    ) -> Planned:
        clip, now = tone(ms, place), self.now()
        row = make_airing(
            session,
            station,
            id=hashlib.sha256(f"{station.name} {place}".encode()).hexdigest()[:32],
            starts_at=at,
            not_after=at + timedelta(seconds=late_s),
            duration_ms=ms,
            level=level or "normal",
            title=f"Bản tin {place}",
            clip_sha256=self.centre.house.library.put(clip),
            clip_bytes=len(clip),
            media_type="audio/wav",
            state=str(State.PLANNED),
            released_generation=None,
            created_at=now,
            updated_at=now,
        )
        return Planned(row.id, place, at, ms)

    def release(self, session: Session, ward: Ward) -> None:
        """Sign a manifest if there is something new to say."""
        house = self.centre.house
        quiet = house.settings.quiet if ward.mode == "rehearsal" else NO_QUIET
        terms = Terms(ward.mode, ZONE, (quiet,))
        manifests.release_at(session, [ward.name], self.now(), terms, key=house.key)

    def _answers(self) -> bool:
        try:
            # Unwell, for no scheduler runs here; but it answers.
            return bool(requests.get(f"{self.url}/healthz", timeout=5).status_code)
        except requests.RequestException:
            return False


@contextmanager
def ringing(town: Town) -> Iterator[int]:
    """Run the centre's bell; give its port."""
    folder, port = town.centre.folder, free_port(30_000 + os.getpid() % 9_000)
    given = {"MODE": "rehearsal", "DATA_DIR": folder, "CLOCK": folder / "clock.json", "BELL_PORT": port}
    environ = {f"LOAPHUONG_{name}": str(value) for name, value in given.items()}
    with subprocess.Popen(own_command("bell"), env={**os.environ, **environ}) as process:
        yield port
        process.terminate()


def _airings(ward: Ward) -> Select[Airing]:
    return select(Airing).where(Airing.station == ward.name)


@contextmanager
def open_town(folder: Path) -> Iterator[Town]:
    """Give a town whose web server runs."""
    centre = Centre(folder, None)
    try:
        yield Town(centre)
    finally:
        centre.close()
