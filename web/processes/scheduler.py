"""`loaphuong scheduler`: the one process at work that plans, releases, dispatches and publishes.

A second one may stand by: only who holds the lease does anything.  Every job is one transaction.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy.orm import Session

from audio import rendering
from content import news, people
from scheduler import leases, manifests, planning, proof
from scheduler.dispatch import dispatch
from scheduler.engine import Engine, Job
from scheduler.rules import Rules
from web.house import House
from web.processes import clip_jobs

LEASE = "scheduler"
LEASE_TTL = timedelta(seconds=5)
CLEAN_AT = time(3, 40)
"""Local: the quiet hours, well before the first broadcast."""
_LOG = structlog.get_logger("scheduler")
Step = Callable[[Session, datetime], object]


class Scheduler:
    """The jobs of one process, and whether it is the one at work."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._holder = f"{socket.gethostname()}:{os.getpid()}"
        self._leading = False

    def jobs(self) -> list[Job]:
        """Return the fixed jobs, in the order in which they matter."""
        return [
            Job("tick", every=timedelta(seconds=1), call=self._tick),
            Job("plan", every=timedelta(seconds=10), call=self._when_leading(self._plan)),
            Job("release", every=timedelta(seconds=1), call=self._when_leading(self._release)),
            Job("news", every=timedelta(seconds=2), call=self._when_leading(news.tick)),
            Job("proof", every=timedelta(seconds=15), call=self._when_leading(proof.sweep)),
            Job("render leases", every=timedelta(seconds=15), call=self._when_leading(rendering.sweep)),
            Job("fallbacks", every=timedelta(minutes=1), call=self._when_leading(self._renew)),
            Job("archive", every=timedelta(minutes=15), call=self._archive),
            Job("clean clips", at=CLEAN_AT, call=self._when_leading(self._clean)),
            Job("sign-in tries", every=timedelta(hours=1), call=self._when_leading(people.forget_old_tries)),
        ]

    def leave(self) -> None:
        """Let the lease go, so that a standby need not wait."""
        if self._leading:
            with self._house.database.writing() as session:
                leases.give_up(session, LEASE, holder=self._holder, now=self._house.clock.now())

    def _tick(self, now: datetime) -> None:
        """Hold the lease, show that we live, and bring to `due` what is due."""
        with self._house.database.writing() as session:
            leading = leases.hold(session, LEASE, holder=self._holder, ttl=LEASE_TTL, now=now) is not None
            count = dispatch(session, now) if leading else 0
        if leading != self._leading:
            self._leading = leading
            _LOG.info("at work" if leading else "standing by", holder=self._holder)
        if count:
            _LOG.info("dispatched", airings=count)

    def _when_leading(self, step: Step) -> Callable[[datetime], None]:
        def call(now: datetime) -> None:
            if self._leading:
                with self._house.database.writing() as session:
                    step(session, now)

        return call

    def _plan(self, session: Session, now: datetime) -> None:
        done = planning.replan(session, now, Rules.of(self._house.settings))
        if done.written:
            _LOG.info("planned", created=done.created, moved=done.moved, cancelled=done.cancelled)

    def _renew(self, session: Session, now: datetime) -> None:
        clip_jobs.renew(self._house, session, now)

    def _archive(self, _now: datetime) -> None:
        """Copy files with no transaction open: nobody waits for a disk."""
        if self._leading:
            clip_jobs.archive(self._house)

    def _clean(self, session: Session, now: datetime) -> None:
        clip_jobs.clean(self._house, session, now)

    def _release(self, session: Session, now: datetime) -> None:
        for station, generation in release(self._house, session, now):
            _LOG.info("released", station=station, generation=generation)


def release(house: House, session: Session, now: datetime) -> list[tuple[str, int]]:
    """Sign what changed for every station; return (station, new generation)."""
    settings = house.settings
    return manifests.release(
        session, now, key=house.key, mode=settings.mode, time_zone=settings.time_zone, quiet=[settings.quiet]
    )


def run(house: House, stop: threading.Event) -> int:
    """Work until told to stop."""
    scheduler = Scheduler(house)

    def failed(name: str, error: BaseException | None) -> None:
        _LOG.error("job failed", job=name, exc_info=error)

    Engine(scheduler.jobs(), house.clock, failed, zone=house.settings.zone).run(stop)
    scheduler.leave()
    house.close()
    return 0
