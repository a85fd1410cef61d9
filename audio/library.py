"""The clips on disk, each named by the sha256 of its bytes: DATA_DIR/clips/ab/<sha256>.mp3."""

from __future__ import annotations

import hashlib
import logging
import os
import re
from pathlib import Path

from audio.archive import QUARANTINE, SUFFIX, Archive, put_aside
from audio.files import is_sound, told, write_whole
from content.errors import CorruptError, LoaPhuongError, NotFoundError, UnavailableError

_NAME = re.compile(r"[0-9a-f]{64}")
_log = logging.getLogger(__name__)


class Library:
    """Keeps clips; what is read is checked, what is damaged is put aside and never sounds.

    What is missing or damaged comes back from the archive (default DATA_DIR/archive), byte for byte.
    """

    def __init__(self, data_dir: Path, *, archive_dir: Path | None = None) -> None:
        self.data_dir = data_dir
        self.folder = data_dir / "clips"
        self.quarantine = self.folder / QUARANTINE
        self.archive = Archive(archive_dir or data_dir / "archive")

    def put(self, data: bytes) -> str:
        """Keep `data`, durably, and return its sha256 hex; UnavailableError when the disk refuses."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self.path(sha256)
        try:
            if is_sound(path, sha256):
                os.utime(path)
            else:
                write_whole(path, data)
        except OSError as error:
            raise UnavailableError(
                "Không ghi được tệp phát vào {folder}: {why}.", folder=self.folder, why=told(error)
            ) from error
        return sha256

    def open_clip(self, sha256: str) -> Path:
        """Return the path of a clip whose bytes were just checked, restored from the archive if need be.

        Raises NotFoundError when there is none anywhere, CorruptError (and puts the file aside) when its
        bytes are not what was kept and no copy is sound, UnavailableError when the disk cannot be read.
        """
        if not _NAME.fullmatch(sha256):
            raise NotFoundError("Không có tệp phát nào mang mã này.")
        try:
            return self._opened(sha256)
        except OSError as error:
            raise UnavailableError(
                "Không đọc được tệp phát {sha256}: {why}.", sha256=sha256[:12], why=told(error)
            ) from error

    def has(self, sha256: str) -> bool:
        """Tell whether a file of that name is here or in the archive; its bytes are not looked at."""
        if not _NAME.fullmatch(sha256):
            return False
        return self.path(sha256).is_file() or self.archive.has(sha256)

    def keep(self, sha256: str) -> bool:
        """Put a copy of an approved clip into the archive; tell whether it stands there now.

        Call it after the approval is committed.  It never raises: what could not be copied is logged, and
        the daily job tries again.
        """
        try:
            self.archive.keep(sha256, self.open_clip(sha256))
        except LoaPhuongError as error:
            _log.error("clip %s is not in the archive: %s", sha256[:12], error)
            return False
        return True

    def path(self, sha256: str) -> Path:
        """Return where the clip lies or would lie."""
        return self.folder / sha256[:2] / f"{sha256}{SUFFIX}"

    def _opened(self, sha256: str) -> Path:
        path = self.path(sha256)
        if is_sound(path, sha256):
            return path
        damaged = path.exists()
        if damaged:
            put_aside(path, sha256, self.quarantine)
        if is_sound(path, sha256):
            return path
        if self.archive.give_back(sha256, path):
            _log.warning("clip %s was %s; restored from the archive", sha256[:12], _what(damaged=damaged))
            return path
        if not damaged:
            raise NotFoundError("Tệp phát {sha256} không có trong kho.", sha256=sha256[:12])
        raise CorruptError(
            "Tệp phát {sha256} đã hỏng trên đĩa và được cách ly. Hãy tạo lại tiếng cho bản tin.",
            sha256=sha256[:12],
        )


def _what(*, damaged: bool) -> str:
    return "damaged" if damaged else "lost"
