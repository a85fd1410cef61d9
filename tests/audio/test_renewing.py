"""Fallbacks made anew when the better voice is back; approved ones never."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from audio import rendering
from audio.composing import ClipFacts
from audio.models import JobState, RenderJob
from audio.renewing import PAUSE, renew_fallbacks
from content import bulletins
from content.errors import UnavailableError
from tests.factories import NOW, make_approval, make_bulletin, make_unit, make_user

FALLBACK = "b" * 64
LATER = NOW + PAUSE


def finish(session: Session, voice: str = "espeak", now: datetime = NOW) -> None:
    """Ask for a clip by gtts, else espeak, and let `voice` make it."""
    voices = ("gtts", "espeak")
    rendering.request(session, spoken="Mời họp.", title="Thử", programme=None, voices=voices, now=now)
    end(session, voice, now)


def end(session: Session, voice: str, now: datetime, sha256: str = FALLBACK) -> None:
    lease = rendering.lease_next(session, "w1", now)
    assert lease
    facts = ClipFacts(sha256, 10, 1000, "audio/mpeg", voice, -16_000, -1_000, why_fallback="gtts: 429")
    rendering.finish(session, lease, facts, now)


def renew(session: Session, *can_speak: str, now: datetime = LATER, wanted: bool = True) -> int:
    return renew_fallbacks(session, can_speak, now, still_wanted=lambda _: wanted)


def jobs(session: Session) -> list[RenderJob]:
    return list(session.scalars(select(RenderJob).order_by(RenderJob.id)))


def test_a_fallback_is_told_with_its_reason(session: Session) -> None:
    finish(session)
    (job,) = jobs(session)
    assert (job.fallback, job.error) == (True, "gtts: 429")


def test_it_is_made_anew_by_the_wanted_voice_alone(session: Session) -> None:
    finish(session)
    assert renew(session, "gtts", "espeak") == 1
    lease = rendering.lease_next(session, "w1", LATER)
    assert lease
    assert (lease.renewal, lease.recipe.wanted_voice) == (True, "gtts")


@pytest.mark.parametrize("can_speak", [(), ("espeak",)])
def test_it_waits_for_the_voice(session: Session, can_speak: tuple[str, ...]) -> None:
    finish(session)
    assert renew(session, *can_speak) == 0


def test_it_is_queued_once(session: Session) -> None:
    finish(session)
    assert [renew(session, "gtts") for _ in range(2)] == [1, 0]


@pytest.mark.parametrize(("after", "count"), [(PAUSE - timedelta(seconds=1), 0), (PAUSE, 1)])
def test_a_renewal_that_failed_is_tried_again_after_a_rest(
    session: Session, after: timedelta, count: int
) -> None:
    finish(session)
    renew(session, "gtts")
    lease = rendering.lease_next(session, "w1", LATER)
    assert lease
    rendering.fail(session, lease, UnavailableError("429"), LATER, again=False)
    assert renew(session, "gtts", now=LATER + after) == count


def test_what_nobody_waits_for_is_left(session: Session) -> None:
    finish(session)
    assert renew(session, "gtts", wanted=False) == 0


def test_what_the_wanted_voice_spoke_is_left(session: Session) -> None:
    finish(session, "gtts")
    assert renew(session, "gtts") == 0


def test_after_it_was_made_anew_it_is_left(session: Session) -> None:
    finish(session)
    renew(session, "gtts")
    end(session, "gtts", LATER, "c" * 64)
    assert renew(session, "gtts", now=LATER + PAUSE) == 0
    assert [job.state for job in jobs(session)] == [JobState.DONE] * 2


def approve(session: Session) -> None:
    bulletin = make_bulletin(session, make_unit(session), make_user(session))
    clip = bulletins.ClipFacts(FALLBACK, 10, 1000, "audio/mpeg", "espeak")
    make_approval(session, bulletin, make_user(session, "lanh-dao"), clip=clip)


def test_an_approved_one_never_is(session: Session) -> None:
    finish(session)
    approve(session)
    assert renew(session, "gtts") == 0


def test_a_lost_approved_one_is_made_by_the_voice_that_spoke_it(session: Session) -> None:
    finish(session)
    approve(session)
    rendering.renew(session, FALLBACK, LATER)
    lease = rendering.lease_next(session, "w1", LATER)
    assert lease
    assert lease.recipe.voices == ("espeak",)
