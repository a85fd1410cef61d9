"""A change on the page takes out of the queue what nobody wants any more."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from audio.models import JobState, RenderJob
from audio.recipe import Recipe
from tests.web.hall import Hall


def jobs(hall: Hall) -> list[tuple[str, tuple[str, ...]]]:
    """Return (state, voices) of every job."""
    with hall.house.database.reading() as session:
        found = session.scalars(select(RenderJob).order_by(RenderJob.id))
        return [(job.state, Recipe.parse(job.recipe).voices) for job in found]


GONE = (JobState.CANCELLED, ("gtts", "espeak"))


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"internal": "1"}, [GONE, (JobState.QUEUED, ("espeak",))]),
        ({"text": "Chuyện khác hẳn."}, [GONE]),
        ({"level": "emergency"}, [GONE]),
        ({}, [(JobState.QUEUED, ("gtts", "espeak"))]),
    ],
)
def test_saving(hall: Hall, change: dict[str, str], left: list[object]) -> None:
    page = f"/office/ban-tin/{hall.bulletin(text='Phường họp dân.')}"
    browser = hall.browser("an")
    browser.send(f"{page}/sua")
    browser.post(f"{page}/nghe")
    assert browser.send(f"{page}/sua", **change).status_code == 303
    assert jobs(hall) == left


def test_recalling(hall: Hall) -> None:
    page = f"/office/ban-tin/{hall.bulletin('submitted')}"
    browser = hall.browser("an")
    browser.post(f"{page}/nghe")
    assert browser.post(f"{page}/thu-hoi", reason="Nhầm ngày.").status_code == 303
    assert jobs(hall) == [GONE]
