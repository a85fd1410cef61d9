"""Keeping the clip library in order: what is lost or damaged, what the archive lacks, what nobody needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.archive import names_in
from audio.files import PART, is_sound
from audio.library import Library
from audio.models import RenderJob
from content.errors import LoaPhuongError
from content.models.bulletin import Approval, Revision

KEPT = timedelta(days=30)
PART_KEPT = timedelta(days=1)


@dataclass(frozen=True)
class Checked:
    """What a walk over clips found: sha256 of each, those `unarchived` being sound here but not copied."""

    sound: tuple[str, ...]
    lost: tuple[str, ...]
    damaged: tuple[str, ...]
    unarchived: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is lost or damaged."""
        return not (self.lost or self.damaged)


@dataclass(frozen=True)
class Cleaned:
    """What was removed."""

    clips: int
    parts: int
    bytes: int


def approved(session: Session) -> dict[str, str]:
    """Return clip sha256 → title of the latest approved wording, of every clip that an approval names."""
    rows = session.execute(select(Approval.clip_sha256, Revision.title).join(Revision).order_by(Approval.id))
    return {sha256: title for sha256, title in rows}  # noqa: C416 (rows are not tuples of str)


def check(library: Library, names: Iterable[str]) -> Checked:
    """Read the bytes of every clip named, here and in the archive; nothing is changed."""
    sound: list[str] = []
    lost: list[str] = []
    damaged: list[str] = []
    unarchived: list[str] = []
    for sha256 in names:
        if not is_sound(library.path(sha256), sha256):
            (damaged if library.path(sha256).exists() else lost).append(sha256)
            continue
        sound.append(sha256)
        if not is_sound(library.archive.path(sha256), sha256):
            unarchived.append(sha256)
    return Checked(tuple(sound), tuple(lost), tuple(damaged), tuple(unarchived))


def restore(library: Library, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Bring lost and damaged clips back from the archive; return (brought back, beyond help)."""
    back, gone = [], []
    for sha256 in names:
        try:
            library.open_clip(sha256)
            back.append(sha256)
        except LoaPhuongError:
            gone.append(sha256)
    return back, gone


def complete_archive(library: Library, names: Iterable[str]) -> int:
    """Copy to the archive what it lacks of the clips named; return how many were copied."""
    missing = [sha256 for sha256 in names if not library.archive.has(sha256)]
    return sum(library.keep(sha256) for sha256 in missing)


def clean(session: Session, library: Library, kept: Iterable[str], now: datetime) -> Cleaned:
    """Remove clips that nobody needs and that are older than `KEPT`, and leftovers of broken writes.

    Needed is what an approval names (so news and airings, too), what a render job ended in within
    `KEPT`, and what `kept` names.  Call it in a transaction that writes, so that no approval comes in
    between.  A removed clip is made again when its words are asked for.
    """
    needed = {*approved(session), *_made_since(session, now - KEPT), *kept}
    clips = [path for path in names_in(library.folder) if path.stem not in needed]
    old = [path for path in clips if _older(path, now - KEPT)]
    parts = [path for path in _parts(library) if _older(path, now - PART_KEPT)]
    return Cleaned(len(old), len(parts), sum(map(_removed, (*old, *parts))))


def _made_since(session: Session, since: datetime) -> Collection[str]:
    query = select(RenderJob.clip_sha256).where(RenderJob.clip_sha256.is_not(None))
    return {str(sha256) for sha256 in session.scalars(query.where(RenderJob.updated_at >= since))}


def _parts(library: Library) -> list[Path]:
    folders = (
        library.folder,
        library.archive.folder,
        library.data_dir / "cache",
        library.data_dir / "recordings",
    )
    return [path for folder in folders for path in folder.rglob(f"*{PART}")]


def _older(path: Path, instant: datetime) -> bool:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < instant
    except FileNotFoundError:
        return False


def _removed(path: Path) -> int:
    try:
        size = path.stat().st_size
        path.unlink()
    except FileNotFoundError:
        return 0
    return size
