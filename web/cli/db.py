"""`loaphuong db upgrade` and `db downgrade`."""

from __future__ import annotations

import click

from web import migrate
from web.house import House


@click.group()
def db() -> None:
    """Migrate the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the newest form."""
    house = House.open()
    migrate.upgrade(house.database.engine)
    click.echo(f"Cơ sở dữ liệu đã ở bản mới nhất: {house.database.engine.url.render_as_string()}")
    house.close()


@db.command()
@click.argument("revision")
@click.confirmation_option(prompt="Lùi bản có thể bỏ mất dữ liệu. Tiếp tục?")
def downgrade(revision: str) -> None:
    """Take the database back to REVISION."""
    house = House.open()
    migrate.downgrade(house.database.engine, revision)
    house.close()
