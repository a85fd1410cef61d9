"""Openings and closings: written, approved and retired; neither ordered nor posted."""

from __future__ import annotations

from typing import Any

import pytest

from audio import assets
from audio.models import AssetRole
from content.bulletins import get, submit
from tests.web.hall import NOW, SOUND, TODAY, Browser, Hall, sound_hash
from web import voicing

PAGE = "/office/nhac-hieu"


def write(hall: Hall, writer: Browser, **changes: Any) -> Any:
    given = {"title": "Mở đầu Hạ Đình", "text": "Đây là đài phường Hạ Đình.", "role": "opening", **changes}
    return writer.send(f"{PAGE}/moi", unit=given.pop("unit", hall.unit_id("ha-dinh")), **given)


def approve(hall: Hall, leader: Browser, made: int = 1, sound: bytes = SOUND) -> None:
    with hall.house.database.writing() as session:
        found = get(session, made)
        submit(session, found.latest, by=found.latest.author, now=NOW, today=TODAY)
        sha256 = hall.render(session, found, sound)
    leader.post(f"/office/ban-tin/{made}/duyet", clip_sha256=sha256, heard_ms="6000")


def test_an_opening_goes_on_to_the_editor(hall: Hall, writer: Browser) -> None:
    assert "Chưa có nhạc hiệu" in writer.see(PAGE).words
    assert write(hall, writer).location == "/office/ban-tin/1/sua#ban-thu"
    words = writer.see(PAGE).words
    assert "Mở đầu Hạ Đình Phường Hạ Đình Mở đầu Mọi chương trình Nháp chưa dùng: chờ duyệt" in words


@pytest.mark.parametrize(("role", "lead"), [("opening", "chime"), ("closing", None)])
def test_a_chime_opens(hall: Hall, writer: Browser, role: str, lead: str | None) -> None:
    write(hall, writer, role=role)
    with hall.house.database.reading() as session:
        assert voicing.lead_of(session, get(session, 1).latest) == lead


def test_what_is_approved_stands_and_is_retired(hall: Hall, writer: Browser, leader: Browser) -> None:
    write(hall, writer, programme="05")
    approve(hall, leader)
    with hall.house.database.reading() as session:
        unit_id, programme_id = hall.unit_id("ha-dinh"), get(session, 1).latest.programme_id
        found = assets.standing(
            session, unit_id, programme_id=programme_id, role=AssetRole.OPENING, day=TODAY
        )
        assert found is not None
        assert found.clip_sha256 == sound_hash()
    writer.send(PAGE, f"{PAGE}/1/go")
    assert "Chưa có nhạc hiệu" in writer.see(PAGE).words


def test_the_former_is_used_until_the_new_one_is_approved(
    hall: Hall, writer: Browser, leader: Browser
) -> None:
    write(hall, writer)
    approve(hall, leader)
    write(hall, writer, title="Mở đầu mới", text="Đài phường Hạ Đình xin chào.")
    both = writer.see(PAGE).words
    assert ("Mở đầu Hạ Đình" in both, "Mở đầu mới" in both) == (True, True)
    approve(hall, leader, 2, SOUND + b"!")
    only = writer.see(PAGE).words
    assert ("Mở đầu Hạ Đình" in only, "Mở đầu mới" in only) == (False, True)


def test_its_last_day_is_told_with_the_year(hall: Hall, writer: Browser, leader: Browser) -> None:
    write(hall, writer)
    approve(hall, leader)
    assert "Đã duyệt đến 23/11/2027" in writer.see(PAGE).words
    assert "hiệu lực 23/11/2026 – 23/11/2027" in writer.see("/office/ban-tin/1").words


def test_it_is_neither_ordered_nor_posted(hall: Hall, writer: Browser, leader: Browser) -> None:
    write(hall, writer)
    approve(hall, leader)
    assert "Đặt lệnh phát" not in writer.see("/office/ban-tin/1").words
    assert writer.get("/office/ban-tin/1/lenh-phat").status_code == 409
    editor = hall.browser("em")
    assert "Mở đầu Hạ Đình" not in editor.see("/office/tin-bai").words
    assert editor.get("/office/ban-tin/1/dang-tin").status_code == 409


def test_an_approved_clip_is_archived_at_once(hall: Hall, writer: Browser, leader: Browser) -> None:
    write(hall, writer)
    approve(hall, leader)
    assert hall.house.library.archive.has(sound_hash())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"role": "x"}, "role"),
        ({"programme": "99"}, "programme"),
        ({"unit": "9999"}, "unit"),
        ({"text": " "}, "text"),
        ({"title": ""}, "title"),
    ],
)
def test_what_is_wrong_is_told_beside_it(
    hall: Hall, writer: Browser, changes: dict[str, str], field: str
) -> None:
    answer = write(hall, writer, **changes)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)
    assert hall.counts()["asset"] == 0


def test_another_units_is_not_ours(hall: Hall, writer: Browser) -> None:
    assert write(hall, writer, unit=hall.unit_id("dinh-cong")).status_code == 403
    write(hall, writer)
    assert hall.browser("bich").post(f"{PAGE}/1/go").status_code == 403
