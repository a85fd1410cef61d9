"""A relayed stream as samples, and through the WAV sink, from a real radio station on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from audio.players.base import Begun, Ended, PlayerEvent
from audio.players.decoding import RATE
from audio.players.streams import Stream, checked_source
from audio.players.wav import WavPlayer
from content.clock import SystemClock
from content.errors import CorruptError
from tests.audio.players.radio import Radio, radio
from tests.audio.players.test_wav import make_item, read_samples

CLOCK = SystemClock()
NOBODY = threading.Event()
BLOCK = RATE // 50


@pytest.fixture
def station() -> Iterator[Radio]:
    """Return a radio station."""
    with radio() as station:
        yield station


def wait(wanted: Callable[[], object], *, seconds: float = 20) -> None:
    """Wait until `wanted()` holds."""
    end = CLOCK.monotonic() + seconds
    while not wanted():
        assert CLOCK.monotonic() < end
        CLOCK.wait(NOBODY, 0.02)


def loudest(pcm: bytes) -> int:
    """Return the highest byte pair of what was read."""
    return max(abs(int.from_bytes(pcm[at : at + 2], "little", signed=True)) for at in range(0, len(pcm), 2))


def test_what_has_not_come_yet_is_silence() -> None:
    with radio(hang=True) as station:
        stream = Stream(station.url, CLOCK)
        wait(lambda: station.listeners)
        first = stream.read(BLOCK)
        station.hang = False
        wait(lambda: loudest(stream.read(BLOCK)) > 1000)
        stream.close()
    assert first == bytes(BLOCK * 2)


@pytest.mark.parametrize("lever", ["mute", "hang", "broken"])
def test_it_ends_once_it_was_silent_too_long(lever: str) -> None:
    with radio(**{lever: True}) as station:
        stream = Stream(station.url, CLOCK, patience=0.5)
        blocks = 0
        while stream.read(BLOCK):
            blocks += 1
        told = stream.failure()
        stream.close()
    assert blocks == 25
    assert told is not None
    assert told.startswith("the stream was silent for 0 s")


def test_what_comes_while_nobody_reads_is_let_go(station: Radio) -> None:
    stream = Stream(station.url, CLOCK)
    wait(lambda: len(stream._kept) > RATE)
    CLOCK.wait(NOBODY, 1.0)
    kept = len(stream._kept)
    stream.close()
    assert kept <= 2 * RATE * 2


def test_a_stream_that_breaks_off_is_opened_again() -> None:
    with radio(broken=True) as station:
        stream = Stream(station.url, CLOCK)
        wait(lambda: station.refused)
        station.broken = False
        wait(lambda: loudest(stream.read(BLOCK)) > 1000)
        stream.close()
    assert station.listeners == 1


@pytest.mark.parametrize(
    "source", [None, "", "file:///etc/passwd", "rtmp://x.vn/a", "https://", "https://x.vn/a\nb", "concat:a"]
)
def test_only_web_addresses_are_streams(source: str | None) -> None:
    with pytest.raises(CorruptError):
        checked_source(source)


def relay_to_file(folder: Path, station: Radio, *, seconds: float, silence: float) -> list[PlayerEvent]:
    """Relay a station for some seconds into a WAV file; return what the player told."""
    player = WavPlayer(folder, CLOCK, silence=silence).run()
    item = replace(make_item(ms=60_000), source=station.url, clip=None)
    player.preload(None, item)
    at = CLOCK.monotonic() + 0.5
    player.start(item.id, at=at, until=at + seconds)
    events: list[PlayerEvent] = []

    def has_ended() -> bool:
        events.extend(player.poll())
        return any(isinstance(event, Ended) for event in events)

    wait(has_ended)
    player.close()
    return events


def test_a_relay_has_the_length_of_its_time_to_the_sample(tmp_path: Path, station: Radio) -> None:
    events = relay_to_file(tmp_path, station, seconds=2.5, silence=10)
    samples = read_samples(tmp_path)[0]
    assert [type(event) for event in events] == [Begun, Ended]
    assert len(samples) == 2.5 * RATE
    assert max(samples) > 10_000


def test_a_silent_relay_never_began(tmp_path: Path) -> None:
    with radio(mute=True) as station:
        events = relay_to_file(tmp_path, station, seconds=60, silence=1)
    assert [(event.silent, event.heard_ms) for event in events if isinstance(event, Ended)] == [(True, 0)]
    assert len(events) == 1
