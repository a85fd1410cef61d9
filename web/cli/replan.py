"""`loaphuong replan [STATION …]`: plan anew, nearer than the lock-in too."""

from __future__ import annotations

import click

from scheduler import forcing, stations
from scheduler.rules import Rules
from web.cli.common import opened
from web.idents import standing_idents


@click.command()
@click.argument("names", metavar="[STATION]...", nargs=-1)
def replan(names: tuple[str, ...]) -> None:
    """Plan the named stations (none: all) by force: only what is being handed over stays where it is.

    It is written down as done at the command line; stations get their new manifests as after any change.
    """
    with opened() as house, house.database.writing() as session:
        now, rules = house.clock.now(), Rules.of(house.settings)
        asked = [stations.get(session, name).name for name in dict.fromkeys(names)]
        done = forcing.carry_out(
            session, asked or None, by="cli", rules=rules, now=now, idents=standing_idents
        )
    click.echo(
        f"Đã xếp lại {done.stations} trạm: {done.created} lượt mới, {done.moved} lượt dời, "
        f"{done.cancelled} lượt hủy, {done.recalled} lượt gọi về."
    )
