"""`loaphuong worker` sends no words that must not go out by the time their turn comes.

Real processes; what was sent is what the local server, which speaks Google's protocol, was asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from audio import mastering, rendering
from audio.models import JobState
from audio.recipe import Recipe
from content import bulletins
from content.clock import SteppedClock, SystemClock
from content.models.bulletin import Bulletin
from content.settings import Settings
from content.units import load_tree
from tests.audio.fake_voice import hum
from tests.audio.google_server import google
from tests.web.hall import NOW, TODAY, Hall, fill
from tests.web.processes.test_worker_killed import PATIENCE_S, Yard
from tests.web.wards import app_of
from web import migrate, redoing, voicing, wanted
from web.house import House

BUSY = "Tin đang dựng nói một câu."
SECRET = "Bí mật một. Bí mật hai. Bí mật ba. Bí mật bốn. Bí mật năm. Bí mật sáu."
Change = Callable[[Session, Bulletin], object]


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    house = House.open(Settings(mode="rehearsal", data_dir=tmp_path), SystemClock())
    migrate.upgrade(house.database.engine)
    fill(house)
    with google(mastering.encoded(hum(1.2), mastering.Settings(0, -2))) as server:
        yield Yard(house, server, voices="gtts,espeak")
    house.close()


def order(yard: Yard, text: str) -> int:
    """Write a bulletin and ask to hear it; return its id."""
    made = Hall(yard.house, SteppedClock(NOW), app_of(yard.house)).bulletin(text=text, title=text[:20])
    with yard.house.database.writing() as session:
        latest = bulletins.get(session, made).latest
        recipe = voicing.recipe_of(session, latest, yard.house, load_tree(session))
        rendering.order(session, recipe, yard.clock.now())
    return made


def become_internal(_session: Session, found: Bulletin) -> None:
    found.latest.internal = True


def be_recalled(session: Session, found: Bulletin) -> None:
    bulletins.recall(session, found, by=found.latest.author, reason="Nhầm.", now=NOW)


def be_reworded(_session: Session, found: Bulletin) -> None:
    found.latest.spoken = "chuyện khác hẳn."


def be_replaced(session: Session, found: Bulletin) -> None:
    by = found.latest.author
    bulletins.submit(session, found.latest, by=by, now=NOW, today=TODAY)
    redoing.again(session, found, by=by, now=NOW)


def turn_out_personal(_session: Session, found: Bulletin) -> None:
    found.latest.text += " CCCD 001085012345."


CHANGES = (become_internal, be_recalled, be_reworded, be_replaced, turn_out_personal)


def change(yard: Yard, bulletin_id: int, by: Change) -> None:
    with yard.house.database.writing() as session:
        by(session, bulletins.get(session, bulletin_id))


def sent(yard: Yard) -> list[str]:
    """Return what of the secret was sent out."""
    return [one[0] for one in yard.server.asked if "mật" in one[0]]


def ended(yard: Yard) -> bool:
    return all(job.state not in {JobState.QUEUED, JobState.WORKING} for job in yard.jobs())


@pytest.mark.parametrize("by", CHANGES)
def test_words_that_wait_their_turn_are_not_sent_once_they_must_not(yard: Yard, by: Change) -> None:
    yard.server.gate.clear()
    order(yard, BUSY)
    waiting = order(yard, SECRET)
    with yard.worker():
        assert yard.server.arrived.acquire(timeout=PATIENCE_S)
        change(yard, waiting, by)
        yard.server.gate.set()
        yard.until(lambda: ended(yard))
    assert sent(yard) == []


@pytest.mark.parametrize("by", [become_internal, be_recalled])
def test_no_further_sentence_is_sent_once_it_must_not(yard: Yard, by: Change) -> None:
    yard.server.gate.clear()
    waiting = order(yard, SECRET)
    with yard.worker():
        assert yard.server.arrived.acquire(timeout=PATIENCE_S)
        assert yard.server.arrived.acquire(timeout=PATIENCE_S)
        change(yard, waiting, by)
        yard.server.gate.set()
        yard.until(lambda: ended(yard))
    assert len(sent(yard)) == 2


def test_what_has_become_internal_is_spoken_in_the_house(yard: Yard) -> None:
    waiting = order(yard, SECRET)
    change(yard, waiting, become_internal)
    with yard.worker():
        yard.until(lambda: ended(yard))
    states = [(job.state, Recipe.parse(job.recipe).voices) for job in yard.jobs()]
    assert states == [(JobState.CANCELLED, ("gtts", "espeak")), (JobState.DONE, ("espeak",))]


@pytest.mark.parametrize(
    ("by", "left"),
    [(become_internal, [("espeak",)]), (be_recalled, []), (be_reworded, []), (be_replaced, [])],
)
def test_a_change_takes_what_waits_out_of_the_queue(
    yard: Yard, by: Change, left: list[tuple[str, ...]]
) -> None:
    waiting = order(yard, SECRET)
    with yard.house.database.writing() as session:
        found = bulletins.get(session, waiting)
        by(session, found)
        session.flush()
        wanted.mend(yard.house, session, found, NOW)
    queued = [Recipe.parse(job.recipe).voices for job in yard.jobs() if job.state == JobState.QUEUED]
    assert queued == left


def test_words_of_nobodys_are_wanted_for_ever(yard: Yard) -> None:
    sample = Recipe.of("Câu mẫu.", title="Thử giọng", programme=None, voices=("gtts",))
    with yard.house.database.reading() as session:
        assert wanted.now(yard.house, session, sample) == sample


def test_words_of_an_older_recipe_stay_in_the_house_when_nobody_can_tell_whose_they_are(yard: Yard) -> None:
    older = Recipe.of("Mời họp.", title="Thử", programme="05", voices=("gtts", "espeak"))
    with yard.house.database.reading() as session:
        left = wanted.now(yard.house, session, older)
    assert left == replace(older, voices=("espeak",))


def test_an_approved_clip_is_only_made_again_by_one_voice(yard: Yard) -> None:
    hall = Hall(yard.house, SteppedClock(NOW), app_of(yard.house))
    made = hall.bulletin("approved")
    with yard.house.database.reading() as session:
        latest = bulletins.get(session, made).latest
        recipes = [
            voicing.spoken_by(session, latest, yard.house, voices)
            for voices in (("gtts", "espeak"), ("gtts",))
        ]
        assert [wanted.now(yard.house, session, one) for one in recipes] == [None, recipes[1]]
