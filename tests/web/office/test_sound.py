"""The editor's choice of how a bulletin sounds."""

from __future__ import annotations

from typing import Any

import pytest

from content.bulletins import get
from tests.web.hall import Browser, Hall

NEW = "/office/ban-tin/moi"
TYPED: dict[str, Any] = {"programme": "05", "title": "Họp", "text": "Phường họp.", "unit": "3"}


def ask_where(writer: Browser, **changes: str) -> str:
    """Return where the typed text would go to be spoken."""
    return writer.post("/office/giong-doc/noi-doc", **{**TYPED, **changes}).text


def test_the_voice_the_times_and_the_mark_are_kept(hall: Hall, writer: Browser) -> None:
    answer = writer.send(
        NEW,
        **{**TYPED, "unit": hall.unit_id("ha-dinh")},
        voice="espeak",
        repeat="2",
        internal="1",
        then="save",
    )
    assert answer.status_code == 303
    with hall.house.database.reading() as session:
        latest = get(session, 1).latest
        assert (latest.voice, latest.repeat, latest.internal) == ("espeak", 2, True)
    fields = writer.see("/office/ban-tin/1/sua").form("/office/ban-tin/1/sua").fields
    assert (fields["voice"], fields["repeat"], fields["internal"]) == (["espeak"], ["2"], ["1"])


def test_the_settings_order_is_the_first_choice(hall: Hall, writer: Browser) -> None:
    options = writer.see(NEW).options("voice")
    assert options[0] == "Theo thứ tự ở đây: Google trước"
    assert [option.split(" (")[0] for option in options[1:3]] == ["Google", "eSpeak NG"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"voice": "ai"}, "voice"), ({"repeat": "4"}, "repeat"), ({"repeat": "x"}, "repeat")],
)
def test_what_cannot_be_is_told_beside_it(
    hall: Hall, writer: Browser, changes: dict[str, Any], field: str
) -> None:
    answer = writer.send(NEW, **{**TYPED, "unit": hall.unit_id("ha-dinh")}, **changes)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert hall.counts()["bulletin"] == 0


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "Văn bản sẽ gửi tới Google để đọc"),
        ({"voice": "espeak"}, "Máy này tự đọc. Chỉ khi giọng đó hỏng"),
        ({"internal": "1"}, "Máy này tự đọc, không gửi đi đâu."),
        ({"text": "CCCD 001085012345."}, "Không dùng Google: còn chỗ có thể là dữ liệu cá nhân"),
        ({"text": "CCCD 001085012345.", "meant": '["001085012345"]'}, "Văn bản sẽ gửi tới Google"),
    ],
)
def test_the_page_says_where_words_go(writer: Browser, changes: dict[str, str], told: str) -> None:
    assert told in ask_where(writer, **changes)


def test_asking_where_asks_for_no_sound(hall: Hall, writer: Browser) -> None:
    before = hall.counts()
    ask_where(writer)
    writer.post("/office/doc-thu", **TYPED)
    assert hall.counts() == before


def test_the_estimate_counts_every_reading(writer: Browser) -> None:
    text = "Phường họp tổ dân phố vào tối mai. " * 10
    once = writer.post("/office/doc-thu", **{**TYPED, "text": text}).text
    thrice = writer.post("/office/doc-thu", **{**TYPED, "text": text}, repeat="3").text
    assert 'class="figure">0:' in once
    assert 'class="figure">0:' not in thrice


def test_listening_stays_in_the_editor(hall: Hall, writer: Browser) -> None:
    answer = writer.send(NEW, **{**TYPED, "unit": hall.unit_id("ha-dinh")}, then="listen")
    assert answer.location == "/office/ban-tin/1/sua#ban-thu"
    assert "Chờ dựng tiếng câu 0 trong 1" in writer.see("/office/ban-tin/1/sua").words


def test_the_words_are_cut_as_the_clip_is(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("rendered", text="phường họp.")
    text = writer.get(f"/office/ban-tin/{made}").text
    assert text.count('<span data-sentence="0">phường họp.</span>') == 2
    assert 'data-timing="[[200, 5700, 0, 0]]"' in text
