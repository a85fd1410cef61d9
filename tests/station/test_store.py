"""The clips on the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from content.contracts.manifest import ClipRef
from content.errors import CorruptError
from station.centre import Centre
from station.store import DiskFullError, Store
from tests.station.fakes import make_clip, make_item


def put(store: Store, data: bytes, *, age: int = 0) -> str:
    clip = make_clip(data)
    path = store.path(clip.sha256)
    path.write_bytes(data)
    os.utime(path, (1_000_000 - age, 1_000_000 - age))
    return clip.sha256


def test_a_clip_is_verified_before_it_sounds(tmp_path: Path) -> None:
    store = Store(tmp_path / "clips")
    put(store, b"sound")
    assert store.verified(make_clip(b"sound")).read_bytes() == b"sound"


def test_a_clip_that_changed_on_the_disk_is_dropped(tmp_path: Path) -> None:
    store = Store(tmp_path / "clips")
    clip = make_clip(b"sound")
    store.path(clip.sha256).write_bytes(b"noise")
    with pytest.raises(CorruptError):
        store.verified(clip)
    assert not store.has(clip)
    assert clip.sha256 in store.corrupt


def test_a_clip_of_another_size_is_not_here(tmp_path: Path) -> None:
    store = Store(tmp_path / "clips")
    clip = make_clip(b"sound")
    store.path(clip.sha256).write_bytes(b"soun")
    assert not store.has(clip)


def test_missing_names_each_clip_once_in_order(tmp_path: Path) -> None:
    store = Store(tmp_path / "clips")
    put(store, b"b")
    items = [
        make_item(1, data=b"c"),
        make_item(2, data=b"b"),
        make_item(3, data=b"a"),
        make_item(4, data=b"c"),
    ]
    assert store.missing(items) == [make_clip(b"c"), make_clip(b"a")]


def test_prune_takes_the_longest_unused_and_never_what_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "clips", kept_bytes=25)
    oldest, old, new = (put(store, bytes([n]) * 10, age=100 - n) for n in range(3))
    assert store.prune({oldest}) == []
    assert store.prune({new}) == []
    put(store, b"x" * 10)
    assert store.prune({oldest}) == [old]


def test_a_full_disk_makes_room(tmp_path: Path) -> None:
    store = Store(tmp_path / "clips", kept_bytes=1000, least_free_bytes=1 << 62)
    keep, spare = put(store, b"keep"), put(store, b"spare")
    assert store.prune({keep}) == [spare]


def test_a_clip_that_would_take_the_journal_s_room_is_not_fetched(tmp_path: Path) -> None:
    store = Store(tmp_path / "clips")
    huge = ClipRef("0" * 64, 1 << 60, "audio/wav")
    with pytest.raises(DiskFullError, match="dọn đĩa"):
        store.fetch(huge, Centre("http://127.0.0.1:9", "ha-dinh-1", "token"))
    assert list(store.path("x").parent.iterdir()) == []
