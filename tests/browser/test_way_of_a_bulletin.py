"""The way of one bulletin in a real Chromium, from the desk to the loudspeaker and the news site."""

from __future__ import annotations

import re
import urllib.request
import wave
from collections.abc import Callable

import feedparser
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.person import Person
from tests.browser.rehearsal import Rehearsal

SOON_MS = 120_000
TEXT = "UBND phường thông báo: từ 7h30 ngày 25/11, thu gom 100% rác thải cồng kềnh tại 05 điểm tập kết."
SPOKEN = "ủy ban nhân dân"
pytestmark = pytest.mark.xdist_group("browser")
Enter = Callable[[str], Person]


def test_the_way_of_one_bulletin(enter: Enter, rehearsal: Rehearsal, request: pytest.FixtureRequest) -> None:
    """Write, read, hear, submit; hear, approve; order, play, prove; post, read, subscribe."""
    title = f"Thu gom rác cồng kềnh ({request.node.callspec.id})"
    office = enter("van-phong")
    address = write(office, title)
    approve(enter("lanh-dao"), title)
    order(office, address)
    see_it_played(office, title)
    see_it_on_the_desk(enter("dai-ha-dinh"), title)
    post(enter("bien-tap"), address, title)
    read_as_resident(enter(""), rehearsal, title)


def write(office: Person, title: str) -> str:
    """Write under Chương trình 05 and submit; return the bulletin's address."""
    page = office.page
    page.get_by_role("link", name="Soạn bản tin").click()
    page.get_by_label("Chương trình").select_option("05")
    page.get_by_label("Tiêu đề").fill(title)
    page.get_by_label("Văn bản", exact=True).fill(TEXT)
    spoken = page.get_by_role("region", name="Sẽ đọc là")
    expect(spoken).to_contain_text(re.compile(SPOKEN, re.IGNORECASE))
    expect(spoken).to_contain_text(re.compile("bảy giờ ba mươi", re.IGNORECASE))
    office.check()
    page.get_by_role("button", name="Lưu và nghe thử").click()
    hear(page)
    office.check()
    page.get_by_role("button", name="Gửi duyệt").click()
    expect(page.get_by_text("Chờ duyệt").last).to_be_visible()
    # Without the part of the page: an address that differs in nothing else is not loaded again.
    return page.url.partition("#")[0]


def approve(leader: Person, title: str) -> None:
    """Listen to the end, then approve exactly that."""
    page = leader.page
    leader.open("/office/cho-duyet")
    leader.check()
    page.get_by_role("link", name=title).click()
    button = page.get_by_role("button", name="Duyệt đúng bản thu này")
    expect(button).to_be_disabled()
    replace_the_player(page)
    expect(button).to_be_enabled()
    page.reload()
    look_again(page, wait_s=9)
    expect(button).to_be_disabled()
    hear(page)
    leader.check()
    expect(button).to_be_enabled(timeout=SOON_MS)
    look_again(page, wait_s=11)
    expect(button).to_be_enabled()
    button.click()
    expect(page.get_by_text("Đã duyệt.", exact=False).first).to_be_visible()


def replace_the_player(page: Page) -> None:
    """Take the player away and free the button; what the player tells afterwards is of another clip."""
    page.locator("#ban-thu [data-player]").evaluate("""box => {
        box.remove();
        document.querySelector('#approve').disabled = false;
        box.querySelector('audio').dispatchEvent(new Event('pause'));
    }""")


def look_again(page: Page, *, wait_s: int) -> None:
    """Let the clip's part of the page take in an answer that differs from the last: how long to wait now."""
    region, clip = page.locator("#ban-thu [data-poll]"), page.locator("#ban-thu .clip")
    asked = f"**{region.get_attribute('data-poll')}"

    def answer(route: Route) -> None:
        came = route.fetch()
        body = re.sub(r'data-next-seconds="\d+"', f'data-next-seconds="{wait_s}"', came.text())
        route.fulfill(response=came, body=body)

    clip.evaluate("clip => { clip.dataset.nextSeconds = 'old'; }")
    page.route(asked, answer)
    region.dispatch_event("stale")
    expect(clip).to_have_attribute("data-next-seconds", str(wait_s))
    page.unroute(asked)


