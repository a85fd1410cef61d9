"""Log lines: for people by default, as JSON for machines; never a secret among them."""

from __future__ import annotations

import logging
import sys

import structlog

from content.clock import Clock
from content.contracts.instants import format_instant
from web.house import House

_QUIET = ("apscheduler", "waitress.queue", "alembic", "urllib3", "sqlalchemy")
REPEATED_SECONDS = 60.0


class NowAndThen(logging.Filter):
    """Lets the same words of a logger pass once a minute, with how often they were held back since.

    A server at the edge of its connections would tell so twice for each that comes and goes.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._told: dict[str, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the line is to be written."""
        now = self._clock.monotonic()
        told_at, held = self._told.get(record.msg, (None, 0))
        if told_at is not None and now - told_at < REPEATED_SECONDS:
            self._told[record.msg] = told_at, held + 1
            return False
        self._told[record.msg] = now, 0
        if held:
            record.msg = f"{record.msg} ({held} times more since it was last told)"
        return True


def configure(house: House, process: str) -> None:
    """Send this process's lines to stderr, each with time (the house's clock), level and process."""

    def stamp(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        now = house.clock.now()
        machine = house.settings.log_format == "json"
        return {
            "at": format_instant(now) if machine else f"{house.local(now):%H:%M:%S}",
            "process": process,
            **event,
        }

    shared = [structlog.stdlib.add_log_level, stamp]
    last = (
        _people
        if house.settings.log_format == "text"
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.processors.format_exc_info],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.INFO
    logging.getLogger("waitress").filters = [NowAndThen(house.clock)]
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _people(_logger: object, _method: str, event: structlog.typing.EventDict) -> str:
    """Render `06:00:00 INFO scheduler: dispatched 3 airings station=ha-dinh`."""
    head = f"{event.pop('at')} {event.pop('level').upper()} {event.pop('process')}: {event.pop('event')}"
    trace = event.pop("exception", None)
    facts = " ".join(f"{name}={value}" for name, value in event.items())
    return f"{head} {facts}".rstrip() + (f"\n{trace}" if trace else "")
