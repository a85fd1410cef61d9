"""`loaphuong worker`: turns what is asked for into clips; any number, on any machine with the same folder."""

from __future__ import annotations

import socket
import threading
from functools import partial

import structlog

from audio.worker import Worker
from web import wanted
from web.house import House
from web.processes.beating import beating


def run(house: House, stop: threading.Event, *, number: int = 1) -> int:
    """Work until told to stop; `number` tells several workers of one machine apart."""
    name = f"{socket.gethostname()}:{number}"
    structlog.get_logger("worker").info("at work", name=name, voices=",".join(house.voices.names))
    worker = Worker(
        house.database,
        house.library,
        house.voices,
        house.clock,
        name,
        recordings=house.recordings,
        wanted=partial(wanted.now, house),
    )
    with beating(house, f"worker:{name}"):
        worker.run(stop)
    house.close()
    return 0
