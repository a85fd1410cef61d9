"""The lexicon as a value."""

from __future__ import annotations

import dataclasses

import pytest

from audio.reading import Lexicon, read, spoken
from audio.reading.lexicon import Choice, parse


def test_the_shipped_lexicon_is_one_value() -> None:
    assert Lexicon.shipped() is Lexicon.shipped()
    assert len(Lexicon.shipped().version) == 12


def test_it_cannot_be_changed() -> None:
    lexicon = Lexicon.shipped()
    with pytest.raises(TypeError):
        lexicon.entries["UBND"] = "khác"  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        lexicon.version = "khác"  # type: ignore[misc]


def test_extra_entries_override_and_change_the_version() -> None:
    extended = Lexicon.shipped().extended({"TDP": "tổ tự quản", "CVX": "công viên xanh"})
    assert read("TDP 5 dọn CVX", extended).spoken == "tổ tự quản năm dọn công viên xanh"
    assert extended.version != Lexicon.shipped().version
    assert spoken("TDP 5") == "tổ dân phố năm"


def test_the_same_content_has_the_same_version() -> None:
    first, second = (Lexicon.shipped().extended({"CVX": "công viên xanh"}) for _ in range(2))
    assert first.version == second.version
    assert Lexicon.shipped().extended({}).version == Lexicon.shipped().version


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("công viên (xanh)!", "công viên xanh"),
        ("a,,b", "a, b"),
        ("7 cây", "cây"),
        ("\u0065\u0302", "ê"),
        ("?", ""),
    ],
)
def test_of_an_extra_entry_only_what_can_be_said_is_kept(said: str, kept: str) -> None:
    lexicon = Lexicon.shipped().extended({"CVX": said})
    assert lexicon.entries["CVX"] == kept
    assert read("CVX", lexicon).spoken == kept


def test_a_file_may_give_several_ways_and_their_neighbours() -> None:
    rows = parse("# note\nXX\tmột\nXX\thai\tgần, đây\n")
    assert rows["XX"] == (Choice("một"), Choice("hai", ("gần", "đây")))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("BTV Đảng ủy họp", "Ban Thường vụ Đảng ủy họp"),
        ("BTV chương trình phát thanh", "biên tập viên chương trình phát thanh"),
        ("trường TH Hạ Đình", "trường tiểu học Hạ Đình"),
        ("các TH mắc bệnh", "các trường hợp mắc bệnh"),
        ("CC 5 tầng, 40 căn hộ", "chung cư năm tầng, bốn mươi căn hộ"),
        ("QL 32", "quốc lộ ba mươi hai"),
        ("tia UV cao", "tia u vê cao"),
        ("ubnd phường", "Ủy ban nhân dân phường"),
    ],
)
def test_neighbours_choose_the_way(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("lúc 7h30 sáng", "lúc bảy rưỡi sáng"),
        ("từ 7h30-8h", "từ bảy giờ ba mươi phút đến tám giờ"),
        ("Nghị định 59/2019/NĐ-CP mới", "Nghị định phòng chống tham nhũng mới"),
        ("mưa 7,5 mm", "mưa bảy phẩy năm mi li mét"),
        ("còn 7 ngày", "còn bảy cái ngày"),
        ("nhà A & nhà E", "nhà a cùng nhà e"),
        ("ubtt họp", "uỷ ban ta họp"),
        ("tổ hòa giải 5", "tổ hòa giải số năm"),
    ],
)
def test_what_people_decided_comes_before_every_rule(written: str, said: str) -> None:
    decided = {
        "7h30": "bảy rưỡi",
        "7": "bảy cái",
        "59/2019/NĐ-CP": "phòng chống tham nhũng",
        "&": "cùng",
        "UBTT": "uỷ ban ta",
        "tổ hòa giải 5": "tổ hòa giải số năm",
    }
    assert read(written, Lexicon.shipped().extended(decided)).spoken == said


def test_a_private_number_stays_private_however_it_is_said() -> None:
    lexicon = Lexicon.shipped().extended({"001085012345": "không không một"})
    reading = read("CCCD số 001085012345", lexicon)
    assert reading.spoken.endswith("số không không một")
    assert [warning.code for warning in reading.warnings] == ["personal_data"]


def test_one_extension_may_stand_on_another() -> None:
    lexicon = Lexicon.shipped().extended({"7h30": "một", "8h": "hai"}).extended({"8h": "ba"})
    assert read("7h30, 8h", lexicon).spoken == "một, ba"
