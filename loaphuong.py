"""The command line: one lazy group that imports a subcommand's module only when it is called.

It imports nothing at its top but click, so that `loaphuong station` at a ward never loads the web.
"""

from __future__ import annotations

import importlib
import sys

import click

COMMANDS = {
    "demo": ("web.cli.demo:demo", "a rehearsal: everything on this machine, sample data, no loudspeaker"),
    "serve": ("web.cli.processes:serve", "the web server"),
    "scheduler": ("web.cli.processes:scheduler", "plans, releases, dispatches and publishes"),
    "worker": ("web.cli.processes:worker", "turns approved text into clips"),
    "bell": ("web.cli.processes:bell", "tells stations that there is something new"),
    "station": ("station.cli:run", "the program at the ward"),
    "read": ("audio.cli:read_command", "text on stdin, spoken words on stdout"),
    "say": ("audio.cli:say_command", "one clip, mastered as on air"),
    "voices": ("audio.cli:voices_command", "the voices, and which can speak now"),
    "plan": ("web.cli.plan:plan", "load and show the plan of the programmes"),
    "replan": ("web.cli.replan:replan", "plan stations anew by force, nearer than the lock-in too"),
    "db": ("web.cli.db:db", "the database's migrations"),
    "unit": ("web.cli.unit:unit", "the units: city, districts, wards, clusters"),
    "user": ("web.cli.user:user", "people who sign in"),
    "clips": ("web.cli.clips:clips", "the clips on disk: check, clean, restore"),
    "config": ("web.cli.config:config", "effective settings, secrets hidden"),
    "why": ("web.cli.why:why", "why an airing, or its absence: the whole chain"),
    "ledger": ("web.cli.ledger:ledger", "exported as-run ledgers"),
}
STATION_COMMANDS = {
    "invite": ("web.cli.station:invite", "a code with which a ward's machine enrols (at the centre)"),
    "enrol": ("station.cli:enrol", "make this machine a ward's station (at the ward)"),
    "pin": ("station.cli:pin", "a new PIN for the station's own page (at the ward)"),
}


class LazyGroup(click.Group):
    """A group whose subcommands are named by `module:attribute` and imported when called."""

    def __init__(self, *, lazy: dict[str, tuple[str, str]], **more: object) -> None:
        super().__init__(**more)  # type: ignore[arg-type]
        self.lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order they are told in the help."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return a subcommand."""
        if cmd_name == "station":
            return station
        return _load(self.lazy[cmd_name][0]) if cmd_name in self.lazy else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the subcommands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in self.lazy.items()])


def _load(target: str) -> click.Command:
    module, _, name = target.partition(":")
    command = getattr(importlib.import_module(module), name)
    if not isinstance(command, click.Command):
        raise TypeError(f"{target} is no command")
    return command


@click.group(cls=LazyGroup, lazy=STATION_COMMANDS, invoke_without_command=True)
@click.pass_context
def station(ctx: click.Context) -> None:
    """Run the program at the ward; needs to be enrolled once."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(_load(COMMANDS["station"][0]))


@click.group(cls=LazyGroup, lazy=COMMANDS)
def cli() -> None:
    """Loa Phường: from a culture office's desk to the ward loudspeakers, with proof of what was heard."""


def main() -> None:
    """Run the command line; a failure that a person can mend is one line and exit code 1."""
    from content.errors import LoaPhuongError  # noqa: PLC0415 (nothing but click at the top)

    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as ended:
        sys.exit(ended.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except LoaPhuongError as error:
        click.echo(f"loaphuong: {' '.join(str(error).split())}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