def hear(page: Page) -> None:
    """Wait for the clip and play it; the page says which voice spoke."""
    play = page.get_by_role("button", name=re.compile("^(Phát|Nghe)(?! thử)"))
    expect(play.first).to_be_visible(timeout=SOON_MS)
    expect(page.get_by_text("Giọng:")).to_be_visible()
    play.first.click()


def order(office: Person, address: str) -> None:
    """Order it to one chosen ward."""
    page = office.page
    page.goto(address)
    page.get_by_role("link", name="Đặt lệnh phát").click()
    page.get_by_label("Phường Hạ Đình").check()
    office.check()
    page.get_by_role("button", name="Đặt lệnh phát").click()
    expect(page.get_by_text("Đã đặt lệnh phát", exact=False)).to_be_visible()
    office.check()


def see_it_played(office: Person, title: str) -> None:
    """See the office's page show it as played, with the station's sealed record."""
    page = office.page
    office.open("/office")
    row = page.get_by_role("row").filter(has_text=title)
    expect(row).to_contain_text("Đã phát", timeout=SOON_MS)
    office.check()
    row.get_by_role("link", name=title).click()
    expect(page.get_by_text("Trạm đã niêm phong", exact=False).first).to_be_visible()
    expect(page.get_by_text('"outcome":"played"', exact=False)).to_be_visible()
    office.check()


def see_it_on_the_desk(operator: Person, title: str) -> None:
    """See what was played at the ward; another ward's desk is closed to its operator."""
    operator.open("/ward")
    expect(operator.page.get_by_text(title).first).to_be_visible()
    operator.check()
    operator.open("/ward/kim-giang")
    expect(operator.page.get_by_text("Bạn không có quyền", exact=False).first).to_be_visible()
    operator.troubles.clear()


def post(editor: Person, address: str, title: str) -> None:
    """Post the same bulletin as an article, without retyping."""
    page = editor.page
    editor.open("/office/tin-bai")
    editor.check()
    page.goto(address)
    page.get_by_role("link", name="Đăng thành tin").click()
    editor.check()
    page.get_by_role("button", name="Đăng tin").click()
    expect(page.get_by_text("Đã đăng tin", exact=False)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text=title)).to_contain_text("Đang đăng")


def read_as_resident(resident: Person, rehearsal: Rehearsal, title: str) -> None:
    """Read it on the site and in the feed, and fetch its sound, the enclosure."""
    page = resident.open("/")
    resident.check()
    page.get_by_role("link", name=title).first.click()
    expect(page.get_by_text("thu gom 100% rác thải", exact=False).first).to_be_visible()
    resident.check()
    feed = feedparser.parse(fetch(f"{rehearsal.url}/feed.atom"))
    assert not feed.bozo
    entry = next(entry for entry in feed.entries if entry.title == title)
    sound = next(link for link in entry.links if link.rel == "enclosure")
    assert (sound.type, int(sound.length)) == ("audio/mpeg", len(fetch(sound.href)))


def test_what_played_was_written_to_wav(rehearsal: Rehearsal) -> None:
    """The virtual station wrote sound, not silence, for what it says it played."""
    rehearsal.wait_for(r"station +\| .* played: ", 120)
    rehearsal.wait_for(r"station +\| .*writing what plays to", 5)
    with wave.open(str(next(rehearsal.folder.glob("station/played/*.wav")))) as file:
        assert any(file.readframes(file.getnframes()))


def fetch(url: str) -> bytes:
    """Return what an address answers."""
    with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 (loopback)
        data: bytes = answer.read()
    return data
