"""Signs of life of a process that has no rows of its own to write: a small thread leaves one now and then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from content import pulses
from web.house import House

EVERY_SECONDS = 10.0
_LOG = structlog.get_logger("pulse")


@contextmanager
def beating(house: House, name: str) -> Iterator[None]:
    """Leave signs of life as `name` for the length of the block."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(house, name, stop), name="pulse", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(house: House, name: str, stop: threading.Event) -> None:
    while True:
        try:
            with house.database.writing() as session:
                pulses.beat(session, name)
        except SQLAlchemyError:
            _LOG.exception("no sign of life can be left; trying again", name=name)
        if house.clock.wait(stop, EVERY_SECONDS):
            return
