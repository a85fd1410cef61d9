"""A second scheduler takes over from one that was killed, and from one that only stopped."""

from __future__ import annotations

from datetime import timedelta

from scheduler import leases
from tests.chaos.centre import Centre
from web.processes.scheduler import LEASE, LEASE_TTL

SOON = LEASE_TTL.total_seconds() + 7
"""Seconds: the lease, one tick, and what a busy machine needs."""


def told(centre: Centre, name: str) -> bytes:
    """Return what a process wrote into its log."""
    return (centre.folder / f"{name}.log").read_bytes()


def changes_hands(centre: Centre) -> str:
    """Wait until somebody else holds the lease; return who."""
    before = centre.leader()
    centre.until(lambda: centre.leader() not in {before, None}, within_s=SOON)
    return str(centre.leader())


def test_another_takes_over_from_one_killed_and_from_one_that_stopped(centre: Centre) -> None:
    names = [f"scheduler-{number}" for number in range(3)]
    for name in names:
        centre.start(name)
    centre.until(lambda: all(b"at work" in told(centre, n) or b"standing" in told(centre, n) for n in names))
    centre.kill(str(centre.leader()))
    stopped = changes_hands(centre)
    centre.freeze(stopped)
    last = changes_hands(centre)
    centre.thaw(stopped)
    centre.until(lambda: told(centre, stopped).count(b"standing by") == 2)
    lease = centre.lease()
    assert lease is not None
    assert (lease.epoch, centre.leader()) == (3, last)


def test_one_that_is_told_to_stop_lets_go_at_once(centre: Centre) -> None:
    centre.start("scheduler-1")
    centre.until(lambda: centre.leader() == "scheduler-1")
    centre.processes["scheduler-1"].terminate()
    assert centre.processes["scheduler-1"].wait(SOON) == 0
    with centre.database.writing() as session:
        term = leases.hold(session, LEASE, holder="may-khac", ttl=timedelta(seconds=1))
    assert term is not None
