"""From the press of a button at the ward's desk to the deed at the station, with the bell ringing.

Run: `python benchmarks/ward_orders.py [--rounds 20]`.  The centre's web server and bell, and the station with
its WAV sink, are processes of their own; somebody signed in presses the desk's buttons over HTTP.  The time
runs from before the request is sent to the instant at which the station did it, as its record says, on the
same machine's clock; the signing of the manifest and the station's fetching lie in between.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

import requests
from sqlalchemy import select

from content import people
from content.models.people import Role
from scheduler.models.airing import Airing
from scheduler.models.command import Command
from scheduler.models.station import Station
from tests.station.faults.machine import Machine, until
from tests.station.faults.town import Town, Ward, open_town, ringing

LOGIN, PASSWORD = "truc-dai", "mat-khau-cua-dai"
WITHIN_S = 1.0
SOON_S, LATER_S = 8.0, 900.0
LONG_MS, SHORT_MS = 20_000, 1_000
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Desk:
    """Somebody at the ward's desk."""

    town: Town
    ward: Ward
    slug: str
    browser: requests.Session = field(default_factory=requests.Session)
    taken: dict[str, list[float]] = field(default_factory=dict)

    def sign_in(self) -> None:
        """Come in by the door."""
        token = self._token("/dang-nhap")
        self._send("/dang-nhap", {"login": LOGIN, "password": PASSWORD, "csrf_token": token})

    def press(self, kind: str, path: str, **fields: str) -> None:
        """Press a button and wait for the deed; keep the seconds in between."""
        form = {**fields, "csrf_token": self._token(f"/ward/{self.slug}")}
        pressed = self.town.now()
        self._send(f"/ward/{self.slug}/{path}", form)
        until(lambda: self._done(kind, pressed), f"{kind} is done")
        done = self._done(kind, pressed)
        if done is None or done.done_at is None or done.outcome not in {None, "done"}:
            raise SystemExit(f"{kind}: {done.outcome if done else 'no order'}")
        self.taken.setdefault(kind, []).append((done.done_at - pressed) / timedelta(seconds=1))

    def _done(self, kind: str, since: datetime) -> Command | None:
        query = select(Command).where(Command.station == self.ward.name, Command.kind == kind)
        with self.town.centre.database.reading() as session:
            return session.scalars(
                query.where(Command.issued_at >= since, Command.done_at.is_not(None))
            ).first()

    def _token(self, path: str) -> str:
        answer = self.browser.get(self.town.url + path, timeout=30)
        answer.raise_for_status()
        return str(_TOKEN.findall(answer.text)[0])

    def _send(self, path: str, form: dict[str, str]) -> None:
        answer = self.browser.post(self.town.url + path, form, timeout=30, allow_redirects=False)
        if answer.status_code != requests.codes.see_other:
            raise SystemExit(f"{path}: {answer.status_code}")


def main() -> None:
    """Press, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=20)
    rounds = asked.parse_args().rounds
    with _desk() as desk:
        town, ward = desk.town, desk.ward
        town.plan(ward, SOON_S, ms=rounds * LONG_MS // 10 + LONG_MS)
        town.plan(ward, *(LATER_S + n for n in range(2 * rounds)), ms=SHORT_MS)
        until(lambda: _state(desk, 0) == "on_air", "it plays")
        for n in range(rounds):
            desk.press("pause", "tam-dung", item=ward.planned[0].id)
            desk.press("resume", "tiep-tuc", item=ward.planned[0].id)
            desk.press("volume", "am-luong", value=str(n % 101))
            desk.press("skip", f"bo-qua/{ward.planned[n + 1].id}", reason="lanh-dao")
        desk.press("stop", "dung-het")
        for n in range(rounds):
            _listen(desk, rounds + 1 + n)
        _print(desk.taken)


def _listen(desk: Desk, place: int) -> None:
    """Call an airing on air and stop it; sound the test tone and wait for its end."""
    until(lambda: not _sounds(desk), "nothing sounds")
    desk.press("play", f"phat/{desk.ward.planned[place].id}")
    until(lambda: _state(desk, place) == "played", "it has played")
    desk.press("test", "thu-loa")


def _sounds(desk: Desk) -> bool:
    with desk.town.centre.database.reading() as session:
        on_air = select(Airing.id).where(Airing.station == desk.ward.name, Airing.state == "on_air")
        return session.scalar(on_air.limit(1)) is not None


def _state(desk: Desk, place: int) -> str:
    with desk.town.centre.database.reading() as session:
        return session.get_one(Airing, desk.ward.planned[place].id).state


def _print(taken: dict[str, list[float]]) -> None:
    for kind, seconds in taken.items():
        ordered = sorted(seconds)
        verdict = "reached" if ordered[-1] <= WITHIN_S else "MISSED"
        print(
            f"{kind:8} {len(ordered):3} presses: p50 {statistics.median(ordered):.2f} s,"
            f" max {ordered[-1]:.2f} s (figure {WITHIN_S:.0f} s: {verdict})"
        )


@contextmanager
def _desk() -> Iterator[Desk]:
    with ExitStack() as stack:
        folders = [Path(stack.enter_context(TemporaryDirectory())) for _ in range(2)]
        town = stack.enter_context(open_town(folders[0]))
        ward, machine = town.ward(), Machine(folders[1])
        bell = f"http://127.0.0.1:{stack.enter_context(ringing(town))}/bell/{ward.name}"
        machine.enrol(town, ward, bell=bell)
        stack.enter_context(machine.running())
        desk = Desk(town, ward, hire(town, ward))
        until(lambda: town.heard(ward), "the station is heard")
        desk.sign_in()
        yield desk


def hire(town: Town, ward: Ward) -> str:
    """Make the person who looks after the ward; return the ward's name in addresses."""
    with town.centre.database.writing() as session:
        unit = session.get_one(Station, ward.name).unit
        user = people.create_user(
            session, LOGIN, name="Người trực đài", password=PASSWORD, now=town.now(), by="do"
        )
        people.grant(session, user, Role.OPERATOR, unit.id, by="do", now=town.now())
        return unit.slug


if __name__ == "__main__":
    main()
