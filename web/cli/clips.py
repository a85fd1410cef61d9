"""`loaphuong clips check`, `clean` and `restore`: the clip library in order."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import click

from audio import housekeeping
from web.cli.common import opened
from web.processes import clip_jobs

_MEGABYTE = 1_000_000


@click.group()
def clips() -> None:
    """Look after the clips on disk and their second copies."""


@clips.command()
def check() -> None:
    """Read every approved clip and its copy; exit 1 when one is lost or damaged."""
    with opened() as house:
        with house.database.reading() as session:
            titles = housekeeping.approved(session)
        found = housekeeping.check(house.library, titles)
    click.echo(
        f"Tệp phát đã duyệt: {len(titles)}; nguyên vẹn {len(found.sound)}, mất {len(found.lost)}, "
        f"hỏng {len(found.damaged)}, chưa có bản lưu {len(found.unarchived)}."
    )
    for word, names in (("MẤT", found.lost), ("HỎNG", found.damaged), ("CHƯA LƯU", found.unarchived)):
        _list(word, names, titles)
    if not found.whole:
        click.echo("Hãy chạy: loaphuong clips restore")
        sys.exit(1)


@clips.command()
def clean() -> None:
    """Remove clips older than 30 days that nothing names, and leftovers of broken writes."""
    with opened() as house, house.database.writing() as session:
        done = clip_jobs.clean(house, session, house.clock.now())
    click.echo(
        f"Đã xóa {done.clips} tệp phát không còn dùng và {done.parts} tệp ghi dở, "
        f"được {done.bytes / _MEGABYTE:.1f} MB."
    )


@clips.command()
def restore() -> None:
    """Bring lost and damaged approved clips back from the archive; exit 1 when some cannot be."""
    with opened() as house:
        with house.database.reading() as session:
            titles = housekeeping.approved(session)
        found = housekeeping.check(house.library, titles)
        back, gone = housekeeping.restore(house.library, (*found.lost, *found.damaged))
        copied = sum(map(house.library.keep, (*found.unarchived, *back)))
    click.echo(f"Đã khôi phục {len(back)} tệp phát, lưu thêm {copied} bản; còn thiếu {len(gone)}.")
    _list("CÒN THIẾU", gone, titles)
    if gone:
        click.echo("Hãy mở các bản tin này và chọn Làm lại tiếng; nếu tiếng khác trước thì phải duyệt lại.")
        sys.exit(1)


def _list(word: str, names: Sequence[str], titles: Mapping[str, str]) -> None:
    for sha256 in names:
        click.echo(f"  {word} {sha256[:12]} “{titles[sha256]}”")
