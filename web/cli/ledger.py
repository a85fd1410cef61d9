"""`loaphuong ledger verify` and `ledger export`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

import click

from content.contracts import lpjson
from content.contracts.ledger import TooLongError, Verdict, verify_ledger
from content.contracts.signing import PublicKey
from content.errors import ConfigurationError, ContractError

LONGEST_LINE_BYTES = 1 << 20
KEYID = re.compile(r"[0-9a-f]{16}")


@click.group()
def ledger() -> None:
    """Check and export as-run ledgers."""


@ledger.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--key", "given", help="the station's public key (64 hex digits) or key id (16), as Trạm loa shows it"
)
def verify(file: Path, given: str | None) -> None:
    """Exit 0 when FILE is whole, 2 when unreadable, else 1.

    Broken: the first bad line is named.  Records at the end that no seal covers: they are counted.
    """
    key, lines = _read_key(given), _read_lines(file)
    verdict = verify_ledger(lines, key)
    click.echo(_words(verdict, given=key is not None))
    sys.exit(0 if verdict.whole else 1)


def _words(verdict: Verdict, *, given: bool) -> str:
    if not verdict.unbroken:
        return f"HỎNG tại dòng {verdict.first_bad}: {verdict.why}"
    signed = _signatures(verdict, given=given)
    if verdict.unsealed:
        return (
            f"CHƯA NIÊM PHONG: {verdict.unsealed} bản ghi cuối không có niêm phong, thêm hay sửa ở đó thì "
            f"không biết được; {verdict.records - verdict.unsealed} bản ghi có niêm phong, {signed}.\n"
            "Sổ do trung tâm xuất luôn kết thúc bằng niêm phong; chỉ sổ chép thẳng từ máy trạm, khi trạm "
            "chưa gửi hết, mới có đoạn cuối như vậy."
        )
    return (
        f"NGUYÊN VẸN: {verdict.records} bản ghi, {verdict.seals} dấu niêm phong, {verdict.chains} chuỗi, "
        f"0 bản ghi chưa niêm phong; {signed}."
    )


def _signatures(verdict: Verdict, *, given: bool) -> str:
    keys = ", ".join(verdict.keyids)
    if given and keys:
        return f"chữ ký khớp với khóa {keys}"
    if keys:
        return f"chữ ký khớp với khóa {keys} ghi trong sổ; hãy so với vân tay của trạm ở trang Trạm loa"
    why = "sổ không ghi khóa" if verdict.seals else "sổ không có dấu niêm phong"
    return f"chữ ký CHƯA kiểm ({why})"


def _read_key(given: str | None) -> PublicKey | str | None:
    if given is None:
        return None
    text = given.strip().lower()
    try:
        return text if KEYID.fullmatch(text) else PublicKey.from_hex(text)
    except ContractError:
        _give_up("--key phải là khóa công khai (64 chữ số thập lục phân) hoặc vân tay (16 chữ số) của trạm.")


class _Lines:
    """The lines of a file, as often as they are asked for; none longer than a record can be."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __iter__(self) -> Iterator[bytes]:
        with self._file.open("rb") as opened:
            while line := opened.readline(LONGEST_LINE_BYTES):
                if len(line) == LONGEST_LINE_BYTES:
                    raise TooLongError("dòng dài quá {limit} byte", limit=LONGEST_LINE_BYTES)
                yield line.rstrip(b"\r\n")


def _read_lines(file: Path) -> _Lines:
    """Return the lines of what may be a ledger; give up on what is none."""
    lines = _Lines(file)
    try:
        # A device or a pipe may have no end, and cannot be read twice.
        if not file.is_file() and not file.is_dir() and file.exists():
            _give_up(f"{file} không phải tệp thường.")
        first = next(iter(lines), None)
        if not first:
            _give_up(f"{file} không có bản ghi nào.")
        lpjson.decode(first)
    except OSError as error:
        _give_up(f"Không đọc được {file}: {error.strerror}")
    except ContractError as error:
        _give_up(f"{file} không phải sổ nhật ký. Dòng đầu: {error}")
    return lines


def _give_up(why: str) -> NoReturn:
    click.echo(f"loaphuong: {why}", err=True)
    sys.exit(2)


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
