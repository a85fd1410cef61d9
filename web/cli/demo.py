"""`loaphuong demo`."""

from __future__ import annotations

import sys
from pathlib import Path

import click


@click.command()
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="port of the web server"
)
@click.option(
    "--data", default="rehearsal", show_default=True, type=click.Path(path_type=Path), help="data folder"
)
def demo(port: int, data: Path) -> None:
    """Rehearse: everything on this machine with sample data; no loudspeaker can sound."""
    from web.processes.demo import run  # noqa: PLC0415 (loads everything)

    sys.exit(run(port, data))
