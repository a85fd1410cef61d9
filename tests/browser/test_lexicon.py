"""Correcting what is read, in a real Chromium: one bulletin's ways, answers to warnings, the lexicon."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.person import Person

TEXT = (
    "UBND phường họp lúc 7h30. Số hộ phân đấu đạt 95%. CCCD số 001085012345. XQZT dự. "
    "Chiều nay hoa nở, bà con vui vẻ ra xem từ rất sớm, TT mở cửa."
)
APPROVED = "Việc làm và bảo hiểm y tế toàn dân"
pytestmark = pytest.mark.xdist_group("browser")


def spoken(page: Page) -> Locator:
    return page.get_by_role("region", name="Sẽ đọc là")


def piece(page: Page, written: str) -> Locator:
    return spoken(page).get_by_role("button", name=re.compile(re.escape(f"(viết là {written},")))


def begin(office: Person) -> Page:
    page = office.open("/office/ban-tin/moi")
    page.get_by_label("Chương trình").select_option("05")
    page.get_by_label("Tiêu đề").fill("Họp phường")
    page.get_by_label("Văn bản", exact=True).fill(TEXT)
    expect(piece(page, "7h30")).to_be_visible()
    return page


def wait_for_approved(office: Person, title: str) -> None:
    """Look at the list until the rehearsal's leader has approved a sample bulletin."""
    for _ in range(300):
        page = office.open("/office/ban-tin?trang-thai=approved")
        if page.get_by_role("link", name=title).count():
            return
    pytest.fail(f"{title} was not approved")


def test_a_piece_is_corrected_for_one_bulletin_by_keyboard(office: Person) -> None:
    page = begin(office)
    piece(page, "7h30").focus()
    expect(page.locator("[data-told]")).to_have_text("7h30 → bảy giờ ba mươi phút · giờ giấc")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Sửa cách đọc")
    expect(dialog.get_by_label("Đọc là")).to_be_focused()
    page.keyboard.type("bảy rưỡi")
    expect(dialog.get_by_text("họp lúc bảy rưỡi", exact=False)).to_be_visible()
    office.check()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(spoken(page)).to_contain_text("họp lúc bảy rưỡi")
    expect(spoken(page)).to_contain_text("7h30 → bảy rưỡi")
    office.check()


def test_pieces_flow_with_the_words_around_them(office: Person) -> None:
    page = begin(office)
    shown = (
        spoken(page)
        .locator(".changed")
        .evaluate_all(
            "(all) => all.map((one) => [getComputedStyle(one).display, one.getClientRects().length])"
        )
    )
    assert {display for display, _ in shown} == {"inline"}
    piece(page, "95%").focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog", name="Sửa cách đọc")).to_be_visible()


def test_one_place_is_corrected_alone(office: Person) -> None:
    page = begin(office)
    text = page.get_by_label("Văn bản", exact=True)
    text.fill("TT y tế họp, từ 7h30 - 11h. Xe đi TT Trâu Quỳ.")
    dialog = page.get_by_role("dialog", name="Sửa cách đọc")
    expect(piece(page, "TT")).to_have_count(2)
    piece(page, "TT").last.click()
    dialog.get_by_label("Đọc là").fill("thị trấn")
    dialog.get_by_label("Dùng ở đâu").select_option("Chỉ chỗ này")
    expect(dialog.get_by_text("Xe đi thị trấn", exact=False)).to_be_visible()
    office.check()
    dialog.get_by_role("button", name="Đọc như vậy").click()
    region = spoken(page)
    expect(region).to_contain_text("trung tâm y tế họp")
    expect(region).to_contain_text("Xe đi thị trấn Trâu Quỳ")
    text.fill("Ngày 2/9, TT y tế họp, từ 7h30 - 11h. Xe đi TT Trâu Quỳ.")
    expect(region).to_contain_text("hai tháng chín, trung tâm y tế")
    expect(region).to_contain_text("Xe đi thị trấn Trâu Quỳ")
    text.fill("TT y tế họp. Xe tới TT Trâu Quỳ.")
    expect(region.get_by_role("alert")).to_contain_text("văn bản không còn chỗ đó")
    expect(region).to_contain_text("Xe tới trung tâm Trâu Quỳ")
    office.check()
    region.get_by_role("alert").get_by_role("button", name="Bỏ").click()
    expect(region.get_by_role("alert")).to_have_count(0)


