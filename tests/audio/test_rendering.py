"""The render queue: asked for once, leased to one, nothing lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from audio import rendering
from audio.composing import ClipFacts
from audio.models import Clip, JobState, RenderJob
from audio.rendering import Lease
from content.db import Database
from content.errors import ConflictError, InvalidInputError, UnavailableError
from tests.audio.conftest import START
from tests.postgres import BOTH

pytestmark = BOTH

SPOKEN = "Xin chào bà con. Hôm nay trời đẹp."
SOON, LATER = START + timedelta(seconds=1), START + timedelta(seconds=rendering.LEASE_SECONDS + 1)


def ask(database: Database, spoken: str = SPOKEN, title: str = "Thử") -> RenderJob | Clip:
    with database.writing() as session:
        return rendering.request(
            session, spoken=spoken, title=title, programme="01", voices=("hum",), now=START
        )


def take(database: Database, worker: str = "w1") -> Lease:
    with database.writing() as session:
        lease = rendering.lease_next(session, worker, SOON)
    assert lease
    return lease


def end(database: Database, lease: Lease, sha256: str = "a" * 64) -> Clip:
    facts = ClipFacts(sha256, 1000, 2000, "audio/mpeg", "hum", -16_000, -1_500)
    with database.writing() as session:
        return rendering.finish(session, lease, facts, SOON)


def job_of(database: Database, job_id: int) -> RenderJob:
    with database.reading() as session:
        return session.get_one(RenderJob, job_id)


def test_request_twice_gives_the_same_open_job(database: Database) -> None:
    first, second = ask(database), ask(database)
    assert isinstance(first, RenderJob)
    assert first.id == second.id  # type: ignore[union-attr]


def test_request_after_finish_gives_the_clip(database: Database) -> None:
    ask(database)
    clip = end(database, take(database))
    again = ask(database)
    assert isinstance(again, Clip)
    assert (again.sha256, again.voice) == (clip.sha256, "hum")


@pytest.mark.parametrize("change", [{"spoken": "Câu khác."}, {"title": "Khác"}])
def test_another_recipe_is_another_job(database: Database, change: dict[str, str]) -> None:
    assert ask(database).recipe_sha256 != ask(database, **change).recipe_sha256


@pytest.mark.parametrize("nothing", ["", "   ", "… !"])
def test_nothing_to_say_is_refused(database: Database, nothing: str) -> None:
    with pytest.raises(InvalidInputError):
        ask(database, nothing)


def test_two_recipes_may_end_in_one_clip(database: Database) -> None:
    ask(database)
    end(database, take(database))
    ask(database, title="Khác")
    end(database, take(database))
    assert isinstance(ask(database, title="Khác"), Clip)


def test_a_leased_job_is_not_given_twice(database: Database) -> None:
    ask(database)
    take(database)
    with database.writing() as session:
        assert rendering.lease_next(session, "w2", SOON) is None


def test_progress_is_noted_and_holds_the_lease(database: Database) -> None:
    ask(database)
    lease = take(database)
    with database.writing() as session:
        rendering.progress(session, lease, done=1, made_ms=1500, now=LATER)
    job = job_of(database, lease.job_id)
    assert (job.sentence_done, job.sentence_total, job.seconds_made_ms) == (1, 2, 1500)
    assert job.lease_until
    assert job.lease_until > LATER


def test_an_expired_lease_goes_back_and_the_dead_worker_can_change_nothing(database: Database) -> None:
    ask(database)
    old = take(database)
    with database.writing() as session:
        assert rendering.sweep(session, LATER) == 1
        assert rendering.lease_next(session, "w1", LATER)
    with pytest.raises(ConflictError):
        end(database, old)


def test_a_running_lease_is_not_swept(database: Database) -> None:
    ask(database)
    take(database)
    with database.writing() as session:
        assert rendering.sweep(session, SOON) == 0


def test_a_job_that_kills_workers_fails_in_the_end(database: Database) -> None:
    ask(database)
    for _ in range(rendering.MOST_DEATHS):
        lease = take(database)
        with database.writing() as session:
            rendering.release(session, "w1", START)
    job = job_of(database, lease.job_id)
    assert job.state == JobState.FAILED
    assert "dừng giữa chừng" in (job.error or "")


def test_a_failed_try_waits_and_says_why(database: Database) -> None:
    ask(database)
    lease = take(database)
    with database.writing() as session:
        rendering.fail(session, lease, UnavailableError("Mất mạng."), SOON, again=True)
        assert rendering.lease_next(session, "w1", SOON) is None
    job = job_of(database, lease.job_id)
    assert (job.state, job.error) == (JobState.QUEUED, "Mất mạng.")


@pytest.mark.parametrize(
    ("again", "waited"), [(False, timedelta()), (True, rendering.GIVE_UP_AFTER + timedelta(minutes=1))]
)
def test_a_try_fails_for_good(database: Database, again: bool, waited: timedelta) -> None:
    ask(database)
    lease = take(database)
    with database.writing() as session:
        rendering.fail(session, lease, UnavailableError("Mất mạng."), START + waited, again=again)
    assert job_of(database, lease.job_id).state == JobState.FAILED


def test_a_failed_recipe_may_be_asked_for_again(database: Database) -> None:
    ask(database)
    lease = take(database)
    with database.writing() as session:
        rendering.fail(session, lease, UnavailableError("Hỏng."), SOON, again=False)
    again = ask(database)
    assert isinstance(again, RenderJob)
    assert again.id != lease.job_id


def test_a_job_put_back_costs_nothing(database: Database) -> None:
    ask(database)
    lease = take(database)
    with database.writing() as session:
        rendering.put_back(session, lease, SOON)
    assert job_of(database, lease.job_id).deaths == 0
    assert take(database).job_id == lease.job_id


def test_a_cancelled_job_is_taken_from_its_worker(database: Database) -> None:
    ask(database)
    lease = take(database)
    with database.writing() as session:
        rendering.cancel(session, lease.job_id, SOON)
    with pytest.raises(ConflictError):
        end(database, lease)


def test_an_ended_job_cannot_be_cancelled(database: Database) -> None:
    ask(database)
    lease = take(database)
    end(database, lease)
    with database.writing() as session, pytest.raises(ConflictError):
        rendering.cancel(session, lease.job_id, SOON)


def test_a_clip_is_made_again_without_a_second_row(database: Database) -> None:
    ask(database)
    clip = end(database, take(database))
    with database.writing() as session:
        rendering.renew(session, clip.sha256, SOON)
    end(database, take(database))
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Clip)) == 1
