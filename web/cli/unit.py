"""`loaphuong unit import FILE`."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy.orm import Session

from content.models.unit import Unit
from content.units import import_units
from scheduler import stations
from web.cli.common import opened
from web.house import House


@click.group()
def unit() -> None:
    """Load the units: city, districts, wards, clusters."""


@unit.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
def import_(file: Path) -> None:
    """Load FILE (YAML); each new ward gets a station, ready to be invited.  Units there already are kept."""
    with opened() as house, house.database.writing() as session:
        made = import_units(session, file, by="cli", now=house.clock.now())
        wards = [unit for unit in made if unit.kind == "ward"]
        for ward in wards:
            _make_station(session, house, ward)
        click.echo(f"Đã thêm {len(made)} đơn vị, {len(wards)} trạm.")


def _make_station(session: Session, house: House, ward: Unit) -> None:
    title = f"Đài {ward.name.removeprefix('Phường ')}"
    stations.create_station(session, ward.id, title=title, name=f"{ward.slug}-1", now=house.clock.now())
