"""The WAV sink: sample-exact on its timeline, silent when idle, whole whenever it is looked at."""

from __future__ import annotations

import array
import threading
import wave
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audio.players.base import Begun, Ended, PlayerEvent
from audio.players.decoding import RATE
from audio.players.wav import WavPlayer
from content.clock import SteppedClock, SystemClock
from content.contracts.airings import Kind, Level
from content.contracts.manifest import ClipRef, Item
from content.errors import CorruptError, UnavailableError

START = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
LOUD = 8000
MS = RATE // 1000
PATIENCE_S = 60.0


def make_square(path: Path, ms: int, *, level: int = LOUD) -> Path:
    """Write a clip whose every sample is `level`, so that each can be told from silence."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array.array("h", [level] * (ms * MS)).tobytes())
    return path


def make_item(number: int = 1, *, ms: int = 1000, gain_mdb: int = 0, media_type: str = "audio/wav") -> Item:
    return Item(
        id=f"{number:032x}",
        kind=Kind.BULLETIN,
        level=Level.NORMAL,
        starts_at=START,
        not_after=START + timedelta(minutes=1),
        duration_ms=ms,
        clip=ClipRef("a" * 64, 1, media_type),
        source=None,
        title="Bản tin",
        programme=None,
        revision=None,
        approval=None,
        window=None,
        gain_mdb=gain_mdb,
    )


def read_samples(folder: Path) -> list[list[int]]:
    """Return the samples of every file, oldest first."""
    files = []
    for path in sorted(folder.glob("*.wav")):
        with wave.open(str(path), "rb") as file:
            assert (file.getnchannels(), file.getframerate()) == (1, RATE)
            files.append(list(array.array("h", file.readframes(file.getnframes()))))
    return files


class Sink:
    """A sink whose time stands in the test's hands."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "played"
        self.clock = SteppedClock(START)
        self.player = WavPlayer(self.folder, self.clock, kept_bytes=1 << 20)
        self.clip = make_square(folder / "clip", 1000)

    def spend(self, seconds: float) -> None:
        """Let time pass in blocks."""
        for _ in range(round(seconds / 0.02)):
            self.clock.advance(0.02)
            self.player.pump()

    def play(
        self,
        number: int = 1,
        *,
        after: float = 0.0,
        gain_mdb: int = 0,
        level: int = LOUD,
        until: float | None = None,
    ) -> None:
        """Make a clip of one second ready and start it."""
        item = make_item(number, gain_mdb=gain_mdb)
        clip = make_square(self.folder.parent / f"clip {level}", 1000, level=level)
        self.player.preload(clip, item)
        now = self.clock.monotonic()
        self.player.start(item.id, at=now + after, until=None if until is None else now + until)


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    """Return an open sink."""
    sink = Sink(tmp_path)
    yield sink
    sink.player.close()


def test_a_clip_is_written_whole_from_its_first_instant(sink: Sink) -> None:
    sink.play(after=0.5)
    sink.spend(2)
    assert read_samples(sink.folder) == [[LOUD] * RATE]
    assert [path.name for path in sink.folder.iterdir()] == ["20261122T230000.500Z.wav"]


def test_silence_between_clips_is_as_long_as_the_time_between_them(sink: Sink) -> None:
    sink.play(1)
    sink.spend(1.5)
    sink.play(2, after=1.25)
    sink.spend(3)
    samples = read_samples(sink.folder)[0]
    assert samples == [LOUD] * RATE + [0] * (1750 * MS) + [LOUD] * RATE


def test_events_tell_begin_and_end(sink: Sink) -> None:
    begin = sink.clock.monotonic() + 0.5
    sink.play(after=0.5)
    sink.spend(2)
    airing = make_item(1).id
    assert sink.player.poll() == (Begun(airing, begin), Ended(airing, 1000))
    assert sink.player.poll() == ()


def test_the_position_follows_the_clock(sink: Sink) -> None:
    sink.play()
    sink.spend(0.4)
    assert sink.player.position() == 400


def test_a_pause_is_silence_in_the_file(sink: Sink) -> None:
    sink.play()
    sink.spend(0.5)
    sink.player.pause()
    sink.spend(1)
    sink.player.resume()
    sink.spend(1)
    assert read_samples(sink.folder)[0] == [LOUD] * (500 * MS) + [0] * (1000 * MS) + [LOUD] * (500 * MS)


def test_stop_cuts_off_and_tells_where(sink: Sink) -> None:
    sink.play()
    sink.spend(0.3)
    assert sink.player.stop(make_item().id) == 300
    sink.spend(1)
    samples = read_samples(sink.folder)[0]
    assert samples[: 300 * MS] == [LOUD] * (300 * MS)
    assert [type(event) for event in sink.player.poll()] == [Begun]


