"""Google's voice against a server that speaks its protocol, faults and all."""

from __future__ import annotations

import base64
import re
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from audio.composing import compose, render
from audio.library import Library
from audio.pcm import Pcm
from audio.pcm_cache import PcmCache
from audio.recipe import Recipe
from audio.voices.gtts import AT_A_TIME, PART_LIMIT, PAUSE_MS, THROTTLED_PAUSE_S, GttsVoice, Manner
from audio.voices.registry import Voices
from content.clock import SteppedClock, SystemClock
from content.errors import ConfigurationError, UnavailableError
from tests.audio.conftest import START
from tests.audio.google_server import GoogleServer, envelope

TEXT = "Uỷ ban nhân dân phường thông báo."
LONG = ", ".join(["phường thông báo lịch tiêm chủng cho trẻ nhỏ dưới sáu tuổi"] * 4)


def test_what_google_says_is_heard(voice: GttsVoice, speech: Pcm) -> None:
    heard = voice.speak(TEXT, limit_s=20)
    assert heard.rate == 24_000
    assert abs(heard.duration_ms - speech.duration_ms) < 120


def test_google_is_asked_in_vietnamese_and_nfc(voice: GttsVoice, server: GoogleServer) -> None:
    voice.speak(unicodedata.normalize("NFD", TEXT), limit_s=20)
    assert server.asked == [[TEXT, "vi", None, "null"]]


def test_a_long_sentence_is_asked_part_by_part(voice: GttsVoice, server: GoogleServer, speech: Pcm) -> None:
    heard = voice.speak(LONG, limit_s=20)
    assert len(server.asked) > 1
    assert heard.duration_ms > speech.duration_ms * (len(server.asked) - 0.5)


def test_a_long_sentence_is_cut_at_its_marks(voice: GttsVoice, server: GoogleServer) -> None:
    voice.speak(LONG, limit_s=20)
    asked = [one[0] for one in server.asked]
    assert max(map(len, asked)) <= PART_LIMIT
    assert [part[-1] for part in asked[:-1]] == [","] * (len(asked) - 1)


def test_between_two_requests_is_a_pause(voice: GttsVoice, server: GoogleServer, clock: SteppedClock) -> None:
    voice.speak(LONG, limit_s=20)
    voice.speak(TEXT, limit_s=20)
    assert clock.now() - START == timedelta(milliseconds=PAUSE_MS * (len(server.asked) - 1))


def test_an_edited_sentence_is_one_request(
    voice: GttsVoice, server: GoogleServer, library: Library, tmp_path: Path
) -> None:
    def ask(text: str) -> int:
        before = len(server.asked)
        recipe = Recipe.of(text, title="Thử", programme=None, voices=("gtts",))
        render(recipe, Voices([voice]), library, lambda *_: None, cache=PcmCache(tmp_path))
        return len(server.asked) - before

    first = "Kính thưa bà con. Sáng mai phường họp. Xin mời bà con tới dự."
    assert [ask(first), ask(first), ask(first.replace("mai", "kia"))] == [3, 0, 1]


def test_a_sentence_that_stands_there_often_is_asked_once(
    voice: GttsVoice, server: GoogleServer, library: Library
) -> None:
    recipe = Recipe.of("Chú ý. " * 5 + "Hết.", title="Thử", programme=None, voices=("gtts",))
    facts = render(recipe, Voices([voice]), library, lambda *_: None)
    assert sorted(one[0] for one in server.asked) == ["Chú ý.", "Hết."]
    assert (len(facts.timing), facts.spoken, facts.cached) == (6, 2, 4)


def test_two_workers_ask_once_for_a_sentence_they_share(server: GoogleServer, tmp_path: Path) -> None:
    def work(number: int) -> object:
        voice = GttsVoice(SystemClock(), tmp_path / "voices", Manner(url=server.url))
        words = f"Câu chung của hai bản tin. Câu riêng số {number}."
        recipe = Recipe.of(words, title="Thử", programme=None, voices=("gtts",))
        return compose(recipe, Voices([voice]), lambda *_: None, cache=PcmCache(tmp_path))

    server.gate.clear()
    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(work, number) for number in (1, 2)]
        assert server.arrived.acquire(timeout=20)
        server.gate.set()
        assert all(one.result() for one in made)
    assert len(server.asked) == len({one[0] for one in server.asked}) == 3


