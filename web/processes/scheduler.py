"""`loaphuong scheduler`: the one process at work that plans, releases, dispatches and publishes.

A second one may stand by: only who holds the lease does anything.  Every job is one transaction, and
asks in it whether the lease still stands.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from audio import rendering
from content import news, people, pulses
from content.db import PROCESS
from scheduler import emergencies, leases, planning, proof
from scheduler.dispatch import dispatch
from scheduler.engine import Engine, Job
from scheduler.rules import Rules
from web.house import House
from web.idents import standing_idents
from web.processes import clip_jobs
from web.processes.noticing import Noticing
from web.processes.releasing import Releasing
from web.processes.turns import Turns

LEASE = "scheduler"
LEASE_TTL = timedelta(seconds=5)
TURN_SECONDS = 0.5
TURN_STATIONS = 50
TURN_PROOFS = 200
"""A long work writes no longer than this at a time: on SQLite one writes, and all others wait."""
PLAN_AT = time(2, 10)
CLEAN_AT = time(3, 40)
"""Local: both in the quiet hours, well before the first broadcast."""
SLOW_SECONDS = 3.0
RINGS_AFTER = 100_000
"""New objects after which Python looks for rings among them: a plan makes many objects and no rings."""
_LOG = structlog.get_logger("scheduler")
Step = Callable[[Session, datetime], object]


class Scheduler:
    """The jobs of one process, and whether it is the one at work.

    `holder` is told apart from every other process's; `PROCESS` names its connections, too.
    """

    def __init__(self, house: House, holder: str = PROCESS) -> None:
        self._house = house
        self._holder = holder
        self._term: leases.Term | None = None
        self._ticked = False
        self._turns = Turns(needed=house.database.engine.dialect.name == "sqlite")
        self._releasing = Releasing(house, self._step)
        self._noticing = Noticing(house, self._step)
        self._failing: set[str] = set()

    def jobs(self) -> list[Job]:
        """Return the fixed jobs, in the order in which they matter."""
        return [
            Job("tick", every=timedelta(seconds=1), call=self._tick),
            Job("emergencies", every=timedelta(seconds=1), call=self._emergencies),
            self._leading("plan", self._plan, every=timedelta(seconds=10)),
            self._leading("plan all", self._plan_all, at=PLAN_AT),
            Job("release", every=timedelta(seconds=1), call=self._release),
            self._leading("news", news.tick, every=timedelta(seconds=2)),
            Job("proof", every=timedelta(seconds=15), call=self._prove),
            self._leading("render leases", rendering.sweep, every=timedelta(seconds=15)),
            self._leading("fallbacks", self._renew, every=timedelta(minutes=1)),
            Job("notices", every=timedelta(seconds=10), call=self._find_notices),
            Job("post", every=timedelta(seconds=2), call=self._post),
            Job("archive", every=timedelta(minutes=15), call=self._archive),
            self._leading("clean clips", self._clean, at=CLEAN_AT),
            self._leading("sign-in tries", people.forget_old_tries, every=timedelta(hours=1)),
            self._leading(
                "pulses", lambda session, _now: pulses.forget_old(session), every=timedelta(hours=1)
            ),
        ]

    def leave(self) -> None:
        """Let the lease go, so that a standby need not wait."""
        if self._term is not None:
            with self._house.database.writing() as session:
                leases.give_up(session, self._term)

    def failed(self, name: str, error: BaseException | None) -> None:
        """Tell of a job that failed or was missed, in the log and in the row that `/healthz` reads."""
        _LOG.error("job failed", job=name, exc_info=error)
        self._failing.add(name)
        try:
            self._note(name, error or TimeoutError("missed"))
        except SQLAlchemyError:
            _LOG.exception("the failure cannot be noted", job=name)

    def _note(self, name: str, error: BaseException | None) -> None:
        with self._house.database.writing() as session:
            pulses.beat(session, f"job:{name}", error=error)

    def _tick(self, now: datetime) -> None:
        """Hold the lease, show that we live, and bring to `due` what is due."""
        if self._ticked and self._term is None and self._another_works():
            return
        with self._turns.turn(urgent=True), self._house.database.writing() as session:
            term = leases.hold(session, LEASE, holder=self._holder, ttl=LEASE_TTL)
            count = dispatch(session, now) if term else 0
            if term and term != self._term:
                self._failing.update(_failing(session))
        if term != self._term or not self._ticked:
            self._term, self._ticked = term, True
            _LOG.info("at work" if term else "standing by", holder=self._holder, epoch=term and term.epoch)
        if count:
            _LOG.info("dispatched", airings=count)
        self._recovered("tick")

    def _another_works(self) -> bool:
        with self._house.database.reading() as session:
            return leases.is_anothers(session, LEASE, holder=self._holder, ttl=LEASE_TTL)

    def _leading(
        self, name: str, step: Step, *, every: timedelta | None = None, at: time | None = None
    ) -> Job:
        """Return a job whose every write is fenced: it is done in the term that began it, or not at all."""
        clock = self._house.clock

        def call(now: datetime) -> bool:
            began = clock.monotonic()
            done = self._step(step, now)
            if (took := clock.monotonic() - began) > SLOW_SECONDS:
                _LOG.warning("slow", job=name, seconds=round(took, 1))
            if done:
                self._recovered(name)
            return done

        return Job(name, call, every=every, at=at)

    def _step(self, step: Step, now: datetime) -> bool:
        term = self._term
        if term is None:
            return False
        with self._turns.turn(), self._house.database.writing() as session:
            if not leases.holds(session, term):
                _LOG.warning("another one is at work", holder=self._holder, epoch=term.epoch)
                return False
            return step(session, now) is not False

    def _recovered(self, name: str) -> None:
        if name in self._failing:
            self._note(name, None)
            self._failing.discard(name)
            _LOG.info("job works again", job=name)

    def _plan(self, session: Session, now: datetime) -> bool:
        """Follow what changed since the last knock, and the horizon as days pass; tell whether it is all."""
        rules, enough = Rules.of(self._house.settings), self._enough()
        done = planning.plan(session, now, rules, standing_idents, batch=TURN_STATIONS, enough=enough)
        self._told(done)
        return not done.left

    def _plan_all(self, session: Session, now: datetime) -> None:
        """Look at every station once a day, should a change ever have been missed."""
        rules, enough = Rules.of(self._house.settings), self._enough()
        done = planning.plan(
            session, now, rules, standing_idents, full=True, batch=TURN_STATIONS, enough=enough
        )
        self._told(done)

    def _enough(self) -> Callable[[], bool]:
        """Return what tells a long work to leave the rest to its next turn: meanwhile the tick waits."""
        clock = self._house.clock
        end = clock.monotonic() + TURN_SECONDS
        return lambda: clock.monotonic() > end

    def _told(self, done: planning.PlanResult) -> None:
        if done.written:
            _LOG.info("planned", created=done.created, moved=done.moved, cancelled=done.cancelled)

    def _renew(self, session: Session, now: datetime) -> None:
        clip_jobs.renew(self._house, session, now)

    def _archive(self, _now: datetime) -> bool:
        """Copy files with no transaction open: nobody waits for a disk."""
        if self._term is None:
            return False
        clip_jobs.archive(self._house)
        return True

    def _clean(self, session: Session, now: datetime) -> None:
        clip_jobs.clean(self._house, session, now)

    def _prove(self, now: datetime) -> bool:
        """Look with nothing locked; then end what is proven, some at a time."""
        if self._term is None:
            return False
        with self._house.database.reading() as session:
            found = proof.finds(session, now)
        for at in range(0, len(found), TURN_PROOFS):
            some = found[at : at + TURN_PROOFS]
            if not self._step(partial(proof.sweep, only=some), now):
                return False
        self._recovered("proof")
        return True

    def _find_notices(self, now: datetime) -> bool:
        done = self._term is not None and self._noticing.find(now)
        if done:
            self._recovered("notices")
        return done

    def _post(self, now: datetime) -> bool:
        """Send with no transaction open: nobody waits for a mail server."""
        if self._term is None:
            return False
        self._noticing.send(now)
        self._recovered("post")
        return True

    def _emergencies(self, now: datetime) -> bool:
        """Look after what was called; in most seconds there is nothing, and nothing is locked."""
        if self._term is None:
            return False
        with self._house.database.reading() as session:
            idle = not emergencies.needs_tick(session, now)
        rules = Rules.of(self._house.settings)
        done = idle or self._step(lambda session, at: emergencies.tick(session, at, rules), now)
        self._recovered("emergencies")
        return done

    def _release(self, now: datetime) -> bool:
        if self._term is None:
            return False
        done = self._releasing.step(now)
        self._recovered("release")
        return done


def _failing(session: Session) -> set[str]:
    """Return the jobs that failed when they were last heard of, in whatever process."""
    return {sign.name.removeprefix("job:") for sign in pulses.signs(session, "job") if sign.error}


def run(house: House, stop: threading.Event) -> int:
    """Work until told to stop."""
    scheduler = Scheduler(house)
    settle()
    Engine(scheduler.jobs(), house.clock, scheduler.failed, zone=house.settings.zone).run(stop)
    scheduler.leave()
    house.close()
    return 0


def settle() -> None:
    """Set what is loaded apart from garbage collection, and let it look seldom: a fifth of a plan's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(RINGS_AFTER)
