"""`loaphuong plan import FILE` and `plan show`."""

from __future__ import annotations

from pathlib import Path

import click

from content import plans
from content.models.plan import Plan
from web.cli.common import opened
from web.figures import due_words, figure


@click.group()
def plan() -> None:
    """Load and show the plan of the programmes."""


@plan.command(name="import")
@click.argument("file", type=click.Path(path_type=Path))
def import_(file: Path) -> None:
    """Load FILE; the same file again changes nothing, another content is a new version."""
    with opened() as house, house.database.writing() as session:
        done = plans.import_plan(session, file, by="cli", now=house.clock.now())
        said = "Đã nạp" if done.new else "Không có gì mới trong"
        click.echo(f"{said} kế hoạch “{done.plan.key}” bản {done.plan.version}: {_counts(done.plan)}.")


@plan.command()
def show() -> None:
    """Print the programmes and targets of the plan in force."""
    with opened() as house, house.database.reading() as session:
        current = plans.current(session)
        click.echo(f"{current.title}\n{current.issuer} · bản {current.version} · {_counts(current)}")
        for programme in current.programmes:
            click.echo(f"\n{programme.code}  {programme.title}")
            for target in programme.targets:
                click.echo(f"  {target.code}  {target.name}: {figure(target)} (hạn {due_words(target)})")


def _counts(plan_: Plan) -> str:
    targets = sum(len(programme.targets) for programme in plan_.programmes)
    return f"{len(plan_.programmes)} chương trình, {targets} chỉ tiêu, {len(plan_.duties)} nhiệm vụ tổ chức"
