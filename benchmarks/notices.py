"""After how many seconds people know of an airing that was missed: on the page, by e-mail, by webhook.

Run: `python benchmarks/notices.py [--rounds 6] [--silent]`.  The centre's processes and the station
are real; a mail server and a webhook listen on loopback, and somebody signed in
polls the page as a browser does.  Each round an airing reaches the station a second too late, and it reports
that it was missed: the time runs from the last instant at which it might have begun.  With `--silent` the
station is killed at the end: then it runs from the last sign of life, and what is told is that the station
is silent; it is called offline after 90 seconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from ward_orders import Desk, hire

from scheduler.models.airing import Airing
from scheduler.models.station import Station
from tests.station.faults.machine import Machine, stop, until
from tests.station.faults.town import open_town, ringing
from tests.web.notices.receivers import Mailbox, Receiver, mail_server, webhook
from web.notices import contacts

WITHIN_S = 120.0
AGO_S, CLIP_MS = -1.0, 1_000
SILENT = "mất kết nối"


@dataclass
class Scene:
    """A ward with its people, and where they are told."""

    desk: Desk
    process: subprocess.Popen[bytes]
    mailbox: Mailbox
    receiver: Receiver

    def ways(self, words: str) -> dict[str, Callable[[], bool]]:
        """Return way → whether it has told of what `words` name."""
        return {
            "page": lambda: words in self._page(),
            "e-mail": lambda: any(words in str(one.get_content()) for one in list(self.mailbox.messages)),
            "webhook": lambda: any(words in body.decode() for _, body in list(self.receiver.calls)),
        }

    def told(self, since: datetime, words: str) -> dict[str, float]:
        """Wait until every way has told; return the seconds since `since` at which each was seen to."""
        seconds: dict[str, float] = {}
        ways = self.ways(words)

        def all_told() -> bool:
            for way, told in ways.items():
                if way not in seconds and told():
                    seconds[way] = (self.desk.town.now() - since) / timedelta(seconds=1)
            return len(seconds) == len(ways)

        until(all_told, f"all ways tell of {words}", within_s=WITHIN_S * 2)
        return seconds

    def _page(self) -> str:
        answer = self.desk.browser.get(f"{self.desk.town.url}/office/thong-bao/live", timeout=30)
        answer.raise_for_status()
        return str(answer.text)


def main() -> None:
    """Have airings missed, wait, print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=6)
    asked.add_argument("--silent", action="store_true")
    given = asked.parse_args()
    with _scene() as scene:
        _print("an airing is missed", [_miss(scene, place) for place in range(given.rounds)])
        if given.silent:
            _print("the station is killed", [_kill(scene)])


def _miss(scene: Scene, place: int) -> dict[str, float]:
    """Owe an airing whose time is over, so that the station can only miss it."""
    town, ward = scene.desk.town, scene.desk.ward
    town.plan(ward, AGO_S, ms=CLIP_MS, late_s=0.0)
    with town.centre.database.reading() as session:
        not_after = session.get_one(Airing, ward.planned[place].id).not_after
    until(lambda: town.states(ward)[place].startswith("missed"), "it is missed")
    known = (town.now() - not_after) / timedelta(seconds=1)
    return {"centre": known, **scene.told(not_after, f"“Bản tin {place}”")}


def _kill(scene: Scene) -> dict[str, float]:
    town, ward = scene.desk.town, scene.desk.ward
    scene.process.kill()
    with town.centre.database.reading() as session:
        heard_at = session.get_one(Station, ward.name).heard_at
    if heard_at is None:
        raise SystemExit("the station was never heard")
    return scene.told(heard_at, SILENT)


def _print(what: str, rounds: list[dict[str, float]]) -> None:
    for way in rounds[0]:
        seconds = sorted(one[way] for one in rounds)
        verdict = "reached" if seconds[-1] <= WITHIN_S else "MISSED"
        print(
            f"{what}: {way:8} {len(seconds)} times: least {seconds[0]:.1f} s, median"
            f" {statistics.median(seconds):.1f} s, max {seconds[-1]:.1f} s"
            f" (figure {WITHIN_S:.0f} s: {verdict})"
        )


@contextmanager
def _scene() -> Iterator[Scene]:
    with ExitStack() as stack:
        mailbox, receiver = stack.enter_context(mail_server()), stack.enter_context(webhook())
        os.environ.update(_addresses(mailbox))
        folders = [Path(stack.enter_context(TemporaryDirectory())) for _ in range(2)]
        town = stack.enter_context(open_town(folders[0]))
        town.centre.start("scheduler-1")
        ward, machine = town.ward(), Machine(folders[1])
        machine.enrol(
            town, ward, bell=f"http://127.0.0.1:{stack.enter_context(ringing(town))}/bell/{ward.name}"
        )
        process = machine.start()
        stack.callback(stop, process)
        desk = Desk(town, ward, hire(town, ward))
        desk.sign_in()
        with town.centre.database.writing() as session:
            unit = session.get_one(Station, ward.name).unit_id
            for way, address in (("email", "dai@phuong.vn"), ("webhook", receiver.url)):
                contacts.add(session, unit, way, address, below=False, by="do", now=town.now())
        until(lambda: town.heard(ward), "the station is heard")
        yield Scene(desk, process, mailbox, receiver)


def _addresses(mailbox: Mailbox) -> dict[str, str]:
    told = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": mailbox.port, "SMTP_SECURITY": "none"}
    told |= {"SMTP_FROM": "loa@phuong.example.vn", "WEBHOOK_PRIVATE": "true"}
    return {f"LOAPHUONG_{name}": str(value) for name, value in told.items()}


if __name__ == "__main__":
    main()
