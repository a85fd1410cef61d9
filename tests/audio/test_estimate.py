"""The estimated length against the real voice."""

from __future__ import annotations

import pytest

from audio.composing import compose
from audio.estimate import duration_ms
from audio.joining import trimmed
from audio.reading import spoken
from audio.recipe import Recipe
from audio.voices.espeak import EspeakVoice
from audio.voices.registry import Voices

SENTENCES = (
    "Uỷ ban nhân dân phường thông báo lịch tiêm vắc xin cho trẻ em dưới sáu tuổi.",
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


def real_ms(sentence: str) -> int:
    return trimmed(EspeakVoice().speak(sentence, limit_s=20)).duration_ms


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_estimated_within_a_tenth(sentence: str) -> None:
    edges_ms = 550
    assert duration_ms(sentence) - edges_ms == pytest.approx(real_ms(sentence), rel=0.1)


@pytest.mark.parametrize("repeat", [1, 2])
def test_a_bulletin_is_estimated_within_a_twentieth(repeat: int) -> None:
    words = spoken(" ".join(SENTENCES[:6]))
    recipe = Recipe.of(words, title="Thử", programme=None, voices=("espeak",), repeat=repeat)
    master = compose(recipe, Voices([EspeakVoice()]), lambda *_: None).master
    assert duration_ms(words, repeat=repeat) == pytest.approx(master.loudness.duration_ms, rel=0.05)


@pytest.mark.parametrize("nothing", ["", " ", "...", "—"])
def test_nothing_lasts_no_time(nothing: str) -> None:
    assert duration_ms(nothing) == 0
