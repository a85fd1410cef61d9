"""`loaphuong serve`, `scheduler`, `worker`, `bell`: the centre's processes, one by one."""

from __future__ import annotations

import sys

import click

from web import logs, migrate
from web.house import House
from web.processes.signals import stop_event


def _house(process: str) -> House:
    """Open the house for a process; the database must be at the newest migration."""
    house = House.open()
    logs.configure(house, process)
    migrate.require_newest(house.database.engine)
    return house


@click.command()
def serve() -> None:
    """Run the web server."""
    from web.processes.serve import run  # noqa: PLC0415 (each process loads only what it runs)

    sys.exit(run(_house("web")))


@click.command()
def scheduler() -> None:
    """Run the scheduler; a second one stands by."""
    from web.processes.scheduler import run  # noqa: PLC0415

    sys.exit(run(_house("scheduler"), stop_event()))


@click.command()
@click.option("--number", default=1, show_default=True, help="tells several workers of one machine apart")
def worker(number: int) -> None:
    """Run a render worker."""
    from web.processes.worker import run  # noqa: PLC0415

    sys.exit(run(_house("worker"), stop_event(), number=number))


@click.command()
def bell() -> None:
    """Run the bell."""
    from web.processes.bell import run  # noqa: PLC0415

    sys.exit(run(_house("bell")))
