"""The worker: takes render jobs one by one until it is told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from audio import rendering
from audio.composing import Recordings
from audio.library import Library
from audio.pcm_cache import PcmCache
from audio.recipe import Recipe
from audio.rendering import ClipFacts, Lease
from audio.voices.registry import Voices
from content.clock import Clock
from content.db import Database
from content.errors import ConflictError, LoaPhuongError, UnavailableError

IDLE_SECONDS = 0.3
TROUBLE_SECONDS = 5.0
ASK_SECONDS = 2.0
TELL_SECONDS = 0.5
"""Progress is written no more often: each time waits for the disk, as long as a sentence takes to speak."""
Wanted = Callable[[Session, Recipe], Recipe | None]
_log = logging.getLogger(__name__)


class Worker:
    """Makes clips.  `name` must be this process's own, and the same after a restart.

    Sentences spoken before are kept in `cache`, by default beside the library; `recordings` is where
    uploaded ones are found.  `wanted` tells what is wanted now in place of a recipe: the same, another one,
    or None; it is asked before a job is begun and before each request that sends words out.
    """

    def __init__(
        self,
        database: Database,
        library: Library,
        voices: Voices,
        clock: Clock,
        name: str,
        *,
        cache: PcmCache | None = None,
        recordings: Recordings | None = None,
        wanted: Wanted = lambda _session, recipe: recipe,
    ) -> None:
        self._database = database
        self._library = library
        self._voices = voices
        self._clock = clock
        self._name = name
        self._cache = cache or PcmCache(library.data_dir)
        self._recordings = recordings
        self._wanted = wanted

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; the job under way then goes back into the queue at once."""
        self._guarded(self._take_back)
        while not stop.is_set():
            worked = self._guarded(lambda: self.step(stop))
            if not worked:
                self._clock.wait(stop, TROUBLE_SECONDS if worked is None else IDLE_SECONDS)

    def step(self, stop: threading.Event | None = None) -> bool:
        """Make one clip if one is asked for; tell whether there was one."""
        lease = self._lease()
        if lease is None:
            return False
        _log.info("%s: begun, attempt %d, %d to say", _named(lease), lease.attempt, lease.recipe.steps)
        began = self._clock.monotonic()
        try:
            facts = self._render(lease, stop or threading.Event())
            self._finish(lease, facts, self._clock.monotonic() - began)
        except _StoppedError:
            self._put_back(lease)
        except _UnwantedError:
            self._withdraw(lease)
        except ConflictError:
            _log.info("%s: cancelled, or taken by another worker", _named(lease))
        except LoaPhuongError as error:
            again = isinstance(error, UnavailableError) and not lease.renewal
            self._fail(lease, error, again=again)
        except Exception:  # noqa: BLE001 (one job must not end the worker)
            _log.exception("%s: broke", _named(lease))
            broken = UnavailableError("Lỗi bất ngờ khi tạo tiếng; hãy báo người quản trị xem nhật ký.")
            self._fail(lease, broken, again=lease.attempt < rendering.MOST_DEATHS)
        return True

    def _guarded(self, work: Callable[[], bool]) -> bool | None:
        """Do `work`; None when the database or the disk is in trouble, which is waited out."""
        try:
            return work()
        except Exception:  # noqa: BLE001 (a locked database or a full disk passes)
            _log.exception("worker %s is in trouble and tries again in %d s", self._name, TROUBLE_SECONDS)
            return None

    def _take_back(self) -> bool:
        with self._database.writing() as session:
            taken = rendering.release(session, self._name, self._clock.now())
        if taken:
            _log.warning("%d jobs that this worker held when it died go back into the queue", taken)
        return taken > 0

    def _lease(self) -> Lease | None:
        now = self._clock.now()
        with self._database.reading() as session:
            if not rendering.waiting(session, now):
                return None
        with self._database.writing() as session:
            if swept := rendering.sweep(session, now):
                _log.warning("%d jobs of workers that went silent go back into the queue", swept)
            return rendering.lease_next(session, self._name, now)

    def _render(self, lease: Lease, stop: threading.Event) -> ClipFacts:
        asked_at = told_at = self._clock.monotonic()
        told = 0

        def look() -> None:
            nonlocal asked_at
            if stop.is_set():
                raise _StoppedError
            if self._clock.monotonic() - asked_at >= ASK_SECONDS:
                asked_at = self._clock.monotonic()
                self._require_held(lease)

        def on_sentence(done: int, total: int, made_ms: int) -> None:
            nonlocal told, told_at
            news = done != told and done in {1, total}
            if news or self._clock.monotonic() - told_at >= TELL_SECONDS:
                told, told_at = done, self._clock.monotonic()
                with self._database.writing() as session:
                    rendering.progress(session, lease, done=done, made_ms=made_ms, now=self._clock.now())
            look()

        self._require_wanted(lease)
        return rendering.render(
            _spoken_by(lease),
            self._voices,
            self._library,
            on_sentence,
            cache=self._cache,
            recordings=self._recordings,
            look=look,
            permit=lambda: self._require_wanted(lease),
        )

    def _require_held(self, lease: Lease) -> None:
        with self._database.reading() as session:
            rendering.require_held(session, lease)

    def _require_wanted(self, lease: Lease) -> None:
        """Raise ConflictError when the job is not ours any more, _UnwantedError when nobody wants it so."""
        with self._database.reading() as session:
            rendering.require_held(session, lease)
            if self._wanted(session, lease.recipe) != lease.recipe:
                raise _UnwantedError("Bản tin đã đổi; không dựng tiếng này nữa.")

    def _withdraw(self, lease: Lease) -> None:
        try:
            with self._database.writing() as session:
                instead = self._wanted(session, lease.recipe)
                rendering.replace_job(session, lease.job_id, instead, self._clock.now())
        except ConflictError:
            _log.info("%s: cancelled already", _named(lease))
        else:
            _log.info("%s: not wanted any more as it was asked for", _named(lease))

    def _finish(self, lease: Lease, facts: ClipFacts, took_s: float) -> None:
        with self._database.writing() as session:
            rendering.finish(session, lease, facts, self._clock.now())
        _log.info("%s: %s, in %.1f s", _named(lease), _result(facts), took_s)
        if facts.why_fallback:
            _log.warning("%s: %s spoke in place of the first choice (%s)", _named(lease), facts.voice,
                         facts.why_fallback)  # fmt: skip

    def _put_back(self, lease: Lease) -> None:
        with self._database.writing() as session:
            rendering.put_back(session, lease, self._clock.now())
        _log.info("%s: stopped, goes back into the queue", _named(lease))

    def _fail(self, lease: Lease, error: LoaPhuongError, *, again: bool) -> None:
        try:
            with self._database.writing() as session:
                retry = rendering.fail(session, lease, error, self._clock.now(), again=again)
        except ConflictError:
            _log.info("%s: cancelled, or taken by another worker", _named(lease))
        else:
            _log.warning("%s: attempt %d failed, %s: %s", _named(lease), lease.attempt, _later(retry), error)


def _spoken_by(lease: Lease) -> Recipe:
    """Return the recipe to work by: a renewal is made by the first voice or not at all."""
    return replace(lease.recipe, voices=lease.recipe.voices[:1]) if lease.renewal else lease.recipe


def _named(lease: Lease) -> str:
    return f"job {lease.job_id} “{lease.recipe.title}”" + (" (renewal)" if lease.renewal else "")


def _result(facts: ClipFacts) -> str:
    return (
        f"clip {facts.sha256[:12]}, {facts.duration_ms / 1000:.1f} s by {facts.voice}, "
        f"{facts.loudness_mlu / 1000:.1f} LUFS, peak {facts.peak_mdb / 1000:.1f} dBTP, "
        f"spoken {facts.spoken}, from cache {facts.cached}"
    )


def _later(retry: datetime | None) -> str:
    return f"tried again at {retry:%H:%M:%S} UTC" if retry else "given up"


class _StoppedError(Exception):
    """The worker is told to stop; the job goes back."""


class _UnwantedError(ConflictError):
    """Words, or who may speak them, have changed since the job was asked for."""
