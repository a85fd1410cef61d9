"""What came back from Google, looked at closely."""

from __future__ import annotations

import base64

import pytest

from audio.pcm import Pcm
from audio.voices.google_answer import AnswerError, Fault, check_status, sound_of
from audio.voices.mp3_frames import walk
from tests.audio.google_server import envelope

TEXT = "Uỷ ban nhân dân phường thông báo."


def fault_of(body: bytes, text: str = TEXT) -> Fault:
    with pytest.raises(AnswerError) as raised:
        sound_of(body, text)
    return raised.value.fault


def test_sound_is_taken_out(sound: bytes) -> None:
    assert sound_of(envelope(sound), TEXT) == sound


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", Fault.NOT_SOUND),
        (b"<html></html>", Fault.NOT_SOUND),
        (envelope(None), Fault.NO_SOUND),
        (envelope(b"<html>no sound at all</html>"), Fault.NOT_SOUND),
        (b'["wrb.fr","jQ1olc","[\\"' + base64.b64encode(b"x" * 30)[:-3] + b'\\"]"', Fault.TRUNCATED),
    ],
)
def test_what_is_no_sound_is_named(body: bytes, fault: Fault) -> None:
    assert fault_of(body) == fault


@pytest.mark.parametrize("cut", [100, 500, 1001, 5000, -1])
def test_a_cut_sound_is_noticed(sound: bytes, cut: int) -> None:
    assert fault_of(envelope(sound[:cut])) in {Fault.TRUNCATED, Fault.NOT_SOUND}


def test_a_sound_too_short_for_its_words_is_noticed(sound: bytes) -> None:
    assert fault_of(envelope(sound), " ".join(["phường"] * 60)) == Fault.TRUNCATED


def test_frames_are_walked_over_tags(mp3: bytes, speech: Pcm) -> None:
    seen = walk(mp3 + b"TAG" + bytes(125))
    assert seen.whole
    assert seen.length_ms == pytest.approx(speech.duration_ms, rel=0.25)


@pytest.mark.parametrize(
    "data", [b"", b"ID3", b"\xff", b"\xff\xfb\xff\xff" * 9, bytes(500), b"ID3\4\0\0\x7f\x7f\x7f\x7f"]
)
def test_what_is_no_mp3_is_not_whole(data: bytes) -> None:
    assert not walk(data).whole


@pytest.mark.parametrize(
    ("status", "fault"),
    [(429, Fault.THROTTLED), (403, Fault.REFUSED), (503, Fault.REFUSED), (204, Fault.REFUSED)],
)
def test_statuses_are_faults(status: int, fault: Fault) -> None:
    with pytest.raises(AnswerError) as raised:
        check_status(status)
    assert (raised.value.fault, raised.value.retry_after_s) == (fault, 0)


@pytest.mark.parametrize(
    ("retry_after", "date", "seconds"),
    [
        ("120", None, 120),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:18:00 GMT", 600),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 09:00:00 GMT", 0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None, 0),
        ("soon", None, 0),
        ("-5", "yesterday", 0),
    ],
)
def test_how_long_to_stay_away_is_a_number_or_an_instant(
    retry_after: str, date: str | None, seconds: int
) -> None:
    with pytest.raises(AnswerError) as raised:
        check_status(429, retry_after, date)
    assert raised.value.retry_after_s == seconds
