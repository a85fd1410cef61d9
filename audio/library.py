"""The clips on disk, each named by the sha256 of its bytes: DATA_DIR/clips/ab/<sha256>.mp3."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
from pathlib import Path

from audio.files import write_whole
from content.errors import CorruptError, NotFoundError, UnavailableError

_NAME = re.compile(r"[0-9a-f]{64}")
_log = logging.getLogger(__name__)


class Library:
    """Keeps clips; what is read is checked, what is damaged is put aside and never sounds."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.folder = data_dir / "clips"
        self.quarantine = self.folder / "quarantine"

    def put(self, data: bytes) -> str:
        """Keep `data`, durably, and return its sha256 hex; UnavailableError when the disk refuses."""
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        try:
            if not self._sound(path, sha256):
                write_whole(path, data)
        except OSError as error:
            raise UnavailableError(
                "Không ghi được tệp phát vào {folder}: {why}.", folder=self.folder, why=error.strerror
            ) from error
        return sha256

    def open_clip(self, sha256: str) -> Path:
        """Return the path of a clip whose bytes were just checked.

        Raises NotFoundError when there is none, CorruptError (and puts the file aside) when its bytes
        are not what was kept.
        """
        if not _NAME.fullmatch(sha256):
            raise NotFoundError("Không có tệp phát nào mang mã này.")
        path = self._path(sha256)
        if self._sound(path, sha256):
            return path
        if not path.exists():
            raise NotFoundError("Tệp phát {sha256} không có trong kho.", sha256=sha256[:12])
        self._put_aside(path)
        raise CorruptError(
            "Tệp phát {sha256} đã hỏng trên đĩa và được cách ly. Hãy tạo lại tiếng cho bản tin.",
            sha256=sha256[:12],
        )

    def has(self, sha256: str) -> bool:
        """Tell whether a file of that name is there; its bytes are not looked at."""
        return _NAME.fullmatch(sha256) is not None and self._path(sha256).is_file()

    def _path(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.mp3"

    def _sound(self, path: Path, sha256: str) -> bool:
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            return False

    def _put_aside(self, path: Path) -> None:
        self.quarantine.mkdir(parents=True, exist_ok=True)
        path.replace(self.quarantine / f"{path.stem}.{secrets.token_hex(4)}.mp3")
        _log.error("clip %s is corrupt and was put aside", path.stem)
