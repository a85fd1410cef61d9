"""The page of voices and their samples."""

from __future__ import annotations

from audio import rendering
from audio.composing import ClipFacts
from tests.web.hall import CLIP_MS, NOW, SOUND, Browser, Hall, sound_hash

PAGE = "/office/giong-doc"


def speak_sample(hall: Hall, voice: str) -> None:
    """Do the worker's part for the sample that was asked for."""
    with hall.house.database.writing() as session:
        lease = rendering.lease_next(session, "may-thu:1", NOW)
        assert lease is not None
        assert lease.recipe.voices == (voice,)
        facts = ClipFacts(hall.house.library.put(SOUND), len(SOUND), CLIP_MS, "audio/mpeg", voice, 0, 0)
        rendering.finish(session, lease, facts, NOW)


def test_voices_stand_in_the_order_they_are_tried(hall: Hall, writer: Browser) -> None:
    words = writer.see(PAGE).words
    assert words.index("Google") < words.index("eSpeak NG")
    assert "ở lại máy này, không gửi đi đâu" in words
    assert "GPL-3.0-or-later" in words


def test_a_sample_is_asked_for_made_and_heard(hall: Hall, writer: Browser) -> None:
    assert writer.send(PAGE, f"{PAGE}/espeak/thu").location == f"{PAGE}#giong-espeak"
    assert "Chờ dựng tiếng" in writer.see(f"{PAGE}/danh-sach").words
    speak_sample(hall, "espeak")
    answer = writer.get(f"{PAGE}/espeak/{sound_hash()}.mp3")
    assert answer.data == SOUND
    answer.close()
    assert "08:00, Thứ Hai 23/11" in writer.see(PAGE).words


def test_only_a_voices_own_sample_is_served(hall: Hall, writer: Browser) -> None:
    hall.bulletin("rendered")
    assert writer.get(f"{PAGE}/espeak/{sound_hash()}.mp3").status_code == 404
    assert writer.post(f"{PAGE}/ai/thu").status_code == 422


def test_the_page_is_the_desks(hall: Hall) -> None:
    operator = hall.browser("oanh")
    assert operator.get(PAGE).status_code == 403
    assert operator.post(f"{PAGE}/espeak/thu").status_code == 403
