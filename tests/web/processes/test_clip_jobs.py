"""What the scheduler does for the clips, over a hall's bulletins."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from sqlalchemy import select

from audio import rendering
from audio.composing import ClipFacts
from audio.models import JobState, RenderJob
from content import bulletins, units
from content.errors import CorruptError, UnavailableError
from tests.web.hall import CLIP_MS, SOUND, Hall, sound_hash
from web import voicing
from web.processes import clip_jobs

REST = timedelta(minutes=11)


def speak(hall: Hall, bulletin_id: int, voice: str) -> str:
    """Do the worker's part for the bulletin's latest words, by `voice`; return the clip."""
    house = hall.house
    with house.database.writing() as session:
        revision = bulletins.get(session, bulletin_id).latest
        recipe = voicing.recipe_of(session, revision, house, units.load_tree(session))
        rendering.order(session, recipe, hall.clock.now())
        lease = rendering.lease_next(session, "may-thu:1", hall.clock.now())
        assert lease
        sha256 = house.library.put(SOUND)
        facts = ClipFacts(sha256, len(SOUND), CLIP_MS, "audio/mpeg", voice, -16_000, -1_000)
        rendering.finish(session, lease, facts, hall.clock.now())
    return sha256


def renewals(hall: Hall) -> int:
    """Let the job do its work; return how many jobs wait now."""
    hall.clock.advance(REST.total_seconds())
    with hall.house.database.writing() as session:
        clip_jobs.renew(hall.house, session, hall.clock.now())
        return len(session.scalars(select(RenderJob).where(RenderJob.renewal)).all())


@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_a_fallback_that_somebody_waits_for_is_made_anew(hall: Hall, state: str) -> None:
    speak(hall, hall.bulletin(state), "another")
    assert renewals(hall) == 1


def test_what_the_wanted_voice_spoke_is_left(hall: Hall) -> None:
    speak(hall, hall.bulletin("submitted"), hall.house.voices.names[0])
    assert renewals(hall) == 0


def test_a_wording_that_was_recalled_is_left(hall: Hall) -> None:
    made = hall.bulletin("submitted")
    speak(hall, made, "another")
    with hall.house.database.writing() as session:
        bulletin = bulletins.get(session, made)
        by = bulletin.latest.author
        bulletins.recall(session, bulletin, by=by, reason="Sai.", now=hall.clock.now())
    assert renewals(hall) == 0


def test_words_that_have_become_internal_are_not_sent_out_again(hall: Hall) -> None:
    made = hall.bulletin("draft")
    speak(hall, made, "another")
    with hall.house.database.writing() as session:
        bulletins.get(session, made).latest.internal = True
    first = hall.house.voices.get(hall.house.voices.names[0])
    assert renewals(hall) == (0 if first.sends_text_out else 1)


def queued(hall: Hall) -> int:
    """Let the job do its work; return how many jobs wait now."""
    with hall.house.database.writing() as session:
        clip_jobs.renew(hall.house, session, hall.clock.now())
        return len(session.scalars(select(RenderJob).where(RenderJob.state == JobState.QUEUED)).all())


@pytest.mark.parametrize(("state", "jobs"), [("draft", 1), ("submitted", 1), ("approved", 0)])
def test_a_damaged_clip_that_somebody_waits_for_is_made_anew_at_once(
    hall: Hall, state: str, jobs: int
) -> None:
    made = hall.bulletin(state)
    sha256 = sound_hash() if state == "approved" else speak(hall, made, "gtts")
    hall.house.library.path(sha256).write_bytes(SOUND[:-1] + b"?")
    with pytest.raises(CorruptError):
        hall.house.library.open_clip(sha256)
    assert (queued(hall), queued(hall)) == (jobs, jobs)


def test_what_could_not_be_made_anew_is_tried_again_after_a_pause(hall: Hall) -> None:
    sha256 = speak(hall, hall.bulletin("draft"), "gtts")
    hall.house.library.path(sha256).unlink()
    assert queued(hall) == 1
    with hall.house.database.writing() as session:
        lease = rendering.lease_next(session, "may-thu:1", hall.clock.now())
        assert lease
        rendering.fail(session, lease, UnavailableError("Đĩa đầy."), hall.clock.now(), again=False)
    assert queued(hall) == 0
    hall.clock.advance(REST.total_seconds())
    assert queued(hall) == 1


def test_approved_clips_are_archived(hall: Hall) -> None:
    made = hall.bulletin("approved")
    clip_jobs.archive(hall.house)
    with hall.house.database.reading() as session:
        approval = bulletins.get(session, made).latest.approval
    assert approval
    assert hall.house.library.archive.has(approval.clip_sha256)


def test_the_clip_of_an_open_wording_stays_however_old(hall: Hall) -> None:
    sha256 = speak(hall, hall.bulletin("submitted"), "espeak")
    os.utime(hall.house.library.path(sha256), (0, 0))
    hall.clock.advance(timedelta(days=100).total_seconds())
    with hall.house.database.writing() as session:
        assert clip_jobs.clean(hall.house, session, hall.clock.now()).clips == 0
