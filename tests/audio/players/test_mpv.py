"""The real mpv: into nothing at the speed of a sound card, and once into PulseAudio's null sink."""

from __future__ import annotations

import math
import os
import signal
import struct
import subprocess
import sys
import threading
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from audio.players.base import Begun, Ended, Mended, PlayerEvent
from audio.players.decoding import RATE
from audio.players.ipc import Mpv, StuckError
from audio.players.mpv import MpvPlayer
from audio.players.runs import Cue
from content.clock import SystemClock
from content.errors import CorruptError, UnavailableError
from tests.audio.players.loudspeaker import DEVICE, Recording, null_sink
from tests.audio.players.radio import radio
from tests.audio.players.test_wav import make_item

CLOCK = SystemClock()
NOBODY = threading.Event()


def make_tone(path: Path, ms: int) -> Path:
    """Write a clip of a tone that is loud from its first samples on."""
    second = b"".join(struct.pack("<h", round(16_000 * math.sin(index / 8 + 1))) for index in range(RATE))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((second * (ms // 1000 + 1))[: ms * RATE // 1000 * 2])
    return path


class Speaker:
    """An mpv player and all that it told."""

    def __init__(self, folder: Path, *, device: str = "null", silence: float = 10.0) -> None:
        self.player = MpvPlayer(CLOCK, device=device, silence=silence)
        self.clip, self.long = folder / "clip", folder / "long"
        make_tone(self.clip, 600)
        make_tone(self.long, 20_000)
        self.events: list[PlayerEvent] = []

    def start(
        self, number: int = 1, *, ms: int = 600, after: float = 0.2, until: float | None = None
    ) -> float:
        """Make a clip ready and start it; return its instant."""
        item = make_item(number, ms=ms)
        self.player.preload(self.clip if ms == 600 else self.long, item)
        at = CLOCK.monotonic() + after
        self.player.start(item.id, at=at, until=None if until is None else at + until)
        return at

    def wait(self, wanted: Callable[[], object], *, seconds: float = 15) -> None:
        """Wait until `wanted()` holds, taking in what the player tells."""
        end = CLOCK.monotonic() + seconds
        while not wanted():
            assert CLOCK.monotonic() < end, self.events
            CLOCK.wait(NOBODY, 0.02)
            self.events += self.player.poll()

    def told(self, kind: type[PlayerEvent], number: int = 1) -> list[PlayerEvent]:
        """Return the events of a kind about an airing."""
        return [
            event for event in self.events if isinstance(event, kind) and event.airing == make_item(number).id
        ]

    def wait_for(self, kind: type[PlayerEvent], number: int = 1) -> PlayerEvent:
        """Wait for an event of a kind about an airing."""
        self.wait(lambda: self.told(kind, number))
        return self.told(kind, number)[-1]


@pytest.fixture
def speaker(tmp_path: Path) -> Iterator[Speaker]:
    """Return a player that sounds into nothing."""
    speaker = Speaker(tmp_path, silence=1.0)
    yield speaker
    speaker.player.close()


def sounded(speaker: Speaker, number: int) -> float:
    """Sound a clip, which tells its whole length; return by how many seconds it began beside its instant."""
    at = speaker.start(number)
    begun, ended = speaker.wait_for(Begun, number), speaker.wait_for(Ended, number)
    assert isinstance(begun, Begun)
    assert ended == Ended(make_item(number).id, 600)
    return abs(begun.at - at)


def test_it_begins_at_its_instant_and_tells_its_whole_length(speaker: Speaker) -> None:
    """A machine that stands still delays one now and then: the median of five."""
    assert sorted(sounded(speaker, number) for number in range(1, 6))[2] < 0.3


def test_what_follows_is_told_after_the_one_before_it(speaker: Speaker) -> None:
    at = speaker.start(1)
    item = make_item(2, ms=600)
    speaker.player.preload(speaker.clip, item)
    speaker.player.start(item.id, at=at + 0.6)
    speaker.wait_for(Ended, 2)
    assert [type(event) for event in speaker.events] == [Begun, Ended, Begun, Ended]


def test_only_one_waits_to_follow(speaker: Speaker) -> None:
    speaker.start(1)
    speaker.start(2)
    with pytest.raises(UnavailableError):
        speaker.start(3)


def test_what_was_taken_back_does_not_follow(speaker: Speaker) -> None:
    speaker.start(1)
    speaker.start(2)
    speaker.player.discard(make_item(2).id)
    speaker.wait_for(Ended, 1)
    speaker.start(3, after=0)
    speaker.wait_for(Ended, 3)
    assert speaker.told(Begun, 2) == []


def test_a_player_that_dies_goes_on_from_where_it_was(speaker: Speaker) -> None:
    speaker.start(ms=20_000)
    speaker.wait(lambda: speaker.player.position() > 700)
    os.kill(speaker.player.pid or 0, signal.SIGKILL)
    mended = speaker.wait_for(Mended)
    assert isinstance(mended, Mended)
    assert 700 <= mended.at_ms < 2000
    speaker.wait(lambda: speaker.player.position() > mended.at_ms + 300)


def test_a_player_that_stands_still_is_replaced(speaker: Speaker) -> None:
    speaker.start(ms=20_000)
    speaker.wait(lambda: speaker.player.position() > 300)
    pid = speaker.player.pid or 0
    os.kill(pid, signal.SIGSTOP)
    mended = speaker.wait_for(Mended)
    assert isinstance(mended, Mended)
    assert mended.why == "mpv gave no answer"
    assert speaker.player.pid != pid


def test_what_follows_survives_the_player(speaker: Speaker) -> None:
    at = speaker.start(1, after=0.5)
    item = make_item(2, ms=600)
    speaker.player.preload(speaker.clip, item)
    speaker.player.start(item.id, at=at + 0.6)
    os.kill(speaker.player.pid or 0, signal.SIGKILL)
    assert speaker.wait_for(Ended, 2) == Ended(item.id, 600)


def test_a_pause_holds_the_position(speaker: Speaker) -> None:
    speaker.start(ms=20_000)
    speaker.wait(lambda: speaker.player.position() > 200)
    speaker.player.pause()
    held = speaker.player.position()
    CLOCK.wait(NOBODY, 0.4)
    assert speaker.player.position() == held
    speaker.player.resume()
    speaker.wait(lambda: speaker.player.position() > held + 200)


def test_stop_tells_where_and_the_next_clip_begins(speaker: Speaker) -> None:
    speaker.start(1, ms=20_000)
    speaker.wait(lambda: speaker.player.position() > 300)
    assert 300 < speaker.player.stop(make_item(1).id) < 2000
    speaker.start(2, after=0)
    speaker.wait_for(Ended, 2)
    assert speaker.told(Ended, 1) == []


def test_stopping_what_does_not_play_stops_nothing(speaker: Speaker) -> None:
    speaker.start(1, ms=20_000)
    speaker.wait(lambda: speaker.player.position() > 100)
    speaker.player.stop(make_item(2).id)
    held = speaker.player.position()
    speaker.wait(lambda: speaker.player.position() > held + 200)


def test_its_time_is_over_though_the_clip_is_not(speaker: Speaker) -> None:
    speaker.start(ms=20_000, until=0.8)
    ended = speaker.wait_for(Ended)
    assert isinstance(ended, Ended)
    assert ended.error is None
    assert 400 < ended.heard_ms < 1300


def test_a_clip_that_gives_no_sound_is_refused(speaker: Speaker, tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    junk.write_bytes(b"\0" * 5000)
    with pytest.raises(CorruptError):
        speaker.player.preload(junk, make_item())


def test_a_stream_is_relayed_until_its_time_is_over(speaker: Speaker) -> None:
    with radio() as station:
        item = replace(make_item(ms=60_000), source=station.url, clip=None)
        speaker.player.preload(None, item)
        at = CLOCK.monotonic() + 0.5
        speaker.player.start(item.id, at=at, until=at + 2.5)
        ended = speaker.wait_for(Ended)
    assert isinstance(ended, Ended)
    assert (ended.error, len(speaker.told(Begun))) == (None, 1)
    assert ended.heard_ms > 300


def test_a_silent_stream_that_follows_is_given_its_time(speaker: Speaker) -> None:
    with radio(broken=True) as station:
        at = speaker.start(1)
        item = replace(make_item(2, ms=60_000), source=station.url, clip=None)
        speaker.player.preload(None, item)
        speaker.player.start(item.id, at=at + 0.6, until=at + 60)
        ended = speaker.wait_for(Ended, 2)
        took = CLOCK.monotonic() - at
    assert isinstance(ended, Ended)
    assert (ended.silent, took > 1.5) == (True, True)


@pytest.mark.parametrize("levers", [{"broken": True}, {"mute": True}])
def test_a_stream_that_gives_no_sound_ends_as_silent(speaker: Speaker, levers: dict[str, bool]) -> None:
    with radio(**levers) as station:
        item = replace(make_item(ms=60_000), source=station.url, clip=None)
        speaker.player.preload(None, item)
        speaker.player.start(item.id, at=CLOCK.monotonic())
        ended = speaker.wait_for(Ended)
    assert isinstance(ended, Ended)
    assert (ended.silent, speaker.told(Begun)) == (True, [])


@pytest.mark.parametrize(
    "source", [None, "file:///etc/passwd", "rtmp://x.vn/a", "http://", "https://x.vn/a\nb"]
)
def test_only_web_addresses_are_cues(source: str | None) -> None:
    with pytest.raises(CorruptError):
        Cue(replace(make_item(), source=source, clip=None), None)


def test_an_mpv_that_is_gone_is_told_at_once() -> None:
    mpv = Mpv(CLOCK, device="null", wake=lambda: None)
    os.kill(mpv.pid, signal.SIGKILL)
    with pytest.raises(StuckError):
        mpv.get("volume")
    mpv.kill()


STARTS_ONE = """
from audio.players.ipc import Mpv
from content.clock import SystemClock
mpv = Mpv(SystemClock(), device="null", wake=lambda: None)
mpv.get("volume")
print(mpv.pid, flush=True)
input()
"""


def test_mpv_ends_with_who_started_it() -> None:
    command = [sys.executable, "-c", STARTS_ONE]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        pid = int(process.stdout.readline())
        process.kill()
    end = CLOCK.monotonic() + 10
    while is_running(pid) and CLOCK.monotonic() < end:
        CLOCK.wait(NOBODY, 0.02)
    assert not is_running(pid)


def is_running(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def recorded_pair(folder: Path, server: str) -> tuple[float, Recording]:
    """Sound a clip and another after it; return when the first was to begin, and what was heard."""
    recording = Recording(server, CLOCK)
    speaker = Speaker(folder, device=DEVICE)
    at = speaker.start(1, after=1.0)
    item = make_item(2, ms=600)
    speaker.player.preload(speaker.clip, item)
    speaker.player.start(item.id, at=at + 0.6)
    speaker.wait_for(Ended, 2)
    speaker.player.close()
    recording.end()
    return at, recording


def is_on_time_and_whole(at: float, recording: Recording) -> bool:
    begins = [abs(onset - at) < 0.1 for onset in recording.onsets()] == [True]
    return begins and recording.longest_gap_ms() < 20 and abs(recording.loud_ms() - 1200) < 20


def test_at_a_sound_server_it_begins_on_time_and_the_next_has_no_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sound server without a processor leaves gaps now and then; what mpv does comes every time."""
    with null_sink(tmp_path / "pulse") as server:
        monkeypatch.setenv("PULSE_SERVER", server)
        tries = (recorded_pair(tmp_path, server) for _ in range(5))
        assert any(is_on_time_and_whole(at, recording) for at, recording in tries)