@pytest.mark.parametrize(
    ("mode", "told", "opens"),
    [
        ("noaudio", "không có tiếng", False),
        ("truncated", "cắt cụt", False),
        ("half", "cắt cụt", False),
        ("html", "không phải âm thanh", True),
        ("notmp3", "không phải âm thanh", True),
        ("reset", "không tới được", True),
        ("429", "429", True),
        ("503", "503", True),
        ("302", "302", True),
    ],
)
def test_a_bad_answer_is_told_and_google_left_alone(
    voice: GttsVoice, server: GoogleServer, mode: str, told: str, opens: bool
) -> None:
    server.mode = mode
    with pytest.raises(UnavailableError, match=told):
        voice.speak(TEXT, limit_s=20)
    assert voice.availability().can_speak is not opens


@pytest.mark.parametrize("mode", ["noaudio", "truncated"])
def test_an_answer_without_its_sound_is_asked_for_once_more(
    voice: GttsVoice, server: GoogleServer, mode: str
) -> None:
    server.mode, server.then = mode, "ok"
    assert voice.speak(TEXT, limit_s=20).samples
    assert len(server.asked) == 2


def test_a_server_that_hangs_is_given_up_in_time(server: GoogleServer, tmp_path: Path) -> None:
    server.mode = "hang"
    clock = SystemClock()
    voice, start = GttsVoice(clock, tmp_path, Manner(url=server.url)), clock.monotonic()
    with pytest.raises(UnavailableError):
        voice.speak(TEXT, limit_s=1.5)
    assert clock.monotonic() - start < 10


def test_nobody_there_is_told(clock: SteppedClock, tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="không tới được"):
        GttsVoice(clock, tmp_path, Manner(url="http://127.0.0.1:9")).speak(TEXT, limit_s=20)


def test_an_open_breaker_asks_nobody_and_closes_with_time(
    voice: GttsVoice, server: GoogleServer, clock: SteppedClock
) -> None:
    server.mode = "429"
    for _ in range(2):
        with pytest.raises(UnavailableError):
            voice.speak(TEXT, limit_s=20)
    assert len(server.asked) == 1
    clock.advance(THROTTLED_PAUSE_S + 1)
    server.mode = "ok"
    assert voice.speak(TEXT, limit_s=20).samples


def test_google_may_ask_for_a_longer_pause(
    voice: GttsVoice, server: GoogleServer, clock: SteppedClock
) -> None:
    server.mode, server.retry_after = "429", "600"
    with pytest.raises(UnavailableError):
        voice.speak(TEXT, limit_s=20)
    clock.advance(590)
    assert not voice.availability().can_speak


def test_the_breaker_is_shared_among_workers(
    voice: GttsVoice, server: GoogleServer, clock: SteppedClock, tmp_path: Path
) -> None:
    server.mode = "503"
    with pytest.raises(UnavailableError):
        voice.speak(TEXT, limit_s=20)
    assert not GttsVoice(clock, tmp_path / "voices", Manner(url=server.url)).availability().can_speak


def test_no_more_than_two_ask_at_once(server: GoogleServer, tmp_path: Path) -> None:
    voices = [GttsVoice(SystemClock(), tmp_path, Manner(url=server.url)) for _ in range(4)]
    threads = [threading.Thread(target=voice.speak, args=(TEXT,), kwargs={"limit_s": 25}) for voice in voices]
    server.gate.clear()
    for thread in threads:
        thread.start()
    for _ in range(AT_A_TIME):
        assert server.arrived.acquire(timeout=20)
    server.gate.set()
    for thread in threads:
        thread.join()
    assert (len(server.asked), server.most_at_once) == (len(threads), AT_A_TIME)


@pytest.mark.parametrize("tld", ["evil.example/", "vn", ""])
def test_only_known_domains_are_asked(clock: SteppedClock, tmp_path: Path, tld: str) -> None:
    with pytest.raises(ConfigurationError):
        GttsVoice(clock, tmp_path, Manner(tld=tld))


@pytest.mark.parametrize("url", ["http://10.0.0.7", "ftp://127.0.0.1", "file:///etc/passwd"])
def test_plain_http_goes_to_this_machine_only(clock: SteppedClock, tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError):
        GttsVoice(clock, tmp_path, Manner(url=url))


def test_the_servers_envelope_is_the_one_gtts_reads(sound: bytes) -> None:
    """The fake is only worth something as long as gTTS itself understands it."""
    found = re.search(r'jQ1olc","\[\\"(.*)\\"]', envelope(sound).decode())
    assert found
    assert base64.b64decode(found.group(1)) == sound
