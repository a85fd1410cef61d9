"""Answering what the reading asks, in a real Chromium: what is typed stays, what was changed comes back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.person import Person

pytestmark = pytest.mark.xdist_group("browser")
UNKNOWN = "TT Vân Đình họp. XQZ họp và ABX họp."


def spoken(page: Page) -> Locator:
    return page.get_by_role("region", name="Sẽ đọc là")


def written(page: Page) -> Locator:
    return page.get_by_label("Văn bản", exact=True)


def write(office: Person, text: str) -> Page:
    page = office.open("/office/ban-tin/moi")
    written(page).fill(text)
    expect(spoken(page).locator(".spoken-words")).to_be_visible()
    return page


def test_an_answer_that_cannot_be_said_is_told_beside_its_field(office: Person) -> None:
    page = write(office, UNKNOWN)
    region, asked = spoken(page), spoken(page).get_by_label("XQZ đọc là")
    region.get_by_role("button", name="thị trấn", exact=True).click()
    expect(region).to_contain_text("TT → thị trấn")
    asked.fill("12%")
    asked.press("Enter")
    told = region.get_by_role("listitem").filter(has=page.get_by_label("XQZ đọc là")).get_by_role("alert")
    expect(told).to_contain_text("Cách đọc có ký tự “1”")
    expect(asked).to_have_value("12%")
    expect(asked).to_be_focused()
    expect(page.locator("#content input[name=corrections]")).to_have_value('[["TT","thị trấn"]]')
    office.check()
    asked.fill("xí nghiệp")
    asked.press("Enter")
    expect(region).to_contain_text("XQZ → xí nghiệp")


def test_what_is_typed_in_other_fields_stays(office: Person) -> None:
    page = write(office, UNKNOWN)
    region = spoken(page)
    region.get_by_label("XQZ đọc là").fill("xí nghiệp")
    region.get_by_label("ABX đọc là").fill("a bê")
    region.get_by_label("XQZ đọc là").press("Enter")
    expect(region).to_contain_text("XQZ → xí nghiệp")
    expect(region.get_by_label("ABX đọc là")).to_have_value("a bê")
    written(page).fill(f"Mời QWT dự. {UNKNOWN}")
    expect(region.get_by_label("QWT đọc là")).to_have_value("")
    expect(region.get_by_label("ABX đọc là")).to_have_value("a bê")


def test_an_unknown_abbreviation_goes_to_the_lexicon(office: Person) -> None:
    page = write(office, UNKNOWN)
    spoken(page).get_by_label("ABX đọc là").fill("ban quản lý")
    spoken(page).get_by_role("button", name="Đưa vào từ điển… ABX").click()
    dialog = page.get_by_role("dialog", name="Sửa cách đọc")
    expect(dialog.get_by_label("Đọc là")).to_have_value("ban quản lý")
    expect(dialog.get_by_label("Dùng ở đâu")).to_have_value(re.compile(r"unit:\d+"))
    expect(dialog).to_contain_text("Bản tin đã duyệt nào sẽ đọc khác?")
    office.check()


@pytest.mark.parametrize("way", ["Control+z", "Hoàn tác"])
def test_a_change_of_the_text_is_taken_back(office: Person, way: str) -> None:
    page = write(office, "Phân đấu đạt; Phân đấu hai.")
    spoken(page).get_by_role("button", name="Thay bằng “Phấn đấu”").first.click()
    expect(written(page)).to_have_value("Phấn đấu đạt; Phân đấu hai.")
    expect(page.get_by_text("Đã thay “Phân đấu” bằng “Phấn đấu”.")).to_be_visible()
    expect(spoken(page)).to_be_focused()
    office.check()
    if way == "Hoàn tác":
        page.get_by_role("button", name=way).click()
    else:
        page.keyboard.press(way)
    expect(written(page)).to_have_value("Phân đấu đạt; Phân đấu hai.")
    expect(page.get_by_text("Đã thay “Phân đấu”")).to_have_count(0)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Liên hệ ĐT 0912345678, để biết.", "Liên hệ, để biết."),
        ("Liên hệ ông An (ĐT: 0912 345 678) nhé.", "Liên hệ ông An nhé."),
        ("Gọi ông An, số điện thoại 0912345678.", "Gọi ông An."),
        ("ĐT 0912345678, để biết.", "để biết."),
        ("Ông An có CCCD số 001085012345 đã nộp.", "Ông An có đã nộp."),
        ("Gọi 0912345678\nHai", "Gọi\nHai"),
    ],
)
def test_what_is_removed_leaves_nothing_dangling(office: Person, text: str, left: str) -> None:
    page = write(office, text)
    spoken(page).get_by_role("button", name="Bỏ khỏi văn bản").click()
    expect(written(page)).to_have_value(left)
    page.keyboard.press("Control+z")
    expect(written(page)).to_have_value(text)


def test_the_reading_shows_what_is_said_and_stops_at_words(office: Person) -> None:
    page = write(office, 'Họp 😀 lúc 7h30 - nay? Có; (thế) \ufffd "nhé" …')
    said = spoken(page).locator(".spoken-words")
    expect(said).to_have_text("Họp  lúc bảy giờ ba mươi phút, nay? Có; thế,  nhé.", use_inner_text=True)
    expect(said.locator("[tabindex]")).to_have_count(1)
    expect(spoken(page).get_by_text("1 chỗ được đổi khi đọc", exact=False)).to_be_visible()
    drawn = said.locator(".dropped").first.evaluate("(one) => getComputedStyle(one, '::before').content")
    assert drawn == '"😀"'
    office.check()


def test_the_page_is_no_wider_than_the_screen(office: Person) -> None:
    page = office.open("/office/ban-tin/moi")
    expect(page.get_by_label("đến hết")).to_be_in_viewport()
    office.check()
