"""`loaphuong station invite`: a code with which a ward's machine enrols."""

from __future__ import annotations

import click

from content.errors import InvalidInputError
from content.units import by_slug
from scheduler import stations
from web.cli.common import opened


@click.command()
@click.argument("unit")
def invite(unit: str) -> None:
    """Print a code for the station of UNIT (a slug such as ha-dinh), good once and for 24 hours."""
    with opened() as house, house.database.writing() as session:
        now = house.clock.now()
        found = stations.stations_below(session, [by_slug(session, unit).id], house.today(now))
        if len(found) != 1:
            raise InvalidInputError(
                "Đơn vị “{unit}” có {count} trạm; hãy chọn một phường.", unit=unit, count=len(found)
            )
        code = stations.invite(
            session, found[0], url=house.settings.url_of_site, keyid=house.key.public.keyid, by="cli", now=now
        )
    click.echo(str(code))
