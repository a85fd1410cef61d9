"""What can happen on the way to Google, each over real HTTP and with a real child."""

from __future__ import annotations

import datetime as dt
import os
import re
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from audio.composing import render
from audio.library import Library
from audio.pcm import Pcm
from audio.recipe import Recipe
from audio.voices.asking import Asking, asking
from audio.voices.breaker import Breaker
from audio.voices.espeak import EspeakVoice
from audio.voices.gtts import THROTTLED_PAUSE_S, TRIES, GttsVoice, Manner
from audio.voices.registry import Voices
from content.clock import SteppedClock, SystemClock
from content.errors import ConflictError, UnavailableError
from tests.audio.conftest import START
from tests.audio.google_server import GoogleServer, google

TEXT = "Uỷ ban nhân dân phường thông báo."


@pytest.mark.parametrize(
    ("mode", "asked"),
    [
        ("429", 1),
        ("403", 1),
        ("302", 1),
        ("html", 1),
        ("notmp3", 1),
        ("503", TRIES),
        ("reset", TRIES),
        ("noaudio", TRIES),
        ("truncated", TRIES),
    ],
)
def test_only_what_may_pass_is_asked_again(
    voice: GttsVoice, server: GoogleServer, mode: str, asked: int
) -> None:
    server.mode = mode
    with pytest.raises(UnavailableError):
        voice.speak(TEXT, limit_s=20)
    assert len(server.asked) == asked


def test_a_wish_to_be_left_alone_is_heard(
    voice: GttsVoice, server: GoogleServer, clock: SteppedClock
) -> None:
    server.mode, server.retry_after = "503", "1200"
    with pytest.raises(UnavailableError):
        voice.speak(TEXT, limit_s=20)
    assert (len(server.asked), voice.availability().until) == (1, clock.now() + dt.timedelta(seconds=1200))


@pytest.mark.parametrize("mode", ["503", "reset", "noaudio", "truncated"])
def test_what_passes_is_not_noticed_by_who_listens(voice: GttsVoice, server: GoogleServer, mode: str) -> None:
    server.mode, server.then = mode, "ok"
    assert voice.speak(TEXT, limit_s=20).samples
    assert voice.availability().can_speak


def test_a_child_killed_while_it_asks_is_replaced(voice: GttsVoice, server: GoogleServer) -> None:
    server.mode, server.then = "hang", "ok"
    with ThreadPoolExecutor(1) as pool:
        heard = pool.submit(voice.speak, TEXT, limit_s=20)
        assert server.arrived.acquire(timeout=20)
        for child in children_of_this_process("audio.voices.gtts_child"):
            os.kill(child, signal.SIGKILL)
        assert heard.result().samples


def children_of_this_process(module: str) -> list[int]:
    """Return the ids of the processes that this one has started with `python -m module`."""
    told = Path("/proc/self/task").glob("*/children")
    found = [int(number) for file in told for number in file.read_text("ascii").split()]
    return [number for number in found if module in Path(f"/proc/{number}/cmdline").read_text("utf-8")]


@pytest.mark.parametrize("mode", ["hang", "stall"])
def test_silence_on_the_wire_ends_with_the_total_limit(
    server: GoogleServer, tmp_path: Path, mode: str
) -> None:
    server.mode = mode
    clock = SystemClock()
    voice, start = GttsVoice(clock, tmp_path, Manner(url=server.url, total_limit_s=1)), clock.monotonic()
    with pytest.raises(UnavailableError, match="không tới được"):
        voice.speak(TEXT, limit_s=30)
    assert clock.monotonic() - start < 10


def test_a_dead_name_is_told_in_time(tmp_path: Path) -> None:
    clock = SystemClock()
    manner = Manner(url="https://khong-co.invalid", total_limit_s=4)
    voice, start = GttsVoice(clock, tmp_path, manner), clock.monotonic()
    with pytest.raises(UnavailableError, match="không tới được"):
        voice.speak(TEXT, limit_s=30)
    assert clock.monotonic() - start < 10


def test_a_server_whose_certificate_nobody_vouches_for_hears_no_word(
    sound: bytes, certificate: Path, clock: SteppedClock, tmp_path: Path
) -> None:
    with google(sound, certificate) as server:
        voice = GttsVoice(clock, tmp_path, Manner(url=server.url))
        with pytest.raises(UnavailableError, match="chứng chỉ TLS"):
            voice.speak(TEXT, limit_s=20)
    assert (server.asked, voice.availability().can_speak) == ([], False)


