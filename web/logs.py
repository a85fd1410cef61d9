"""Log lines: for people by default, as JSON for machines; never a secret among them."""

from __future__ import annotations

import logging
import sys

import structlog

from content.contracts.instants import format_instant
from web.house import House

_QUIET = ("apscheduler", "waitress.queue", "alembic", "urllib3", "sqlalchemy")


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
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _people(_logger: object, _method: str, event: structlog.typing.EventDict) -> str:
    """Render `06:00:00 INFO scheduler: dispatched 3 airings station=ha-dinh`."""
    head = f"{event.pop('at')} {event.pop('level').upper()} {event.pop('process')}: {event.pop('event')}"
    trace = event.pop("exception", None)
    facts = " ".join(f"{name}={value}" for name, value in event.items())
    return f"{head} {facts}".rstrip() + (f"\n{trace}" if trace else "")
