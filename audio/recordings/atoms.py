"""MP4 files that phones write end with their index; read from a pipe they must begin with it.

So the index (`moov`) is put before the sound (`mdat`) and every offset in it moved on by its own length.
Only the index is held in memory.
"""

from __future__ import annotations

import os
import shutil
import struct
import sys
import tempfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from content.errors import InvalidInputError

MOST_INDEX_BYTES = 8_000_000
_MOST_ATOMS = 200
_HEAD, _LONG_HEAD = 8, 16
_CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
_OFFSETS = {b"stco": "I", b"co64": "Q"}
_TABLE_HEAD = 8
_CHUNK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Atom:
    """A box of the file: its kind, where it lies, how long its head is."""

    kind: bytes
    start: int
    size: int
    head: int

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.start + self.size


def with_index_first(file: IO[bytes], folder: Path) -> IO[bytes]:
    """Return `file` itself when its index comes first already, else a nameless file in `folder` put in order.

    InvalidInputError when there is no index (the file is cut) or it makes no sense.
    """
    sound, index = _sound_and_index(file)
    if index.start < sound.start:
        return file
    if index.size > MOST_INDEX_BYTES:
        raise _broken()
    file.seek(index.start)
    moved = _moved(file.read(index.size), index)
    ordered = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (its caller closes it)
    _copy(file, ordered, 0, sound.start)
    ordered.write(moved)
    _copy(file, ordered, sound.start, index.start)
    _copy(file, ordered, index.end, None)
    ordered.flush()
    return ordered


def _sound_and_index(file: IO[bytes]) -> tuple[Atom, Atom]:
    found: dict[bytes, Atom] = {}
    for atom in _walk(file):
        found.setdefault(atom.kind, atom)
        if b"moov" in found and b"mdat" in found:
            return found[b"mdat"], found[b"moov"]
    raise _broken()


def _walk(file: IO[bytes]) -> Iterator[Atom]:
    """Give the outermost boxes; the last one may say that it goes on beyond the end of a cut file."""
    end, at = file.seek(0, os.SEEK_END), 0
    for _ in range(_MOST_ATOMS):
        file.seek(at)
        atom = _atom(file.read(_LONG_HEAD), at, end)
        if atom is None:
            return
        yield atom
        at = atom.end


def _atom(head: bytes, at: int, end: int) -> Atom | None:
    """Read a box's head; None when there is none, or it is shorter than its own head."""
    if len(head) < _HEAD:
        return None
    size, kind = struct.unpack(">I4s", head[:_HEAD])
    length = _HEAD
    if size == 1 and len(head) == _LONG_HEAD:
        size, length = int.from_bytes(head[_HEAD:]), _LONG_HEAD
    size = size or end - at
    return Atom(kind, at, size, length) if size >= length else None


def _moved(index: bytes, atom: Atom) -> bytes:
    """Return the index with its offsets moved on; what lay behind it stays where it was."""
    if len(index) < atom.size:
        raise _broken()
    made = bytearray(index)
    if atom.head == _HEAD:
        struct.pack_into(">I", made, 0, atom.size)
    _move_within(made, atom.head, len(made), atom, depth=len(_CONTAINERS))
    return bytes(made)


def _move_within(made: bytearray, at: int, end: int, index: Atom, *, depth: int) -> None:
    while at < end:
        inner = _atom(bytes(made[at : at + _LONG_HEAD]), at, end)
        if inner is None or inner.end > end:
            raise _broken()
        if inner.kind in _CONTAINERS and depth:
            _move_within(made, at + inner.head, inner.end, index, depth=depth - 1)
        elif inner.kind in _OFFSETS:
            _move_table(made, at + inner.head, inner.end, index, array(_OFFSETS[inner.kind]))
        at = inner.end


def _move_table(made: bytearray, at: int, end: int, index: Atom, table: array[int]) -> None:
    first = at + _TABLE_HEAD
    count = int.from_bytes(made[at + 4 : first])
    if first + count * table.itemsize > end:
        raise _broken()
    table.frombytes(bytes(made[first : first + count * table.itemsize]))
    _swap(table)
    moved = array(table.typecode, (one + index.size if one < index.start else one for one in table))
    _swap(moved)
    made[first : first + count * table.itemsize] = moved.tobytes()


def _swap(table: array[int]) -> None:
    if sys.byteorder == "little":
        table.byteswap()


def _copy(source: IO[bytes], target: IO[bytes], start: int, end: int | None) -> None:
    source.seek(start)
    if end is None:
        shutil.copyfileobj(source, target, _CHUNK_BYTES)
        return
    while start < end and (chunk := source.read(min(_CHUNK_BYTES, end - start))):
        target.write(chunk)
        start += len(chunk)


def _broken() -> InvalidInputError:
    return InvalidInputError(
        "Tệp M4A thiếu phần mục lục nên không mở được: có lẽ máy thu chưa lưu xong, hoặc tệp bị cắt khi "
        "chép. Hãy lưu hay chép lại từ máy thu, rồi tải lên lần nữa.",
        field="sound",
    )
