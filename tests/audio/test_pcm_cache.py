"""Sentences kept on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from audio.pcm import Pcm
from audio.pcm_cache import PcmCache, packed, unpacked

SOUND = Pcm(b"\x01\x02" * 500, 22_050)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    PcmCache(tmp_path).put("voice 1", "Xin chào.", SOUND)
    assert PcmCache(tmp_path).get("voice 1", "Xin chào.") == SOUND


@pytest.mark.parametrize(("voice", "text"), [("voice 2", "Xin chào."), ("voice 1", "Xin chào")])
def test_another_voice_or_text_is_a_miss(tmp_path: Path, voice: str, text: str) -> None:
    cache = PcmCache(tmp_path)
    cache.put("voice 1", "Xin chào.", SOUND)
    assert cache.get(voice, text) is None


@pytest.mark.parametrize(
    "data", [b"", b"LPPCM1", packed(SOUND)[:-1], b"\0" + packed(SOUND), packed(Pcm(b"", 8000))]
)
def test_damaged_entries_are_misses(data: bytes) -> None:
    assert unpacked(data) is None


def test_the_longest_unused_go_first(tmp_path: Path) -> None:
    cache = PcmCache(tmp_path, limit_bytes=4 * len(packed(SOUND)))
    for number in range(4):
        cache.put("voice 1", str(number), SOUND)
        entry = cache._path("voice 1", str(number))
        os.utime(entry, (number, number))
    cache.get("voice 1", "0")
    cache.put("voice 1", "new", SOUND)
    kept = [name for name in ("0", "1", "2", "3", "new") if cache.get("voice 1", name)]
    assert kept == ["0", "3", "new"]


def test_a_disk_that_refuses_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_bytes(b"a file where the folder should be")
    cache = PcmCache(tmp_path)
    cache.put("voice 1", "Xin chào.", SOUND)
    assert cache.get("voice 1", "Xin chào.") is None
