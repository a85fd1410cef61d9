"""`loaphuong serve`: the web server (waitress) for office, wards, stations and residents."""

from __future__ import annotations

import gc
import logging
import signal
import sys
from types import FrameType
from typing import NoReturn

import structlog
import waitress

from audio.reading import Lexicon
from web.app import create_app
from web.house import House
from web.processes.polling import wait_by_epoll
from web.processes.ports import port_problem
from web.security import largest_bytes

CONNECTIONS, BACKLOG = 2_000, 4096
"""Open at once, and waiting to be: after a power cut the stations of a city come back within seconds."""
COLLECTED_AFTER = (50_000, 20, 20)
"""Garbage is looked for after so many new objects: at the usual 700 every report would start a search."""
RECEIVED_BYTES = 1 << 16
"""Taken from a line at a time: what a station reports comes whole."""
SWITCH_SECONDS = 0.001
"""How long a thread computes before the next one may: a short call must not wait behind a long one."""


def run(house: House) -> int:
    """Serve until told to stop; ConfigurationError when the port is taken."""
    settings = house.settings
    try:
        server = waitress.create_server(
            create_app(house),
            host=settings.host,
            port=settings.port,
            threads=settings.threads,
            ident=None,
            connection_limit=CONNECTIONS,
            backlog=BACKLOG,
            recv_bytes=RECEIVED_BYTES,
            max_request_body_size=largest_bytes(house) + 1,
            **_behind_proxy(settings.trusted_proxy),
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        raise port_problem(error, settings.host, settings.port) from error
    wait_by_epoll(server)
    sys.setswitchinterval(SWITCH_SECONDS)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns of each call that waits a moment
    signal.signal(signal.SIGTERM, _leave)
    settle()
    structlog.get_logger("web").info("serving", url=settings.url_of_site, mode=settings.mode)
    try:
        server.run()
    finally:
        server.close()
        house.close()
    return 0


def settle() -> None:
    """Load what every reading needs and set what stands apart from garbage collection.

    A full collection over everything loaded would hold up a request for a tenth of a second.
    """
    Lexicon.shipped()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


def _behind_proxy(address: str | None) -> dict[str, object]:
    """Believe the forwarded headers of one named proxy, and nobody else's."""
    headers = {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"}
    return {"trusted_proxy": address, "trusted_proxy_headers": headers} if address else {}


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)
