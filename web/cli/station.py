"""`loaphuong station invite`: a code with which a ward's machine enrols."""

from __future__ import annotations

import sys

import click

from content.errors import InvalidInputError
from content.units import by_slug
from scheduler import stations
from web.cli.common import opened

_IN_USE = (
    "loaphuong: Trạm {title} đang có máy dùng. Máy ghi danh bằng mã mới sẽ thay máy đó, máy cũ không "
    "còn được nhận. Đúng là muốn thay máy thì chạy: loaphuong station invite {unit} --replace"
)


@click.command()
@click.argument("unit")
@click.option("--replace", is_flag=True, help="the code is for another machine in place of the one in use")
def invite(unit: str, *, replace: bool) -> None:
    """Print a code for the station of UNIT (a slug such as ha-dinh), good once and for 24 hours.

    A station with a machine in use needs --replace (else exit 2): who enrols anew replaces it.
    """
    with opened() as house, house.database.writing() as session:
        now = house.clock.now()
        found = stations.stations_below(session, [by_slug(session, unit).id], house.today(now))
        if len(found) != 1:
            raise InvalidInputError(
                "Đơn vị “{unit}” có {count} trạm; hãy chọn một phường.", unit=unit, count=len(found)
            )
        if found[0].enrolled_at is not None and not replace:
            click.echo(_IN_USE.format(title=found[0].title, unit=unit), err=True)
            sys.exit(2)
        code = stations.invite(
            session, found[0], url=house.settings.url_of_site, keyid=house.key.public.keyid, by="cli", now=now
        )
    click.echo(str(code))
