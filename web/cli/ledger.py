"""`loaphuong ledger verify` and `ledger export`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from content.contracts.ledger import verify_ledger
from content.contracts.signing import PublicKey
from content.errors import ConfigurationError, ContractError

KEYID_LENGTH = 16


@click.group()
def ledger() -> None:
    """Check and export as-run ledgers."""


@ledger.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--key", "given", help="the station's public key (64 hex digits: seals checked) or key id (16)")
def verify(file: Path, given: str | None) -> None:
    """Exit 0 when FILE is whole, 1 when broken (the first bad line is named), 2 when unreadable."""
    try:
        key = given if given is None or len(given) == KEYID_LENGTH else PublicKey.from_hex(given)
        lines = file.read_bytes().splitlines()
    except ContractError as error:
        click.echo(f"loaphuong: {error}", err=True)
        sys.exit(2)
    except OSError as error:
        click.echo(f"loaphuong: Không đọc được {file}: {error.strerror}", err=True)
        sys.exit(2)
    if not lines:
        click.echo(f"loaphuong: {file} không có bản ghi nào.", err=True)
        sys.exit(2)
    verdict = verify_ledger(lines, key)
    if not verdict.whole:
        click.echo(f"HỎNG tại dòng {verdict.first_bad}: {verdict.why}")
        sys.exit(1)
    click.echo(
        f"NGUYÊN VẸN: {verdict.records} bản ghi, {verdict.seals} dấu niêm phong, {verdict.chains} chuỗi, "
        f"{verdict.unsealed} bản ghi chưa niêm phong."
    )


@ledger.command()
@click.argument("station")
@click.option("--out", type=click.Path(path_type=Path), required=True)
def export(station: str, out: Path) -> None:
    """Write the very lines STATION posted, seals included, to a file."""
    from scheduler.ledger import export as export_lines  # noqa: PLC0415 (verify needs no database)
    from scheduler.stations import get  # noqa: PLC0415
    from web.cli.common import opened  # noqa: PLC0415

    with opened() as house, house.database.reading() as session:
        count = _write(out, export_lines(session, get(session, station)))
    click.echo(f"{out}: {count} dòng")


def _write(out: Path, lines: Iterable[bytes]) -> int:
    try:
        with out.open("wb") as file:
            return sum(file.write(line) > 0 for line in lines)
    except OSError as error:
        raise ConfigurationError("Không ghi được {path}: {why}.", path=out, why=error.strerror) from error
