"""`loaphuong user add` and `user password`."""

from __future__ import annotations

import click

from content import people
from content.models.people import Role
from content.units import by_slug
from web.cli.common import opened


@click.group()
def user() -> None:
    """Add people and change passwords."""


@user.command()
@click.argument("login")
@click.option("--name", required=True, help="name as pages show it")
@click.option("--role", "roles", multiple=True, type=click.Choice(list(Role)), help="repeat for several")
@click.option("--unit", "unit_slug", default="ha-noi", show_default=True, help="unit the roles hold for")
def add(login: str, name: str, roles: tuple[str, ...], unit_slug: str) -> None:
    """Add a person; the password made for him is printed once."""
    password = people.generated_password()
    with opened() as house, house.database.writing() as session:
        now = house.clock.now()
        person = people.create_user(session, login, name=name, password=password, now=now, by="cli")
        unit = by_slug(session, unit_slug) if roles else None
        for role in roles:
            people.grant(session, person, Role(role), unit.id if unit else 0, by="cli", now=now)
    click.echo(f"{login}  {password}")


@user.command()
@click.argument("login")
def password(login: str) -> None:
    """Give a person a new password, printed once; his open sessions end."""
    new = people.generated_password()
    with opened() as house, house.database.writing() as session:
        people.set_password(session, people.by_login(session, login), new, by="cli", now=house.clock.now())
    click.echo(f"{login}  {new}")
