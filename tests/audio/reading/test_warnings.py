"""What the editor is asked to look at."""

from __future__ import annotations

import pytest

from audio.reading import read


def _codes(text: str) -> list[tuple[str, str]]:
    return [(warning.code, warning.written) for warning in read(text).warnings]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hôm nay trời đẹp.", []),
        ("", [("empty", "")]),
        ("!?", [("empty", "!?")]),
        ("theo chuẩn XQZT", [("unknown_abbreviation", "XQZT")]),
        ("họp tại TT", [("ambiguous", "TT")]),
        ("Phân đấu đạt 90%", [("ocr_slip", "Phân đấu")]),
        ("giá hàng nhập\n\nkhấu", [("ocr_slip", "nhập\n\nkhấu")]),
        ("thưcj hiện", [("ocr_slip", "thưcj")]),
        ("gặp bà Hoa, 0912 111 222", [("personal_data", "0912 111 222")]),
        ("đường dây nóng 0912 111 222", []),
        ("CCCD số 001085012345", [("personal_data", "001085012345")]),
        ("xe 29A-123.45", [("personal_data", "29A-123.45")]),
        ("hoa@gmail.com", [("personal_data", "hoa@gmail.com")]),
        ("phuong@hanoi.gov.vn", []),
        ("chào 你好 bà con", [("other_script", "你好")]),
        ("Bế mạc 🎉🎉 lúc 9h", [("other_script", "🎉🎉")]),
        ("\x00\x01\ufffd họp", [("unreadable", "\x00\x01\ufffd")]),
        ("\ufffd", [("unreadable", "\ufffd"), ("empty", "\ufffd")]),
        ("Mời TT xã", [("ambiguous", "TT")]),
        ("Thông tư mới; TT Kim Bài", [("ambiguous", "TT")]),
        ("Họp tại TTYT. TT Kim Bài", [("ambiguous", "TT")]),
        ("UBND TT Kim Bài", [("ambiguous", "TT")]),
        ("trung tâm y tế, TT huyện", []),
        ("Москва", [("other_script", "Москва"), ("empty", "Москва")]),
    ],
)
def test_warnings(text: str, found: list[tuple[str, str]]) -> None:
    assert _codes(text) == found


def test_an_ambiguous_abbreviation_names_its_ways() -> None:
    (warning,) = read("họp tại TT").warnings
    assert warning.choices[0] == "trung tâm"
    assert "thị trấn" in warning.choices
    assert (warning.message, warning.params) == ("reading.ambiguous", (("written", "TT"),))


def test_a_known_slip_names_what_was_meant_in_its_own_case() -> None:
    (warning,) = read("Phân đấu").warnings
    assert warning.choices == ("Phấn đấu",)


def test_offsets_count_code_points_of_the_text_as_given() -> None:
    text = "Bà con gọi e\u0302m 🙂 theo chuẩn XQZT"
    assert [text[warning.start : warning.end] for warning in read(text).warnings] == ["🙂", "XQZT"]