def test_what_a_voice_cannot_say_is_told(office: Person) -> None:
    page = begin(office)
    piece(page, "UBND").click()
    dialog = page.get_by_role("dialog", name="Sửa cách đọc")
    dialog.get_by_label("Đọc là").fill("số 5")
    dialog.get_by_role("button", name="Đọc như vậy").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Cách đọc có ký tự “5”")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_every_warning_is_answered(office: Person) -> None:
    page = begin(office)
    office.check()
    region = spoken(page)
    region.get_by_role("button", name="trung tâm", exact=True).click()
    expect(region).to_contain_text("TT → trung tâm")
    region.get_by_label("XQZT đọc là").fill("xí nghiệp")
    page.keyboard.press("Enter")
    expect(region).to_contain_text("XQZT → xí nghiệp")
    region.get_by_role("button", name="Thay bằng “phấn đấu”").click()
    expect(page.get_by_label("Văn bản", exact=True)).to_have_value(re.compile("Số hộ phấn đấu đạt"))
    region.get_by_role("button", name="Cần đọc, giữ nguyên").click()
    expect(region).to_contain_text("đã xác nhận giữ nguyên")
    expect(region.get_by_role("region", name="Chỗ cần xem")).to_have_count(0)
    office.check()
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.get_by_text("Đã lưu nháp.")).to_be_visible()
    expect(page.get_by_text("TT → trung tâm")).to_be_visible()
    office.check()


def test_an_entry_shows_which_approved_bulletins_would_change(
    office: Person, request: pytest.FixtureRequest
) -> None:
    page, words = office.page, f"bảo hiểm y tế {'một' if 'phone' in request.node.callspec.id else 'hai'}"
    wait_for_approved(office, APPROVED)
    office.open("/office/tu-dien")
    office.check()
    page.get_by_role("link", name="Thêm mục").click()
    page.get_by_label("Chữ viết").fill("BHYT")
    page.get_by_label("Đọc là").fill(words)
    page.get_by_label("Câu thử").fill("Tỷ lệ bao phủ BHYT đạt 95%.")
    before = page.get_by_role("region", name="Trước khi lưu")
    expect(before).to_contain_text("1 bản tin đã duyệt sẽ đọc khác")
    expect(before.get_by_role("link", name=APPROVED)).to_be_visible()
    office.check()
    page.get_by_role("button", name="Lưu vào từ điển").click()
    expect(page.get_by_text("Đã lưu vào từ điển.", exact=False)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=words)).to_contain_text("đang dùng")
    office.check()


def test_the_lexicon_is_corrected_from_the_reading(office: Person, request: pytest.FixtureRequest) -> None:
    page, words = begin(office), f"ủy ban ta {'một' if 'phone' in request.node.callspec.id else 'hai'}"
    page.get_by_label("Văn bản", exact=True).fill("UBNDX phường họp.")
    piece(page, "UBNDX").click()
    dialog = page.get_by_role("dialog", name="Sửa cách đọc")
    dialog.get_by_label("Dùng ở đâu").select_option("Quận Thanh Xuân")
    dialog.get_by_label("Đọc là").fill(words)
    expect(dialog).to_contain_text("Bản tin đã duyệt nào sẽ đọc khác?")
    expect(dialog).to_contain_text(f"{words} phường họp")
    office.check()
    dialog.get_by_role("button", name="Đọc như vậy").click()
    expect(dialog).to_be_hidden()
    expect(spoken(page)).to_contain_text(words)
    piece(page, "UBNDX").hover()
    expect(page.locator("[data-told]")).to_contain_text("từ điển của đơn vị")


def test_an_everyday_word_is_asked_about_before_it_is_kept(office: Person) -> None:
    page = office.open("/office/tu-dien/sua")
    page.get_by_label("Chữ viết").fill("xã")
    page.get_by_label("Đọc là").fill("thị trấn")
    sure = page.get_by_role("checkbox", name="Đúng, đọc như vậy ở mọi chỗ")
    expect(page.get_by_text("“xã” là từ thường dùng", exact=False)).to_be_visible()
    office.check()
    page.get_by_role("button", name="Lưu vào từ điển").click()
    expect(sure).to_be_focused()
    sure.check()
    page.get_by_label("Ghi chú").fill("thử")
    expect(sure).to_be_checked()


def test_cells_of_the_list_stand_apart(office: Person) -> None:
    page = office.open("/office/tu-dien?tim=AHLLVTND")
    cells = page.get_by_role("row").filter(has_text="AHLLVTND").locator("td:not(:empty)")
    boxes = [box for box in (cells.nth(n).bounding_box() for n in range(cells.count())) if box]
    pairs = pairwise(boxes)
    assert all(a["x"] + a["width"] <= b["x"] + 1 or a["y"] + a["height"] <= b["y"] + 1 for a, b in pairs)
    expect(page.get_by_role("navigation", name="Lọc theo nguồn")).to_contain_text("Đơn vị tự thêm")
    office.check()
