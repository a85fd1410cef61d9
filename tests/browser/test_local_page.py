"""The station's own page in a real Chromium, through a broadcast in which the line to the centre is lost.

The station is a process of its own, the centre a real one behind a wire that can be cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from scheduler.models.command import Command
from tests.browser.person import check_page
from tests.browser.rehearsal import free_port
from tests.station.faults.machine import Machine, until
from tests.station.faults.town import Town, Ward, open_town
from tests.station.faults.wire import Wire, open_wire

pytestmark = pytest.mark.xdist_group("wards")
PIN = "482913"
LONG_MS, SHORT_MS = 60_000, 1_500
WIDTHS = (390, 1280)
SOON_S, LATER_S, LATEST_S = 6, 60, 600


@dataclass
class Scene:
    """A ward's machine with somebody at its page, and the centre at the other end of the wire."""

    town: Town
    wire: Wire
    machine: Machine
    ward: Ward
    page: Page
    url: str

    def commands(self) -> list[tuple[str, str, str | None]]:
        """Return (kind, by, outcome) of the commands that the centre knows of."""
        query = select(Command).where(Command.station == self.ward.name).order_by(Command.issued_at)
        with self.town.centre.database.reading() as session:
            return [(row.kind, row.by, row.outcome) for row in session.scalars(query)]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Give a centre."""
    with open_town(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture
def scene(town: Town, browser: Browser, tmp_path: Path) -> Iterator[Scene]:
    """Give a station that runs and its page, not yet opened."""
    ward, machine = town.ward(), Machine(tmp_path)
    port = str(free_port())
    machine.environ |= {"LOAPHUONG_DESK_PORT": port, "LOAPHUONG_DESK_PIN": PIN}
    context = browser.new_context(locale="vi-VN")
    with open_wire(town.url) as wire:
        machine.enrol(town, ward, url=wire.url)
        yield Scene(town, wire, machine, ward, context.new_page(), f"http://127.0.0.1:{port}/")
    context.close()


def test_a_broadcast_in_which_the_line_is_lost(scene: Scene) -> None:
    """Come in, see it play, lose the line, hear it go on, stop it by the keyboard, be back and reported."""
    scene.town.plan(scene.ward, SOON_S, ms=LONG_MS)
    scene.town.plan(scene.ward, LATER_S, LATEST_S, ms=SHORT_MS)
    with scene.machine.running():
        until(lambda: "local page at" in scene.machine.log(), "the page is served")
        come_in(scene.page, scene.url)
        see_it_play(scene.page)
        lose_the_line(scene)
        stop_by_the_keyboard(scene.page)
        stop_over_a_question(scene.page, "Bản tin 2")
        skip(scene.page, "Bản tin 2")
        row = row_of(scene.page, "Bản tin 1")
        expect(row).to_contain_text("Đã phát", timeout=LATER_S * 2000)
        come_back(scene)
    assert scene.town.states(scene.ward) == ["partial (operator)", "played", "skipped (operator)"]
    assert scene.commands() == [
        ("stop", "desk", "done"),
        ("volume", "desk", "done"),
        ("stop", "desk", "nothing_to_do"),
        ("volume", "desk", "done"),
        ("stop", "desk", "nothing_to_do"),
        ("skip", "desk", "done"),
    ]
    assert scene.town.ledger(scene.ward).whole


def come_in(page: Page, url: str) -> None:
    """Give a wrong PIN, then the right one."""
    page.goto(url)
    for pin in ("000000", PIN):
        page.get_by_label("PIN của trạm").fill(pin)
        page.keyboard.press("Enter")
        if pin != PIN:
            expect(page.get_by_role("alert")).to_have_text("PIN không đúng; hãy thử lại.")
    expect(page.get_by_text("Đang nối với trung tâm")).to_be_visible()
    check(page)


def see_it_play(page: Page) -> None:
    """See what plays, and how much of it is left, pass by."""
    expect(now(page)).to_contain_text("Đang phát")
    expect(now(page)).to_contain_text("Bản tin 0")
    watch(page)
    check(page)


def lose_the_line(scene: Scene) -> None:
    """Cut the wire: the page says so and what to do, and it plays on."""
    scene.wire.cut = True
    expect(scene.page.get_by_text(re.compile("Mất kết nối với trung tâm từ"))).to_be_visible()
    expect(scene.page.get_by_text("Trạm vẫn phát đúng giờ", exact=False)).to_be_visible()
    watch(scene.page)
    check(scene.page)


def stop_by_the_keyboard(page: Page) -> None:
    """Press the key that stands on the button."""
    expect(page.get_by_role("button", name="Dừng hết")).to_contain_text("dấu cách")
    page.locator("body").press("s")
    expect(page.get_by_text("Đã dừng hết.")).to_be_visible()
    expect(now(page)).to_contain_text("Không có gì đang phát")
    expect(row_of(page, "Bản tin 0")).to_contain_text("Phát dở")
    page.get_by_role("button", name="40").click()
    expect(page.get_by_text("Đã đặt âm lượng.")).to_be_visible()
    page.keyboard.press(" ")
    expect(page.get_by_text("Lúc này không có gì để làm việc đó.")).to_be_visible()


def stop_over_a_question(page: Page, title: str) -> None:
    """Press the stop key while the page asks for a reason: typed letters stay letters, the rest stops."""
    page.get_by_role("button", name="60").click()
    expect(page.get_by_text("Đã đặt âm lượng.")).to_be_visible()
    row_of(page, title).get_by_role("button", name=f"Bỏ qua… {title}").click()
    page.get_by_label("Ghi rõ thêm").press_sequentially("s s")
    expect(page.get_by_label("Ghi rõ thêm")).to_have_value("s s")
    page.get_by_label("Lý do khác").focus()
    page.keyboard.press("s")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_text("Lúc này không có gì để làm việc đó.")).to_be_visible()


def skip(page: Page, title: str) -> None:
    """Skip what is to come, for a reason."""
    row_of(page, title).get_by_role("button", name=f"Bỏ qua… {title}").click()
    check(page)
    page.get_by_label("Ở phường đang có việc tang, việc họp, thi cử").check()
    page.get_by_role("button", name="Bỏ qua lượt này").click()
    expect(row_of(page, title)).to_contain_text("Đã bỏ qua")


def come_back(scene: Scene) -> None:
    """Mend the wire: the page says so, and everything is with the centre."""
    scene.wire.mend()
    expect(scene.page.get_by_text("Đang nối với trung tâm")).to_be_visible()
    expect(scene.page.get_by_text("trung tâm đã nhận đủ nhật ký")).to_be_visible()
    check(scene.page)


def now(page: Page) -> Locator:
    """Return the part that tells what plays."""
    return page.get_by_role("region", name="Đang phát")


def row_of(page: Page, title: str) -> Locator:
    """Return the line of the day with this title."""
    return page.get_by_role("region", name="Hôm nay").get_by_role("listitem").filter(has_text=title)


def check(page: Page) -> None:
    """Check the page as it stands at the widths at which it is looked at."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        check_page(page, width=width)


def watch(page: Page) -> None:
    """See the bar move."""
    bar = now(page).get_by_role("progressbar")
    before = bar.evaluate("bar => bar.value")
    page.wait_for_function("before => document.querySelector('[data-now-bar]').value > before", arg=before)
