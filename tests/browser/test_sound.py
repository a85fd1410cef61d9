"""Hearing a bulletin in a real Chromium: the sound drawn, sentence by sentence; voices; openings."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.person import Person
from tests.browser.rehearsal import Rehearsal

SOON_MS = 120_000
TEXT = (
    "Phường thông báo lịch thu gom rác. Mỗi hộ mang rác ra điểm tập kết trước tám giờ. "
    "Không đổ rác ra lòng đường. Xin cảm ơn bà con."
)
pytestmark = pytest.mark.xdist_group("browser")


def write(office: Person) -> Page:
    """Write a bulletin whose words stay in the house, and wait for its clip in the editor."""
    page = office.open("/office/ban-tin/moi")
    page.get_by_label("Chương trình").select_option("05")
    page.get_by_label("Tiêu đề").fill("Thu gom rác")
    page.get_by_label("Văn bản", exact=True).fill(TEXT)
    expect(page.get_by_text("Văn bản sẽ gửi tới Google để đọc", exact=False)).to_be_visible()
    page.get_by_label("Nội bộ: không gửi văn bản ra ngoài để đọc").check()
    expect(page.get_by_text("Máy này tự đọc, không gửi đi đâu.")).to_be_visible()
    page.get_by_label("Số lần đọc").select_option("2")
    office.check()
    page.get_by_role("button", name="Lưu và nghe thử").click()
    expect(slider(page)).to_be_attached(timeout=SOON_MS)
    return page


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Vị trí Thu gom rác")


def sentence(page: Page, number: int) -> Locator:
    return page.locator(f"#ban-thu [data-sentence='{number}']")


def at_ms(page: Page) -> float:
    """Return where the sound stands."""
    return 1000 * float(page.locator("#ban-thu audio").evaluate("audio => audio.currentTime"))


def test_a_sentence_is_heard_by_a_click_and_by_keys(office: Person) -> None:
    page = write(office)
    sentence(page, 2).click()
    expect(sentence(page, 2)).to_have_attribute("data-saying", "")
    expect(page.get_by_text("câu 3/4 · lần 1/2")).to_be_visible()
    office.check()
    slider(page).press("Space")
    before = at_ms(page)
    slider(page).press("ArrowLeft")
    assert 1_500 < before - at_ms(page) <= 2_500
    slider(page).press("Home")
    slider(page).press("Shift+ArrowRight")
    slider(page).press("Shift+ArrowRight")
    expect(sentence(page, 1)).to_have_attribute("data-saying", "")


def test_the_drawing_seeks_and_the_speed_is_chosen(office: Person) -> None:
    page = write(office)
    wave = page.locator("#ban-thu .wave")
    wave.scroll_into_view_if_needed()
    box = wave.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    expect(page.get_by_text(re.compile(r"câu \d/4 · lần 2/2"))).to_be_visible()
    page.get_by_label("Tốc độ đọc").select_option("1,5×")
    assert page.locator("#ban-thu audio").evaluate("audio => audio.playbackRate") == 1.5
    page.get_by_label("Văn bản", exact=True).fill("Khác hẳn.")
    expect(page.get_by_text("lời đang gõ đã khác bản thu này")).to_be_visible()
    office.check()


@pytest.mark.parametrize("office", [1280], ids=["desktop"], indirect=True)
def test_a_damaged_clip_is_told_at_once_and_made_again(office: Person, rehearsal: Rehearsal) -> None:
    page = write(office)
    named = re.search(r"ban-thu/(\w{64})", page.locator("#ban-thu audio").get_attribute("src") or "")
    assert named is not None
    (clip,) = rehearsal.folder.glob(f"clips/??/{named[1]}.mp3")
    clip.write_bytes(clip.read_bytes()[:-1] + b"?")
    page.locator("#ban-thu .player-play").click()
    expect(page.locator("#ban-thu")).to_contain_text(
        "đã mất hoặc hỏng trên đĩa và được cách ly", timeout=5_000
    )
    expect(slider(page)).to_be_attached(timeout=SOON_MS)
    assert all("410 (GONE)" in trouble or "404 (NOT FOUND)" in trouble for trouble in office.troubles)


def test_the_speed_stands_beside_the_other_buttons(office: Person) -> None:
    page = write(office)
    play, speed = page.locator("#ban-thu .player-play"), page.locator("#ban-thu .player-speed")
    middles = [box["y"] + box["height"] / 2 for box in (play.bounding_box(), speed.bounding_box()) if box]
    assert len(middles) == 2
    assert abs(middles[0] - middles[1]) < 3


def test_beside_the_text_the_reading_is_as_tall(office: Person) -> None:
    page = office.open("/office/ban-tin/moi")
    text, spoken = (
        page.get_by_label("Văn bản", exact=True).bounding_box(),
        page.locator("#spoken").bounding_box(),
    )
    assert text is not None
    assert spoken is not None
    beside = spoken["x"] > text["x"]
    assert abs(text["height"] - spoken["height"]) < 16 or not beside


def test_voices_stand_beside_each_other(office: Person) -> None:
    page = write(office)
    page.get_by_label("Nội bộ: không gửi văn bản ra ngoài để đọc").uncheck()
    page.get_by_label("Giọng đọc").select_option("espeak")
    page.get_by_role("button", name="Lưu nháp").click()
    page.get_by_role("link", name="So giọng").click()
    office.check()
    espeak = page.get_by_role("region", name=re.compile("eSpeak NG"))
    expect(espeak.get_by_text("đang chọn")).to_be_visible()
    expect(espeak.get_by_role("slider")).to_be_attached(timeout=SOON_MS)
    expect(espeak.get_by_role("button", name="Chọn giọng này")).to_have_count(0)
    google = page.get_by_role("region", name=re.compile("Google"))
    expect(google.get_by_text("Văn bản sẽ gửi tới Google để đọc")).to_be_visible()
    office.check()


def test_the_page_of_voices_lets_one_be_tried(office: Person) -> None:
    page = office.open("/office/giong-doc")
    office.check()
    line = page.get_by_role("listitem").filter(
        has=page.get_by_role("heading", name=re.compile(r"^eSpeak NG \("))
    )
    ask = line.get_by_role("button", name="Thử giọng")
    if ask.count():
        ask.click()
    expect(line.get_by_role("slider")).to_be_attached(timeout=SOON_MS)
    office.check()


def test_an_opening_is_written_and_heard(office: Person, request: pytest.FixtureRequest) -> None:
    page, name = office.open("/office/nhac-hieu/moi"), f"Lời chào ({request.node.callspec.id})"
    office.check()
    page.get_by_label("Tên gọi").fill(name)
    page.get_by_label("Lời đọc").fill("Đây là đài truyền thanh quận Thanh Xuân.")
    page.get_by_role("button", name="Lưu và nghe thử").click()
    expect(page.get_by_role("slider", name=f"Vị trí {name}")).to_be_attached(timeout=SOON_MS)
    office.open("/office/nhac-hieu")
    expect(page.get_by_role("row").filter(has_text=name)).to_contain_text("chưa dùng: chờ duyệt")
    office.check()
