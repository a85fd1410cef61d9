"""Stations that report at once are written at once: on SQLite, where one writes and all others wait.

Whoever comes while another writes waits; the next to have its turn writes for all that wait, and commits
once: after a power cut a city's stations share the disk's waiting.  Elsewhere each writes for itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from flask import current_app
from flask.blueprints import BlueprintSetupState
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from content.db import Database
from content.errors import LoaPhuongError
from web import context

KEY = "loaphuong.writing"
Result = TypeVar("Result")


@dataclass
class _Job(Generic[Result]):
    """One caller's work; `error` is raised to him alone, and what was written before it stays."""

    work: Callable[[Session], Result]
    done: bool = False
    result: Result | None = None
    error: LoaPhuongError | SQLAlchemyError | None = None

    def attempt(self, session: Session) -> None:
        self.result = self.error = None
        try:
            self.result = self.work(session)
        except LoaPhuongError as error:
            self.error = error


class Together:
    """Writes for many callers in one transaction, or (not `needed`) for each in his own."""

    def __init__(self, *, needed: bool) -> None:
        self._needed = needed
        self._waiting: list[_Job[object]] = []
        self._adding = threading.Lock()
        self._writing = threading.Lock()

    def write(self, database: Database, work: Callable[[Session], Result]) -> Result:
        """Do `work` in a transaction; it is committed when this returns, or raises one of our own errors."""
        job = _Job[Result](work)
        if not self._needed:
            _write(database, [cast("_Job[object]", job)])
        else:
            self._take_turns(database, cast("_Job[object]", job))
        if job.error is not None:
            raise job.error
        return cast("Result", job.result)

    def _take_turns(self, database: Database, job: _Job[object]) -> None:
        with self._adding:
            self._waiting.append(job)
        with self._writing:
            if job.done:
                return
            with self._adding:
                jobs, self._waiting = self._waiting, []
            # Not among them is who was taken along by a writer that then broke off: he writes for himself.
            _write(database, jobs if any(one is job for one in jobs) else [*jobs, job])


def _write(database: Database, jobs: Sequence[_Job[object]]) -> None:
    """Do all; when the database refuses, do each alone, so that one spoils none but itself."""
    try:
        with database.writing() as session:
            for job in jobs:
                job.attempt(session)
    except SQLAlchemyError as error:
        if len(jobs) > 1:
            for job in jobs:
                _write(database, [job])
            return
        jobs[0].error = error
    for job in jobs:
        job.done = True


def init(state: BlueprintSetupState) -> None:
    """Give the app its turns."""
    database = state.app.extensions["loaphuong"].database
    needed = database.engine.dialect.name == "sqlite"
    state.app.extensions.setdefault(KEY, Together(needed=needed))


def write(work: Callable[[Session], Result]) -> Result:
    """Do `work` in a transaction that is committed when this returns."""
    together: Together = current_app.extensions[KEY]
    return together.write(context.house().database, work)