def test_a_server_that_is_vouched_for_is_asked(
    sound: bytes, certificate: Path, clock: SteppedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with google(sound, certificate) as server:
        assert GttsVoice(clock, tmp_path, Manner(url=server.url)).speak(TEXT, limit_s=20).samples


def test_a_minute_of_429_is_one_question_and_then_the_voice_is_back(
    voice: GttsVoice, server: GoogleServer, clock: SteppedClock
) -> None:
    server.mode = "429"
    for _ in range(6):
        with pytest.raises(UnavailableError, match="429"):
            voice.speak(TEXT, limit_s=20)
        clock.advance(10)
    server.mode = "ok"
    clock.advance(THROTTLED_PAUSE_S)
    assert voice.speak(TEXT, limit_s=20).samples
    assert (len(server.asked), voice.availability().why) == (2, "")


def test_a_rest_says_why_and_until_when(voice: GttsVoice, server: GoogleServer, clock: SteppedClock) -> None:
    server.mode, server.retry_after = "429", "900"
    with pytest.raises(UnavailableError):
        voice.speak(TEXT, limit_s=20)
    available = voice.availability()
    assert available.until == START + dt.timedelta(seconds=900)
    assert "429" in available.why


def test_after_a_rest_one_asks_and_the_others_wait_for_what_becomes_of_it(
    server: GoogleServer, tmp_path: Path
) -> None:
    Breaker(tmp_path / "gtts.json", SteppedClock(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))).trip("đã lâu")
    server.mode = "403"
    server.gate.clear()
    with ThreadPoolExecutor(4) as pool:
        voices = [GttsVoice(SystemClock(), tmp_path, Manner(url=server.url)) for _ in range(4)]
        spoken = [pool.submit(voice.speak, TEXT, limit_s=20) for voice in voices]
        assert server.arrived.acquire(timeout=20)
        server.gate.set()
    told = [str(one.exception()) for one in spoken]
    assert (len(server.asked), ["403" in why for why in told]) == (1, [True] * 4)


def fail_at(voice: GttsVoice, *texts: str) -> None:
    for text in texts:
        with pytest.raises(UnavailableError):
            voice.speak(text, limit_s=20)


@pytest.mark.parametrize("mode", ["noaudio", "truncated"])
def test_several_sentences_without_sound_in_a_row_are_no_matter_of_the_sentences(
    voice: GttsVoice, server: GoogleServer, clock: SteppedClock, mode: str
) -> None:
    server.mode = mode
    fail_at(voice, "Câu một.", "Câu một.", "Câu hai.")
    assert voice.availability().can_speak
    fail_at(voice, "Câu ba.")
    available = voice.availability()
    assert (available.can_speak, available.until) == (False, clock.now() + dt.timedelta(seconds=60))
    clock.advance(61)
    fail_at(voice, "Câu một.")
    assert voice.availability().until == clock.now() + dt.timedelta(seconds=120)


def test_a_success_between_ends_the_row(voice: GttsVoice, server: GoogleServer) -> None:
    server.mode = "noaudio"
    fail_at(voice, "Câu một.", "Câu hai.")
    server.mode = "ok"
    voice.speak("Câu ba.", limit_s=20)
    assert voice.availability().failed_at is None
    server.mode = "noaudio"
    fail_at(voice, "Câu bốn.", "Câu năm.")
    assert voice.availability().can_speak


def test_what_failed_last_is_told(voice: GttsVoice, server: GoogleServer, clock: SteppedClock) -> None:
    server.mode = "noaudio"
    fail_at(voice, TEXT)
    available = voice.availability()
    assert (available.failed_at, available.why) == (clock.now(), "")
    assert "không có tiếng" in available.failed_why


def test_when_nobody_waits_any_more_it_is_not_asked_again(voice: GttsVoice, server: GoogleServer) -> None:
    server.mode = "503"
    server.gate.clear()
    one = Asking()

    def speak() -> Pcm:
        with asking(one):
            return voice.speak(TEXT, limit_s=20)

    with ThreadPoolExecutor(1) as pool:
        heard = pool.submit(speak)
        assert server.arrived.acquire(timeout=20)
        one.ended.set()
        server.gate.set()
        assert isinstance(heard.exception(), ConflictError)
    assert len(server.asked) == 1


def test_words_that_may_not_go_out_any_more_are_asked_for_no_further(
    voice: GttsVoice, server: GoogleServer
) -> None:
    def check() -> None:
        if server.asked:
            raise ConflictError("Văn bản đã thành nội bộ.")

    with asking(Asking(check)), pytest.raises(ConflictError):
        voice.speak(", ".join([TEXT] * 8), limit_s=20)
    assert len(server.asked) == 1


def test_it_is_honest_about_what_is_known(voice: GttsVoice, clock: SteppedClock) -> None:
    assert voice.availability().why == "chưa thử lần nào trên máy này"
    voice.speak(TEXT, limit_s=20)
    assert voice.availability().last_spoke_at == clock.now()


@pytest.mark.parametrize(
    "mode", ["429", "503", "reset", "html", "noaudio", "truncated", "hang", "stall", "dns", "tls"]
)
def test_whatever_happens_the_bulletin_is_spoken_and_says_by_whom(
    sound: bytes, server: GoogleServer, certificate: Path, library: Library, tmp_path: Path, mode: str
) -> None:
    with google(sound, certificate) as shielded:
        server.mode = mode
        url = {"dns": "https://khong-co.invalid", "tls": shielded.url}.get(mode, server.url)
        far = GttsVoice(SystemClock(), tmp_path, Manner(url=url, total_limit_s=1))
        recipe = Recipe.of("Xin chào.", title="Thử", programme=None, voices=("gtts", "espeak"))
        facts = render(recipe, Voices([far, EspeakVoice()]), library, lambda *_: None)
    assert (recipe.voices[0], facts.voice) == ("gtts", "espeak")
    assert not re.search(r"gtts|[Gg]iọng|\.$", facts.why_fallback or "")
