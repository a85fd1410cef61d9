"""The plan's pages: ten programmes, their targets, and this week's airtime."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from scheduler.models.airing import Airing
from tests.web.hall import NOW, Browser, Hall, Page
from web.tables import metadata


def test_ten_programmes_are_listed(writer: Browser) -> None:
    links = writer.see("/office/ke-hoach").links("//main//table")
    assert len(links) == 10


@pytest.mark.parametrize(("code", "told"), [("02", "%"), ("05", "05-01")])
def test_a_programme_shows_its_targets(writer: Browser, code: str, told: str) -> None:
    page = writer.see(f"/office/ke-hoach/{code}")
    assert told in page.words
    assert "Soạn bản tin cho chương trình này" in page.links("//main")


@pytest.mark.parametrize("code", ["00", "5", "%27", "05-01"])
def test_a_programme_that_is_none_is_told(writer: Browser, code: str) -> None:
    answer = writer.get(f"/office/ke-hoach/{code}")
    assert answer.status_code == 404
    assert "Không có chương trình" in Page(answer, "/").words


def test_the_weeks_airtime_is_summed(hall: Hall, writer: Browser) -> None:
    with hall.house.database.writing() as session:
        for n, unit in enumerate(("ha-dinh", "ha-dinh", "dinh-cong")):
            session.add(
                Airing(
                    id=f"{n:032}",
                    kind="bulletin",
                    level="normal",
                    station=f"{unit}-1",
                    unit_id=hall.unit_id(unit),
                    starts_at=NOW,
                    not_after=NOW,
                    duration_ms=60_000,
                    title="x",
                    programme="05",
                    state="played",
                    rank=4,
                    started_at=NOW,
                    heard_ms=60_000,
                    created_at=NOW,
                    updated_at=NOW,
                )
            )
    assert "2 2 2:00" in writer.see("/office/ke-hoach").words


def test_before_a_plan_is_loaded_the_page_says_what_to_do(hall: Hall, writer: Browser) -> None:
    with hall.house.database.writing() as session:
        for table in ("target", "programme", "duty", "plan"):
            session.execute(delete(metadata.tables[table]))
    answer = writer.get("/office/ke-hoach")
    assert answer.status_code == 404
    assert "loaphuong plan import FILE" in Page(answer, "/").words
