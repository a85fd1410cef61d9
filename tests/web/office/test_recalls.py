"""After something was called back the pages tell which stations may still play it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, update

from content.contracts.airings import State
from scheduler.models.airing import Airing
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from tests.web.hall import NOW, Browser, Hall, Page
from tests.web.office.test_relays import PAGE as RELAYS
from tests.web.office.test_relays import propose

MAY = "1 trạm còn có thể phát"
NOWHERE = "Không trạm nào còn có thể phát"


def hand_over(hall: Hall) -> None:
    """Let the stations hold what is planned, as by generation 1."""
    with hall.house.database.writing() as session:
        session.execute(update(Airing).values(state=str(State.RELEASED), rank=1, released_generation=1))
        session.execute(update(Station).values(enrolled_at=NOW, generation=1))


def learn(hall: Hall) -> None:
    """Let the ward's station hold a manifest signed after what happened until now."""
    facts = {"payload": b"-", "sha256": "-", "issued_at": NOW, "to": NOW, "spliced": False}
    with hall.house.database.writing() as session:
        session.execute(insert(Manifest).values(station="ha-dinh-1", generation=2, **facts))
        session.execute(update(Station).values(generation=2))


def ordered(hall: Hall, browser: Browser, path: str, **more: Any) -> None:
    browser.send(f"{path}/lenh-phat", units=[str(hall.unit_id("ha-dinh"))], **more)
    hand_over(hall)


@pytest.fixture
def bulletin(hall: Hall, writer: Browser) -> str:
    """Return the page of a bulletin that a station holds."""
    path = f"/office/ban-tin/{hall.bulletin('approved')}"
    ordered(hall, writer, path)
    return path


@pytest.mark.parametrize("action", ["thu-hoi", "lenh"])
def test_the_bulletins_page_tells_until_the_station_knows(
    hall: Hall, writer: Browser, bulletin: str, action: str
) -> None:
    assert MAY not in writer.see(bulletin).words
    writer.send(
        bulletin, f"{bulletin}/thu-hoi" if action == "thu-hoi" else "/office/lenh-phat/1/huy", reason="Sai."
    )
    words = writer.see(bulletin).words
    assert (MAY in words, "Hạ Đình" in words.split(MAY)[-1]) == (True, True)
    learn(hall)
    assert NOWHERE in writer.see(bulletin).words


def test_the_orders_own_page_tells_it_too(hall: Hall, writer: Browser, bulletin: str) -> None:
    page = "/office/luot-phat?lenh=1"
    assert "còn có thể phát" not in writer.see(page).words
    writer.send(bulletin, "/office/lenh-phat/1/huy", reason="Nhầm.")
    assert MAY in writer.see(page).words
    learn(hall)
    assert NOWHERE in writer.see(page).words


def test_so_does_the_page_of_relays_when_a_permission_ends(
    hall: Hall, writer: Browser, leader: Browser
) -> None:
    propose(hall, writer, local_from="16:30", local_to="18:00")
    leader.send(RELAYS, f"{RELAYS}/1/cho-phep", until="2026-12-31T18:00")
    ordered(hall, writer, f"{RELAYS}/1", minutes="5", first_day="2026-11-23", last_day="2026-11-24")
    assert MAY not in writer.see(RELAYS).words
    leader.send(RELAYS, f"{RELAYS}/1/thoi")
    assert MAY in writer.see(RELAYS).words
    learn(hall)
    assert "còn có thể phát" not in writer.see(RELAYS).words


@pytest.mark.parametrize(
    ("path", "login", "status"),
    [
        ("ban-tin/1", "an", 200),
        ("ban-tin/1", "bich", 403),
        ("ban-tin/9", "an", 404),
        ("lenh/1", "an", 200),
        ("lenh/9", "an", 404),
        ("nguon/1", "an", 404),
        ("tin/1", "an", 404),
    ],
)
def test_who_may_ask(hall: Hall, writer: Browser, bulletin: str, path: str, login: str, status: int) -> None:
    writer.send(bulletin, f"{bulletin}/thu-hoi", reason="Sai.")
    answer = hall.browser(login).get(f"/office/con-phat/{path}")
    assert (answer.status_code, MAY in Page(answer, path).words) == (status, status == 200)
