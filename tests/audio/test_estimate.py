"""The estimated length against the real voice."""

from __future__ import annotations

import pytest

from audio.composing import compose
from audio.estimate import duration_ms, piece_ms
from audio.joining import trimmed
from audio.reading import spoken
from audio.recipe import Recipe
from audio.voices.espeak import ACCENTS, AccentName, EspeakVoice
from audio.voices.registry import Voices

SENTENCES = (
    "Uỷ ban nhân dân phường thông báo lịch tiêm vắc xin cho trẻ nhỏ dưới sáu tuổi.",
    "Trạm y tế mở cửa từ bảy giờ ba mươi đến mười một giờ, sáng thứ bảy hằng tuần.",
    "Bà con tổ dân phố số năm chú ý giữ gìn vệ sinh, không đổ rác ra lòng đường.",
    "Công an phường cảnh báo thủ đoạn giả danh cán bộ ngân hàng để lừa đảo qua điện thoại.",
    "Mưa lớn kèm gió giật mạnh; nhân dân hạn chế ra đường khi không thật cần thiết.",
    "Hội phụ nữ phường tổ chức lớp dạy nấu ăn miễn phí tại nhà văn hoá.",
    "Ngày mai cắt điện từ tám giờ đến mười bảy giờ để sửa chữa đường dây.",
    "Kính mời các cụ cao tuổi đến khám mắt, đo huyết áp và nhận quà.",
    "Học sinh trường tiểu học nghỉ hai ngày vì nước ngập sân trường.",
    "Mời bà con đi bỏ phiếu đúng giờ, đúng nơi quy định!",
)


def real_ms(sentence: str, accent: AccentName) -> int:
    return trimmed(EspeakVoice(accent=accent).speak(sentence, limit_s=20)).duration_ms


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_estimated_within_a_tenth(sentence: str, accent: AccentName) -> None:
    assert piece_ms(sentence, ACCENTS[accent].name) == pytest.approx(real_ms(sentence, accent), rel=0.1)


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize(
    "words", ["Xin chào.", "Hôm nay.", "Bảy giờ.", "Mưa to.", "Cắt điện.", "Xin nhắc lại."]
)
def test_a_few_words_are_estimated_within_a_third_of_a_second(words: str, accent: AccentName) -> None:
    assert piece_ms(words, ACCENTS[accent].name) == pytest.approx(real_ms(words, accent), abs=350)


@pytest.mark.parametrize(
    ("accent", "repeat", "lead"),
    [("north", 1, None), ("north", 3, None), ("central", 2, "chime"), ("south", 1, "attention")],
)
def test_a_bulletin_is_estimated_within_a_twentieth(
    accent: AccentName, repeat: int, lead: str | None
) -> None:
    words, voice = spoken(" ".join(SENTENCES[:6])), EspeakVoice(accent=accent)
    recipe = Recipe.of(words, title="Thử", programme=None, voices=(voice.name,), repeat=repeat, lead=lead)
    real = compose(recipe, Voices([voice]), lambda *_: None).master.loudness.duration_ms
    assert duration_ms(words, repeat=repeat, lead=lead, voice=voice.name) == pytest.approx(real, rel=0.05)


def test_the_voice_that_cannot_be_measured_speaks_as_people_read() -> None:
    nine_syllables = "Mời bà con đi bỏ phiếu đúng giờ nhé"
    assert piece_ms(nine_syllables, "gtts") == pytest.approx(9 * 1000 / 5.22)
    assert duration_ms(SENTENCES[0], voice="gtts") < duration_ms(SENTENCES[0])


def test_a_voice_nobody_measured_counts_as_the_offline_one() -> None:
    assert duration_ms(SENTENCES[0], voice="piper") == pytest.approx(duration_ms(SENTENCES[0]), rel=0.01)


@pytest.mark.parametrize("nothing", ["", " ", "...", "—"])
def test_nothing_lasts_no_time(nothing: str) -> None:
    assert duration_ms(nothing) == 0
