"""The reading's public face."""

from __future__ import annotations

from audio.reading import read, sentences, spoken


def test_spans_put_into_the_text_give_the_spoken_words() -> None:
    text = "**UBND** phường có 34 tổ dân phố."
    reading = read(text)
    assert reading.spoken == "Ủy ban nhân dân phường có ba mươi tư tổ dân phố."
    assert [span.written for span in reading.spans] == ["**", "UBND", "**", "34"]


def test_spoken_is_the_reading_without_its_spans() -> None:
    assert spoken("05 cây") == read("05 cây").spoken == "năm cây"


def test_sentences_are_cut_at_full_stops() -> None:
    assert sentences("Một. Hai? Ba") == ("Một.", "Hai?", "Ba")
