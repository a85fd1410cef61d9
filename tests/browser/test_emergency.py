"""An emergency in a real Chromium: asked before, called once, countersigned by the second person, ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, expect
from playwright.sync_api import TimeoutError as NotYetError

from tests.browser.person import Person
from tests.browser.rehearsal import Rehearsal

SOON_MS = 120_000
LOOKS = 60
"""The rehearsal approves its phrases as their clips are made; the page of them is looked at so often."""
TITLE = "Nước sông dâng nhanh"
pytestmark = pytest.mark.xdist_group("browser")
Enter = Callable[[str], Person]


@pytest.fixture(params=[1280, 390], ids=["desktop", "phone"])
def enter(request: pytest.FixtureRequest, browser: Browser, rehearsal: Rehearsal) -> Iterator[Enter]:
    """Give a way to let a person in, at both widths."""
    people: list[Person] = []

    def let_in(login: str) -> Person:
        person = Person(browser, rehearsal, width=request.param)
        people.append(person)
        person.sign_in(login)
        return person

    yield let_in
    for person in people:
        person.leave()


def test_a_call_from_the_phrase_to_the_all_clear(enter: Enter) -> None:
    leader = enter("lanh-dao")
    ask(leader)
    page = leader.page
    page.get_by_role("button", name="PHÁT NGAY tại 1 trạm").dblclick()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(page.get_by_text("Từ lúc bấm phát đến tiếng đầu tiên").first).to_be_visible(timeout=SOON_MS)
    leader.check()
    address = page.url
    second = enter("truc-ban")
    countersign(second)
    expect(page.get_by_text("Trực ban khẩn cấp").first).to_be_visible()
    page.get_by_label("Lý do kết thúc").fill("Nước đã rút")
    page.get_by_role("button", name="Kết thúc").click()
    expect(page.get_by_text("Nước đã rút")).to_be_visible()
    leader.check()
    leader.open("/office/khan-cap")
    numbers = [link.get_attribute("href") for link in page.get_by_role("link", name=TITLE).all()]
    assert [number for number in numbers if number and address.endswith(number)] != []
    leader.check()


def ask(leader: Person) -> None:
    """Go from the page of phrases to the question, looking at every page on the way."""
    page = leader.page
    approved = page.get_by_role("link", name=f"Phát khẩn cấp… {TITLE}").first
    for _ in range(LOOKS):
        leader.open("/office/khan-cap")
        with suppress(NotYetError):
            approved.wait_for(timeout=SOON_MS / LOOKS)
            break
    leader.check()
    approved.click()
    page.get_by_role("checkbox", name="Phường Hạ Đình", exact=True).check()
    page.get_by_label("Lý do").fill("Mực nước vượt báo động 2")
    leader.check()
    page.get_by_role("button", name="Xem lại trước khi phát").click()
    asked = page.get_by_role("alertdialog")
    expect(asked).to_contain_text("Phường Hạ Đình")
    leader.check()


def countersign(second: Person) -> None:
    """Come by the banner and stand by the call."""
    page = second.page
    page.get_by_role("link", name="Xem và xác nhận").first.click()
    second.check()
    page.get_by_role("button", name="Tôi xác nhận lần phát này").click()
    expect(page.get_by_text("Đã xác nhận lần khẩn cấp này.")).to_be_visible()
    second.check()


def test_the_library_of_phrases(enter: Enter) -> None:
    office = enter("van-phong")
    office.open("/office/khan-cap/cau")
    expect(office.page.get_by_text("Diễn tập: Nước sông dâng nhanh")).to_be_visible()
    office.check()
    office.page.get_by_role("link", name="Soạn câu khẩn cấp").click()
    office.check()
