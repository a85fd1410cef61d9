"""Sentences and breaths."""

from __future__ import annotations

import re

import pytest

from audio.reading import read, sentences
from audio.reading.breaths import LONGEST

_CLAUSE = "nhân dân trong phường tích cực tham gia giữ gìn vệ sinh"


@pytest.mark.parametrize(
    ("spoken", "pieces"),
    [
        ("", ()),
        ("Xin chào.", ("Xin chào.",)),
        ("Mời họp! Đúng giờ nhé? Vâng.", ("Mời họp!", "Đúng giờ nhé?", "Vâng.")),
        ("Thời gian: tám giờ; địa điểm: nhà văn hóa", ("Thời gian: tám giờ; địa điểm: nhà văn hóa",)),
    ],
)
def test_short_texts_are_cut_at_full_stops_only(spoken: str, pieces: tuple[str, ...]) -> None:
    assert sentences(spoken) == pieces


@pytest.mark.parametrize("joint", [", ", "; ", ": ", " và ", " "])
def test_no_piece_is_longer_than_a_breath(joint: str) -> None:
    spoken = joint.join([_CLAUSE] * 12) + "."
    pieces = sentences(spoken)
    assert " ".join(pieces) == spoken
    assert all(len(piece.split()) <= LONGEST for piece in pieces)


def test_a_long_sentence_is_cut_at_its_clause_marks() -> None:
    spoken = ", ".join([_CLAUSE] * 4) + "."
    assert all(piece.endswith((",", ".")) for piece in sentences(spoken))


@pytest.mark.parametrize(
    ("spoken", "first_ends"),
    [
        (
            "Ủy ban nhân dân phường thông báo lịch trực hè như sau: tổ một trực sáng thứ hai và chiều "
            "thứ năm hằng tuần tại nhà văn hóa, tổ hai trực chiều thứ ba và sáng thứ sáu hằng tuần tại "
            "trụ sở phường.",
            "như sau:",
        ),
        (
            "Công an phường đề nghị bà con các tổ dân phố trên địa bàn nâng cao ý thức phòng, chống cháy "
            "nổ trong mùa khô này, kiểm tra lại toàn bộ dây điện, bếp ga và lối thoát nạn của gia đình "
            "mình.",
            "mùa khô này,",
        ),
        (
            "Nhà trường tổ chức cho học sinh các khối lớp ba, bốn tham gia ngày hội đọc sách tại thư "
            "viện thành phố vào sáng thứ bảy tuần này, đề nghị phụ huynh chuẩn bị cho các em mũ, áo mưa "
            "và nước uống.",
            "thứ bảy tuần này,",
        ),
        (
            "Hồ sơ của các hộ kinh doanh chưa hoàn thành thủ tục đăng ký với cơ quan thuế trong thời hạn "
            "quy định của năm nay phải được bổ sung đầy đủ giấy tờ gửi về bộ phận một cửa của Ủy ban "
            "nhân dân phường.",
            "với cơ quan thuế",
        ),
        (
            "Bà con chú ý cho trẻ em, người già, người có bệnh nền uống đủ nước, ăn thức ăn nấu chín, "
            "rửa tay bằng xà phòng, mặc đủ ấm, đeo khẩu trang khi ra ngoài đường và khám ngay khi sốt.",
            "nấu chín,",
        ),
    ],
)
def test_a_breath_is_drawn_where_a_speaker_would(spoken: str, first_ends: str) -> None:
    assert sentences(spoken)[0].endswith(first_ends)


def test_no_crumb_of_a_long_sentence_is_left_over() -> None:
    spoken = " ".join(["bà con"] * 11) + ", " + " ".join(["cùng làm"] * 6) + ", xin cảm ơn."
    assert sentences(spoken)[-1].startswith("cùng làm")


def test_a_reading_gives_the_offsets_of_its_sentences() -> None:
    reading = read("Họp lúc 8h. Mời bà con!")
    assert [reading.spoken[start:end] for start, end in reading.sentences] == [
        "Họp lúc tám giờ.",
        "Mời bà con!",
    ]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("bà con " * 16 + "và " + "cùng làm " * 8, "và"),
        ("bà con " * 16 + "để " + "cùng làm " * 8, "để"),
        ("bà con " * 16 + "tại " + "cùng làm " * 8, "tại"),
        ("bà con " * 16 + "theo " + "cùng làm " * 8, "theo"),
    ],
)
def test_a_stretch_without_a_mark_gets_a_comma_where_one_breathes(written: str, said: str) -> None:
    assert f", {said} cùng" in read(written).spoken


@pytest.mark.parametrize("written", ["bà con " * 60, "số " + "7" * 51, "A" * 80, "1234567 " * 20])
def test_no_stretch_without_a_mark_is_longer_than_a_breath(written: str) -> None:
    stretches = re.split("[.,;:?!]", read(written).spoken)
    assert max(len(stretch.split()) for stretch in stretches) <= LONGEST


def test_a_comma_parts_no_number_and_no_two_ends() -> None:
    text = "Căn cứ Luật Tổ chức chính quyền xã phường số 72/2025/QH15 giữa nhà và trường ngày 16/6/2025 mới"
    assert read(text).spoken.count(",") == 1
    assert "Quốc hội khóa mười lăm" in read(text).spoken