def test_stop_fades_out(sink: Sink) -> None:
    sink.play()
    sink.spend(0.3)
    sink.player.stop(make_item().id)
    fade = read_samples(sink.folder)[0][300 * MS :]
    assert len(fade) == 150 * MS
    assert (fade[0], fade[len(fade) // 2], fade[-1]) == (LOUD, LOUD // 2, 1)


@pytest.mark.parametrize("after", [1.0, 0.4, -5.0])
def test_what_follows_has_no_gap_to_the_sample(sink: Sink, after: float) -> None:
    sink.play(1, level=LOUD)
    sink.play(2, after=after, level=LOUD // 2)
    sink.spend(3)
    assert read_samples(sink.folder) == [[LOUD] * RATE + [LOUD // 2] * RATE]
    kinds = [(type(event), event.airing) for event in sink.player.poll()]
    first, second = make_item(1).id, make_item(2).id
    assert kinds == [(Begun, first), (Ended, first), (Begun, second), (Ended, second)]


def test_what_follows_later_waits_for_its_instant(sink: Sink) -> None:
    sink.play(1)
    sink.play(2, after=1.25)
    sink.spend(3)
    assert read_samples(sink.folder)[0] == [LOUD] * RATE + [0] * (250 * MS) + [LOUD] * RATE


def test_what_follows_begins_after_the_fade_of_what_was_stopped(sink: Sink) -> None:
    sink.play(1)
    sink.play(2, after=1)
    sink.spend(0.3)
    sink.player.stop(make_item(1).id)
    sink.spend(2)
    samples = read_samples(sink.folder)[0]
    assert samples[450 * MS : 1000 * MS] == [0] * (550 * MS)
    assert samples[1000 * MS :] == [LOUD] * RATE


def test_only_one_waits_to_follow(sink: Sink) -> None:
    sink.play(1)
    sink.play(2)
    with pytest.raises(UnavailableError):
        sink.play(3)


def test_what_was_to_follow_can_be_taken_back(sink: Sink) -> None:
    sink.play(1)
    sink.play(2)
    sink.player.discard(make_item(2).id)
    sink.spend(3)
    assert read_samples(sink.folder) == [[LOUD] * RATE]


def test_its_time_is_over_to_the_sample(sink: Sink) -> None:
    sink.play(1, until=0.7)
    sink.spend(2)
    assert read_samples(sink.folder) == [[LOUD] * (700 * MS)]
    assert sink.player.poll()[-1] == Ended(make_item(1).id, 700)


def test_stopping_what_does_not_play_stops_nothing(sink: Sink) -> None:
    sink.play(1)
    sink.spend(0.5)
    assert sink.player.stop(make_item(2).id) == 0
    sink.spend(1)
    assert read_samples(sink.folder) == [[LOUD] * RATE]


def test_stopping_what_has_just_ended_tells_its_whole_length(sink: Sink) -> None:
    sink.play()
    sink.clock.advance(5)
    assert sink.player.stop(make_item().id) == 1000


def test_going_on_from_a_position_is_exact(sink: Sink) -> None:
    item = make_item()
    sink.player.preload(sink.clip, item, from_ms=250)
    sink.player.start(item.id, at=0)
    sink.spend(1)
    assert read_samples(sink.folder) == [[LOUD] * (750 * MS)]
    assert sink.player.poll()[-1] == Ended(item.id, 1000)


def test_the_volume_scales_what_follows(sink: Sink) -> None:
    sink.play()
    sink.spend(0.5)
    sink.player.set_volume(50)
    sink.spend(1)
    assert read_samples(sink.folder) == [[LOUD] * (500 * MS) + [LOUD // 2] * (500 * MS)]


def test_the_gain_of_the_airing_is_applied(sink: Sink) -> None:
    sink.play(gain_mdb=-6021)
    sink.spend(1.5)
    loudest = max(read_samples(sink.folder)[0])
    assert abs(loudest - LOUD // 2) <= 2


def test_an_idle_sink_writes_nothing(sink: Sink) -> None:
    sink.spend(100)
    assert list(sink.folder.iterdir()) == []


def test_after_a_long_silence_a_new_file_begins(sink: Sink) -> None:
    sink.play(1)
    sink.spend(2)
    sink.clock.advance(300)
    sink.play(2)
    sink.spend(2)
    assert read_samples(sink.folder) == [[LOUD] * RATE, [LOUD] * RATE]


def test_the_file_is_whole_while_it_grows(sink: Sink) -> None:
    sink.play()
    sink.spend(0.5)
    assert len(read_samples(sink.folder)[0]) == 500 * MS


def test_old_files_make_room(sink: Sink) -> None:
    for number in range(14):
        sink.play(number)
        sink.spend(1.2)
        sink.clock.advance(100)
    assert sum(path.stat().st_size for path in sink.folder.iterdir()) < (1 << 20) + 200_000


def test_a_clip_that_does_not_decode_is_refused(sink: Sink, tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    junk.write_bytes(b"\0" * 5000)
    with pytest.raises(CorruptError):
        sink.player.preload(junk, make_item())


def test_an_unknown_kind_of_clip_is_refused(sink: Sink) -> None:
    with pytest.raises(CorruptError, match="video/mp4"):
        sink.player.preload(sink.clip, make_item(media_type="video/mp4"))


def test_what_was_not_made_ready_does_not_start(sink: Sink) -> None:
    with pytest.raises(UnavailableError):
        sink.player.start("f" * 32, at=0)


def test_a_folder_that_takes_no_files_ends_the_clip_with_an_error(sink: Sink) -> None:
    sink.folder.rmdir()
    sink.play()
    sink.spend(0.1)
    ended = sink.player.poll()[-1]
    assert isinstance(ended, Ended)
    assert ended.error is not None


def test_the_thread_writes_in_real_time(tmp_path: Path) -> None:
    """However late the thread comes to run, it writes everything, and nothing before its time."""
    clock = SystemClock()
    clip = make_square(tmp_path / "clip", 200)
    player = WavPlayer(tmp_path / "played", clock).run()
    player.preload(clip, make_item())
    asked = clock.monotonic()
    player.start(make_item().id, at=asked + 0.1)
    events: list[PlayerEvent] = []
    ahead_ms: list[float] = []
    while not any(isinstance(event, Ended) for event in events) and clock.monotonic() < asked + PATIENCE_S:
        position = player.position()
        ahead_ms.append(position - 1000 * max(0.0, clock.monotonic() - asked - 0.1))
        clock.wait(threading.Event(), 0.01)
        events.extend(player.poll())
    player.close()
    assert [type(event) for event in events] == [Begun, Ended]
    assert max(ahead_ms) < 1
    assert read_samples(tmp_path / "played") == [[LOUD] * (200 * MS)]
