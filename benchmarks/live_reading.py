"""How long the server takes for the reading beside a text of 5,000 characters, with a lexicon of 1,000 rows.

Run: `python benchmarks/live_reading.py`.  It prints the median and the worst of 40 requests, each the whole
answer of `POST /office/doc-thu`, with session, rights, lexicon, corrections and page, on a database on disk.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import yaml

sys.path.insert(0, str(Path(__file__).parent.parent))

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from audio.models import EVERYWHERE, LexiconEntry, programme_scope, unit_scope
from content import people, units
from content.clock import SystemClock
from content.settings import Settings
from web import migrate, rehearsal
from web.app import create_app
from web.house import House
from web.processes.serve import settle

SIZE, ROWS, TIMES = 5_000, 1_000, 40


def _text() -> str:
    """Repeat the sample bulletins, as dense with numbers as any, up to the size."""
    given = yaml.safe_load((rehearsal.DATA / "bulletins.yaml").read_text("utf-8"))["bulletins"]
    text = "\n".join(bulletin["text"] for bulletin in given)
    return (text * (SIZE // len(text) + 1))[:SIZE]


def _rows(session: Session, house: House) -> None:
    """Fill the lexicon: two forms that the text holds, and many that it does not."""
    scopes = (EVERYWHERE, unit_scope(units.by_slug(session, "thanh-xuan").id), programme_scope("05"))
    forms = ["GRDP", "OCOP", *(f"XY{n}Z" for n in range(ROWS - 2))]
    for n, written in enumerate(forms):
        session.add(
            LexiconEntry(
                written=written,
                spoken="một cách đọc",
                scope=scopes[n % 3],
                note="",
                version="",
                created_by=1,
                created_at=house.clock.now(),
            )
        )


def _client(house: House) -> tuple[FlaskClient, dict[str, str]]:
    """Return the sample office's browser, and what its editor sends along."""
    client = create_app(house, testing=True).test_client()
    with house.database.reading() as session:
        user, unit = people.by_login(session, "van-phong"), units.by_slug(session, "thanh-xuan")
    with client.session_transaction() as cookie:
        cookie["_user_id"] = f"{user.id}:{user.epoch}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/office/ban-tin/moi").text)
    sent = {"csrf_token": token[1] if token else "", "unit": str(unit.id), "programme": "05"}
    return client, {**sent, "corrections": '[["HTX","hợp tác xã nhà"],["95%","chín lăm phần trăm"]]'}


def main() -> None:
    """Print the times."""
    with TemporaryDirectory() as folder:
        house = House.open(Settings(mode="rehearsal", data_dir=Path(folder)), SystemClock())
        migrate.upgrade(house.database.engine)
        rehearsal.seed(house)
        with house.database.writing() as session:
            _rows(session, house)
        client, sent = _client(house)
        settle()
        times = [_once(client, {**sent, "text": f"{_text()[:-2]}{n:02}"}) for n in range(TIMES)]
        house.close()
    first, rest = times[0], times[1:]
    told = f"median {median(rest):.0f} ms, worst {max(rest):.0f} ms, the first after a start {first:.0f} ms"
    print(f"{SIZE:,} characters, {ROWS:,} rows: {told}")


def _once(client: FlaskClient, sent: dict[str, str]) -> float:
    begun = perf_counter()
    answer = client.post("/office/doc-thu", data=sent)
    taken = (perf_counter() - begun) * 1000
    if answer.status_code != 200:  # noqa: PLR2004
        raise SystemExit(f"{answer.status}: {answer.text[:500]}")
    return taken


if __name__ == "__main__":
    main()
