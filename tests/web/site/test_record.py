"""What was heard, as residents see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from content.models.unit import Unit
from content.units import by_slug
from scheduler.models.station import Station
from tests.web.site.town import NOW, Town
from web.site import record


@pytest.mark.parametrize(
    ("airing", "seen"),
    [
        (("played", "bulletin", 72_000), True),
        (("partial", "bulletin", 30_000), True),
        (("interrupted", "relay", 30_000), True),
        (("partial", "bulletin", 0), False),
        (("missed", "bulletin", None), False),
        (("cancelled", "bulletin", None), False),
        (("played", "ident", 5_000), False),
        (("played", "test", 5_000), False),
        (("played", "live", 60_000), True),
    ],
)
def test_only_what_was_heard_is_told(
    town: Town, reader: FlaskClient, airing: tuple[str, str, int | None], seen: bool
) -> None:
    state, kind, heard_ms = airing
    town.air("Lượt phát này", state=state, kind=kind, heard_ms=heard_ms)
    assert ("Lượt phát này" in reader.get("/da-phat").text) is seen


def test_hearings_stand_under_their_unit_and_day(town: Town, reader: FlaskClient) -> None:
    town.air(started_at=NOW - timedelta(days=1))
    html = reader.get("/da-phat").text
    assert "Phường Hạ Đình" in html
    assert "Chủ Nhật 22/11" in html


def test_a_partial_hearing_says_how_much(town: Town, reader: FlaskClient) -> None:
    town.air(state="partial", heard_ms=31_000)
    assert "phát dở 0:31 / 1:12" in reader.get("/da-phat").text


def test_a_hearing_leads_to_its_article_while_that_shows(town: Town, reader: FlaskClient) -> None:
    slug = town.post()
    town.air(approval_id=int(slug.removeprefix("tin-")))
    assert f'href="/tin/{slug}"' in reader.get("/da-phat").text
    town.recall(slug)
    assert f'href="/tin/{slug}"' not in reader.get("/da-phat").text


def test_one_unit_can_be_asked_for(town: Town, reader: FlaskClient) -> None:
    town.air("Lượt phát này")
    assert "Lượt phát này" in reader.get("/da-phat?don-vi=ha-dinh").text
    assert "Lượt phát này" not in reader.get("/da-phat?don-vi=khac").text


def test_the_newest_stands_first(town: Town) -> None:
    for hours in (5, 1, 3):
        town.air(started_at=NOW - timedelta(hours=hours))
    with town.house.database.reading() as session:
        (unit,) = record.recent(session, NOW)
    assert [(NOW - hearing.started_at).seconds // 3600 for hearing in unit.hearings] == [1, 3, 5]


def test_a_unit_s_past_stays_its_own_when_its_station_was_moved(town: Town) -> None:
    town.air("Trước sáp nhập")
    with town.house.database.writing() as session:
        old = by_slug(session, "ha-dinh")
        heir = Unit(slug="moi", name="Phường mới", kind="ward", valid_from=old.valid_from, tags=[])
        session.add(heir)
        session.flush()
        old.valid_to, old.successor_id = NOW.date(), heir.id
        for station in session.scalars(select(Station).where(Station.unit_id == old.id)):
            station.unit_id = heir.id
    with town.house.database.reading() as session:
        (unit,) = record.recent(session, NOW, unit_slug="ha-dinh")
        assert [hearing.title for hearing in unit.hearings] == ["Trước sáp nhập"]
        assert record.recent(session, NOW, unit_slug="moi") == []
