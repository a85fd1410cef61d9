"""Stations that report at once are written at once: one writes, and all others wait.

Whoever comes while another writes waits; the next to have its turn writes for all that wait, by the same
few statements, and commits once: after a power cut a city's stations share the disk's waiting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from flask import current_app
from flask.blueprints import BlueprintSetupState
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from content.db import Database
from content.errors import LoaPhuongError
from web import context

KEY = "loaphuong.writing"
Matter = TypeVar("Matter")
Result = TypeVar("Result")
Work = Callable[[Session, Sequence[Matter]], Sequence[Result | LoaPhuongError]]
"""Does the same for many; returns for each, in order, what it is told, or the error that is raised to it.

What is written for one whose error is returned stays written.
"""


@dataclass
class _Job:
    """One caller's matter, and what becomes of it; `error` is raised to him alone."""

    work: Work[Any, Any]
    matter: Any
    done: bool = False
    result: object = None
    error: LoaPhuongError | SQLAlchemyError | None = None

    def told(self, said: object) -> None:
        self.result, self.error = (None, said) if isinstance(said, LoaPhuongError) else (said, None)


@dataclass
class Together:
    """Writes for many callers in one transaction."""

    _changed: threading.Condition = field(default_factory=threading.Condition)
    _waiting: list[_Job] = field(default_factory=list)
    _busy: bool = False

    def write(self, database: Database, work: Work[Matter, Result], matter: Matter) -> Result:
        """Do `work` in a transaction; it is committed when this returns, or raises one of our own errors."""
        job = _Job(work, matter)
        if jobs := self._turn(job):
            try:
                _write(database, jobs)
            finally:
                self._end()
        if job.error is not None:
            raise job.error
        return cast("Result", job.result)

    def _turn(self, job: _Job) -> list[_Job]:
        """Wait until another has written for `job` (nothing is left to do), or it is its turn to write."""
        with self._changed:
            self._waiting.append(job)
            self._changed.wait_for(lambda: job.done or not self._busy)
            if job.done:
                return []
            self._busy = True
            jobs, self._waiting = self._waiting, []
        # Not among them is who was taken along by a writer that then broke off: he writes for himself.
        return jobs if any(one is job for one in jobs) else [*jobs, job]

    def _end(self) -> None:
        with self._changed:
            self._busy = False
            self._changed.notify_all()


def _write(database: Database, jobs: Sequence[_Job]) -> None:
    """Do all; when the database refuses, do each alone, so that one spoils none but itself."""
    try:
        with database.writing() as session:
            _do(session, jobs)
    except (SQLAlchemyError, LoaPhuongError) as error:
        if len(jobs) > 1:
            for job in jobs:
                _write(database, [job])
            return
        jobs[0].error = error
    for job in jobs:
        job.done = True


def _do(session: Session, jobs: Sequence[_Job]) -> None:
    for work in dict.fromkeys(job.work for job in jobs):
        same = [job for job in jobs if job.work is work]
        for job, said in zip(same, work(session, [job.matter for job in same]), strict=True):
            job.told(said)


def init(state: BlueprintSetupState) -> None:
    """Give the app its turns."""
    state.app.extensions.setdefault(KEY, Together())


def write(work: Work[Matter, Result], matter: Matter) -> Result:
    """Do `work` for `matter`, and for others that wait; it is committed when this returns."""
    together: Together = current_app.extensions[KEY]
    return together.write(context.house().database, work, matter)
