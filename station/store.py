"""The clips on the station's own disk: named by the sha256 of their bytes, and trusted only by it."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from content.contracts.manifest import ClipRef, Item
from content.errors import ConflictError, CorruptError, UnavailableError
from station.centre import Centre
from station.files import settle

KEPT_BYTES = 4 << 30
LEAST_FREE_BYTES = 1 << 29
JOURNALS_ROOM_BYTES = 1 << 26
_JOURNALS_SHARE = 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class DiskFullError(UnavailableError):
    """The disk has no room for a clip beside the journal."""

    code = "disk_full"


class Store:
    """Keeps clips in `folder`; beyond what is still to play at most `kept_bytes`, less on a full disk."""

    def __init__(
        self, folder: Path, *, kept_bytes: int = KEPT_BYTES, least_free_bytes: int = LEAST_FREE_BYTES
    ) -> None:
        self._folder = folder
        self._kept_bytes = kept_bytes
        self._least_free_bytes = least_free_bytes
        self.corrupt: set[str] = set()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.journals_room = min(JOURNALS_ROOM_BYTES, shutil.disk_usage(folder).total // _JOURNALS_SHARE)

    def path(self, sha256: str) -> Path:
        """Return where a clip stands or would stand."""
        return self._folder / sha256

    def has(self, clip: ClipRef) -> bool:
        """Tell whether the clip is here, by its size; its bytes are read by `verified`."""
        path = self.path(clip.sha256)
        return path.exists() and path.stat().st_size == clip.bytes

    def verified(self, clip: ClipRef) -> Path:
        """Return the clip's path once its bytes are what its name says; else drop it, CorruptError."""
        path = self.path(clip.sha256)
        if _sha256(path) != clip.sha256:
            path.unlink(missing_ok=True)
            self.corrupt.add(clip.sha256)
            raise CorruptError("Tệp phát {sha256} bị hỏng trên đĩa.", sha256=clip.sha256)
        os.utime(path)
        return path

    def fetch(self, clip: ClipRef, centre: Centre) -> None:
        """Load the clip, going on where an earlier try ended; CorruptError when its bytes are wrong.

        DiskFullError where it would not leave the journal its room.
        """
        part = self._folder / f"{clip.sha256}.part"
        self._check_room(clip, part)
        try:
            self._load(clip, part, centre)
        except OSError as error:
            if error.errno in _FULL:
                raise self._full() from error
            raise

    def _load(self, clip: ClipRef, part: Path, centre: Centre) -> None:
        try:
            if not (part.exists() and part.stat().st_size >= clip.bytes):
                centre.fetch_clip(clip.sha256, part, size=clip.bytes)
        except ConflictError as error:
            part.unlink(missing_ok=True)
            self.corrupt.add(clip.sha256)
            raise CorruptError("Tệp {sha256} ở trung tâm không khớp.", sha256=clip.sha256) from error
        self._take(clip, part)

    def missing(self, items: Iterable[Item]) -> list[ClipRef]:
        """Return the clips of `items` that are not here, in the order they are needed, each once."""
        wanted = {item.clip.sha256: item.clip for item in items if item.clip}
        return [clip for clip in wanted.values() if not self.has(clip)]

    def prune(self, keep: Collection[str]) -> list[str]:
        """Delete the clips longest unused until bound and disk allow the rest, but none of `keep`."""
        spare = [path for path in self._folder.iterdir() if path.name.split(".")[0] not in keep]
        spare.sort(key=lambda path: path.stat().st_mtime)
        total = sum(path.stat().st_size for path in spare)
        excess = max(total - self._kept_bytes, self._least_free_bytes - self.free_bytes())
        gone: list[str] = []
        for path in spare:
            if excess <= 0:
                break
            excess -= path.stat().st_size
            path.unlink()
            gone.append(path.name)
        return gone

    def has_room(self, size: int) -> bool:
        """Tell whether `size` bytes more leave the journal its room: 64 MB, or a 20th of a small disk."""
        return self.free_bytes() - size >= self.journals_room

    def free_bytes(self) -> int:
        """Return what the disk has left."""
        return shutil.disk_usage(self._folder).free

    def _check_room(self, clip: ClipRef, part: Path) -> None:
        wanted = clip.bytes - (part.stat().st_size if part.exists() else 0)
        if wanted > 0 and not self.has_room(wanted):
            raise self._full()

    def _full(self) -> DiskFullError:
        return DiskFullError(
            "Đĩa của trạm chỉ còn {free} MB, không tải thêm tệp phát được; hãy dọn đĩa.",
            free=self.free_bytes() >> 20,
        )

    def _take(self, clip: ClipRef, part: Path) -> None:
        size = part.stat().st_size
        if size < clip.bytes:
            raise ConnectionError(f"the clip ended after {size} of {clip.bytes} bytes")
        if _sha256(part) != clip.sha256:
            part.unlink()
            self.corrupt.add(clip.sha256)
            raise CorruptError("Tệp {sha256} tải về không đúng nội dung.", sha256=clip.sha256)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        settle(part, self.path(clip.sha256))
        self.corrupt.discard(clip.sha256)


def _sha256(path: Path) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
