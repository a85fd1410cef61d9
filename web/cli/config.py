"""`loaphuong config`: every setting as it counts now."""

from __future__ import annotations

import click

from content.settings import Settings


@click.command()
def config() -> None:
    """Print the effective settings, secrets hidden."""
    rows = Settings.load().printable()
    wide = max(len(name) for name, _, _ in rows)
    for name, value, told in rows:
        click.echo(f"{name:{wide}}  {value or '–'}  # {told}")
