"""What holds for every text, whatever it is."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from audio.reading import Reading, read, sentences, spoken
from audio.reading.alphabet import LETTERS
from audio.reading.breaths import LONGEST

_ALLOWED = re.compile(f"[{LETTERS} .,;:?!]*")
_ANY_MARK = re.compile("[.,;:?!]")
_DOUBLED = re.compile(r"[.,;:?!]\s*[.,;:?!]|  |\s[.,;:?!]")
_PIECES = st.sampled_from(
    [
        "UBND",
        "HĐND",
        "TP.",
        "P.",
        "Q.",
        "đ/c",
        "v/v",
        "VNeID",
        "COVID-19",
        "khóa",
        "XVI",
        "IV.",
        "I.",
        "a)",
        "(5)",
        "1.",
        "21-KH/BTGTU",
        "45/QĐ-UBND",
        "19h30",
        "7h-11h",
        "8/3",
        "09/6/2021",
        "20-25/11",
        "2021-2025",
        "7,5-8,0%",
        "1.021",
        "05",
        "50k",
        "5ha",
        "m²/người",
        "100mm/2h",
        "-2°C",
        "30F-678.90",
        "024.3858.1234",
        "115",
        "gọi",
        "số",
        "hanoi.gov.vn",
        "a@b.vn",
        "KÍNH",
        "MỜI",
        "ĐẢNG",
        "ỦY",
        "TƯ",
        "*",
        "**",
        "_",
        "#",
        "-",
        "–",
        "/",
        "\\",
        "|",
        "$",
        "%",
        "&",
        "+",
        "=",
        "@",
        "(",
        ")",
        "[",
        "]",
        "“",
        "”",
        "...",
        "…",
        "\n",
        "\n\n",
        ".",
        ",",
        ";",
        ":",
        "?",
        "!",
        "ngày",
        "tháng",
        "giờ",
        "đến",
        "tỷ",
        "số",
        "ngõ",
        "I",
        "V",
        "X",
        "b",
        "đ",
        "ế",
        "́",
        "\u200b",
        "中",
        "🙂",
        "Ы",
        "½",
        "²",
        "°",
        "<",
        ">",
        "~",
        "'",
        '"',
        "1/2",
        "3G",
        "triệu đồng",
        "tỷ",
        "nghìn",
        "100",
        "8-9",
        "30/4",
        "cấp",
        "ô.",
        "của",
        "b.",
        "Lan",
        "V.I.",
        "*101#",
        "5^2",
        '55"',
        "Q3/2025",
        "6T",
        "&THCS;",
        "&nbsp;",
        "™",
        "£5",
        "TCVN",
        "5937:2013",
        "12,345.67",
        "3.2.1",
        "AL",
        "tr",
        "\\frac{1}{2}",
        "TT",
        "QL",
        "quốc lộ",
        "0912345678",
        "bà con phường Hạ Đình cùng nhau dọn vệ sinh và trồng cây tại các khu dân cư",
    ]
)
_JOINTS = st.sampled_from(["", " ", " ", " ", "\n", "\r\n", "\n\n", "-\n", "; ", "\t"])
_BULLETINS = st.lists(st.tuples(_PIECES, _JOINTS), max_size=12).map(
    lambda parts: "".join(piece + blank for piece, blank in parts)
)
_MARKED = st.text(
    "aeouyAOÔĐƠ\u0300\u0301\u0302\u0306\u0309\u031b\u0323\u1b44\u0334\u0f39\u302a\u0655 1", max_size=12
)
_TEXTS = st.one_of(st.text(max_size=60), _BULLETINS, st.text("aàbđXVIC019.,-/%() \n", max_size=24), _MARKED)


def _rebuilt(text: str, reading: Reading) -> str:
    done, parts = 0, []
    for span in reading.spans:
        assert done <= span.start < span.end <= len(text)
        assert span.written == text[span.start : span.end]
        parts += [text[done : span.start], span.spoken]
        done = span.end
    return "".join((*parts, text[done:]))


@settings(max_examples=400, deadline=None)
@given(_TEXTS)
def test_only_vietnamese_letters_and_pauses_are_spoken(text: str) -> None:
    said = spoken(text)
    assert _ALLOWED.fullmatch(said)
    assert unicodedata.is_normalized("NFC", said)
    assert not _DOUBLED.search(said)
    assert max(len(stretch.split()) for stretch in _ANY_MARK.split(said)) <= LONGEST


@settings(max_examples=400, deadline=None)
@given(_TEXTS)
@example("a\nB")
@example("A-b")
def test_reading_what_was_read_changes_nothing(text: str) -> None:
    said = spoken(text)
    assert spoken(said) == said


@settings(max_examples=300, deadline=None)
@given(_TEXTS)
def test_spans_rebuild_the_spoken_words(text: str) -> None:
    reading = read(text)
    assert _rebuilt(text, reading) == reading.spoken


@settings(max_examples=300, deadline=None)
@given(_TEXTS)
def test_composed_and_decomposed_letters_sound_alike(text: str) -> None:
    assert spoken(unicodedata.normalize("NFC", text)) == spoken(unicodedata.normalize("NFD", text))


@settings(max_examples=200, deadline=None)
@given(_TEXTS)
def test_sentences_give_the_spoken_words_back(text: str) -> None:
    reading = read(text)
    assert " ".join(sentences(reading.spoken)) == reading.spoken
    assert tuple(reading.spoken[a:b] for a, b in reading.sentences) == sentences(reading.spoken)


@settings(max_examples=200, deadline=None)
@given(_TEXTS)
def test_warnings_point_into_the_text(text: str) -> None:
    for warning in read(text).warnings:
        assert text[warning.start : warning.end] == warning.written


@pytest.mark.parametrize("text", ["", " ", "...", "()[]{}", "\x00\x01", "🙂🙂", "漢字", "Привет", "\ud800"])
def test_what_cannot_be_said_gives_an_empty_reading_and_a_warning(text: str) -> None:
    reading = read(text)
    assert reading.spoken == ""
    assert reading.warnings[-1].code == "empty"
