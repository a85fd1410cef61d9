"""The silent twin keeps time and fails when told to."""

from __future__ import annotations

from pathlib import Path

import pytest

from audio.players.base import Begun, Ended, Mended
from audio.players.silent import SilentPlayer
from content.clock import SteppedClock
from content.errors import CorruptError, UnavailableError
from tests.audio.players.test_wav import START, make_item


class Twin:
    """A silent player with a clip ready."""

    def __init__(self, folder: Path) -> None:
        self.clock = SteppedClock(START)
        self.player = SilentPlayer(self.clock)
        self.clip = folder / "clip"
        self.clip.write_bytes(b"x")
        self.item = make_item()
        self.player.preload(self.clip, self.item)

    def start(self, *, after: float = 0.0) -> None:
        """Start the clip."""
        self.player.start(self.item.id, at=self.clock.monotonic() + after)


@pytest.fixture
def twin(tmp_path: Path) -> Twin:
    """Return a player with a clip of one second ready."""
    return Twin(tmp_path)


def test_it_begins_and_ends_by_the_clock(twin: Twin) -> None:
    begin = twin.clock.monotonic() + 0.5
    twin.start(after=0.5)
    assert twin.player.poll() == ()
    twin.clock.advance(2)
    assert twin.player.poll() == (Begun(twin.item.id, begin), Ended(twin.item.id, 1000))


def test_a_pause_holds_the_position(twin: Twin) -> None:
    twin.start()
    twin.clock.advance(0.25)
    twin.player.pause()
    twin.clock.advance(5)
    twin.player.resume()
    twin.clock.advance(0.25)
    assert twin.player.position() == 500


def test_stop_tells_the_position(twin: Twin) -> None:
    twin.start()
    twin.clock.advance(0.25)
    assert twin.player.stop(make_item().id) == 250
    assert twin.player.poll() == ()


def test_it_dies_where_it_is_told(twin: Twin) -> None:
    twin.player.die_at_ms = 300
    twin.start()
    twin.clock.advance(0.4)
    assert twin.player.poll()[-1] == Ended(twin.item.id, 300, "died")


def test_it_stalls(twin: Twin) -> None:
    twin.player.stalled = True
    twin.start()
    twin.clock.advance(9)
    assert (twin.player.poll(), twin.player.position()) == ((), 0)


def test_it_fails_on_start(twin: Twin) -> None:
    twin.player.fail_on_start = True
    with pytest.raises(UnavailableError):
        twin.start()


def test_what_follows_begins_where_the_one_before_it_ended(twin: Twin) -> None:
    begin = twin.clock.monotonic()
    twin.start()
    twin.player.preload(twin.clip, make_item(2))
    twin.player.start(make_item(2).id, at=begin + 0.5)
    twin.clock.advance(5)
    assert twin.player.poll()[2:] == (Begun(make_item(2).id, begin + 1), Ended(make_item(2).id, 1000))


def test_it_is_mended_where_it_is_told(twin: Twin) -> None:
    twin.player.mend_at_ms = 300
    twin.start()
    twin.clock.advance(0.4)
    assert twin.player.poll()[-1] == Mended(twin.item.id, 300, "the player died")


def test_it_refuses_what_is_not_there(twin: Twin) -> None:
    with pytest.raises(CorruptError):
        twin.player.preload(twin.clip.with_name("none"), twin.item)
