"""Single places of a text: what they are known by, and that words never slide to another place."""

from __future__ import annotations

import pytest

from audio.reading import read
from audio.reading.places import Place, amended, form_of, places

TEXT = "Sáng nay TT mở cửa. Giá 5.000đ/người. Chiều nay TT đóng cửa."
SECOND = Place("TT", "Chiều nay", "đóng cửa.", 1, 1)


def test_a_place_is_known_by_what_stands_around_it() -> None:
    found = list(places(read(TEXT)))
    assert [place for place in found if place.written == "TT"][1] == SECOND
    assert len(set(found)) == len(read(TEXT).spans)


def test_words_are_put_in_one_place() -> None:
    reading = amended(read(TEXT), {SECOND: "thị trấn"})
    assert reading.spoken == read(TEXT).spoken.replace("trung tâm đóng", "thị trấn đóng")
    assert [span.spoken for span in reading.spans if span.rule == "placed"] == ["thị trấn"]


def test_the_words_of_a_place_answer_its_question() -> None:
    asked = [warning.start for warning in read("họp tại TT").warnings]
    place = next(places(read("họp tại TT")))
    assert (asked, amended(read("họp tại TT"), {place: "thị trấn"}).warnings) == ([8], ())


def test_a_private_number_stays_private() -> None:
    reading = read("CCCD số 001085012345")
    place = next(place for place in places(reading) if place.written == "001085012345")
    assert [w.code for w in amended(reading, {place: "số riêng"}).warnings] == ["personal_data"]


@pytest.mark.parametrize(
    "text",
    [
        "Mới. " + TEXT,
        TEXT.replace(" TT", "\n  TT"),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("Sáng nay", "Sáng mai"),
        "TT họp. " + TEXT + " Xe TT nghỉ.",
    ],
)
def test_a_place_is_found_again(text: str) -> None:
    assert "thị trấn đóng" in " ".join(amended(read(text), {SECOND: "thị trấn"}).spoken.split())


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.replace("đóng", "mở"),
        TEXT.replace("Chiều nay TT", "Chiều nay bà con tới TT"),
        TEXT.replace("Chiều nay TT", "Chiều nay"),
        TEXT.replace("Chiều nay TT", "Chiều nay UBND"),
        f"{TEXT} {TEXT}",
    ],
)
def test_a_place_that_is_gone_changes_nothing(text: str) -> None:
    assert amended(read(text), {SECOND: "thị trấn"}) == read(text)


def test_places_that_look_alike_are_told_apart_by_number() -> None:
    text = "Nhóm có nhà tại TT này ạ.\n" * 5
    found = [place for place in places(read(text)) if place.written == "TT"]
    said = amended(read(text), {found[2]: "thị trấn"}).spoken.split("trung tâm")
    assert [(place.nth, place.of) for place in found] == [(n, 5) for n in range(1, 6)]
    assert ["thị trấn" in part for part in said] == [False, False, True, False, False]


def test_one_more_that_looks_alike_loses_the_place() -> None:
    place = list(places(read("họp tại TT này ạ. " * 5)))[3]
    assert place in places(read("họp tại TT này ạ. " * 5))
    assert place not in places(read("họp tại TT này ạ. " * 6))


def test_pauses_around_a_place_are_kept() -> None:
    text = "1. Họp tổ dân phố.\n2. Thu gom rác."
    reading = read(text)
    place = next(place for place, span in zip(places(reading), reading.spans, strict=True) if span.start > 17)
    assert amended(reading, {place: "x"}).spoken.count(".") == reading.spoken.count(".")


@pytest.mark.parametrize(("written", "form"), [("**TT**", "TT"), (" TT\n", "TT"), ("Thu\u0309 TT", "Thủ TT")])
def test_a_form_is_freed_of_its_format(written: str, form: str) -> None:
    assert form_of(written) == form
