"""The worker: takes render jobs one by one until it is told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from audio import rendering
from audio.library import Library
from audio.pcm_cache import PcmCache
from audio.rendering import ClipFacts, Lease
from audio.voices.registry import Voices
from content.clock import Clock
from content.db import Database
from content.errors import ConflictError, LoaPhuongError, UnavailableError

IDLE_SECONDS = 0.3
TROUBLE_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Worker:
    """Makes clips.  `name` must be this process's own, and the same after a restart.

    Sentences spoken before are kept in `cache`, by default beside the library.
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
    ) -> None:
        self._database = database
        self._library = library
        self._voices = voices
        self._clock = clock
        self._name = name
        self._cache = cache or PcmCache(library.data_dir)

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; a sentence that is being spoken is finished first."""
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
        _log.info(
            "job %d, attempt %d: %d sentences", lease.job_id, lease.attempt, len(lease.recipe.sentences)
        )
        try:
            self._finish(lease, self._render(lease, stop or threading.Event()))
        except _StoppedError:
            self._put_back(lease)
        except ConflictError:
            _log.info("job %d was taken away", lease.job_id)
        except LoaPhuongError as error:
            self._fail(lease, error, again=isinstance(error, UnavailableError))
        except Exception:  # noqa: BLE001 (one job must not end the worker)
            _log.exception("job %d broke", lease.job_id)
            broken = UnavailableError("Lỗi bất ngờ khi tạo tiếng; hãy báo người quản trị xem nhật ký.")
            self._fail(lease, broken, again=lease.attempt < rendering.MOST_DEATHS)
        return True

    def _guarded(self, work: Callable[[], bool]) -> bool | None:
        """Do `work`; None when the database or the disk is in trouble, which is waited out."""
        try:
            return work()
        except Exception:  # noqa: BLE001 (a locked database or a full disk passes)
            _log.exception("worker %s is in trouble and tries again", self._name)
            return None

    def _take_back(self) -> bool:
        with self._database.writing() as session:
            return rendering.release(session, self._name, self._clock.now()) > 0

    def _lease(self) -> Lease | None:
        now = self._clock.now()
        with self._database.reading() as session:
            if not rendering.waiting(session, now):
                return None
        with self._database.writing() as session:
            rendering.sweep(session, now)
            return rendering.lease_next(session, self._name, now)

    def _render(self, lease: Lease, stop: threading.Event) -> ClipFacts:
        def on_sentence(done: int, _total: int, made_ms: int) -> None:
            with self._database.writing() as session:
                rendering.progress(session, lease, done=done, made_ms=made_ms, now=self._clock.now())
            if stop.is_set():
                raise _StoppedError

        return rendering.render(lease.recipe, self._voices, self._library, on_sentence, cache=self._cache)

    def _finish(self, lease: Lease, facts: ClipFacts) -> None:
        with self._database.writing() as session:
            rendering.finish(session, lease, facts, self._clock.now())
        _log.info(
            "job %d: clip %s, %d ms, by %s", lease.job_id, facts.sha256[:12], facts.duration_ms, facts.voice
        )

    def _put_back(self, lease: Lease) -> None:
        with self._database.writing() as session:
            rendering.put_back(session, lease, self._clock.now())

    def _fail(self, lease: Lease, error: LoaPhuongError, *, again: bool) -> None:
        _log.warning("job %d, attempt %d failed: %s", lease.job_id, lease.attempt, error)
        try:
            with self._database.writing() as session:
                rendering.fail(session, lease, error, self._clock.now(), again=again)
        except ConflictError:
            _log.info("job %d was taken away", lease.job_id)


class _StoppedError(Exception):
    """The worker is told to stop; the job goes back."""
