"""The ward's desk in a real Chromium, through a broadcast in which the line to the centre is lost.

A real centre with its bell, and a station of its own behind a wire that can be cut.  How long each order took
from the click to the deed at the station stands in the test's output (`pytest -s`); benchmarks/ward_orders.py
measures it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from content import people
from content.models.people import Role
from scheduler.models.command import Command
from scheduler.models.station import Station
from tests.browser.person import check_page
from tests.station.faults.machine import Machine, until
from tests.station.faults.town import Town, Ward, open_town, ringing
from tests.station.faults.wire import Wire, open_wire

pytestmark = pytest.mark.xdist_group("wards")
LOGIN, PASSWORD = "truc-dai", "mat-khau-cua-dai"
LONG_MS, SHORT_MS = 60_000, 2_000
SOON_S, LATER_S, LATEST_S = 6, 600, 900
A_WHILE = timedelta(seconds=120)
ORDERS = ["pause", "resume", "volume", "stop", "play", "test", "skip"]
WIDTHS = (390, 1280)


@dataclass
class Scene:
    """A ward's machine, and somebody at its desk at the centre."""

    town: Town
    wire: Wire
    machine: Machine
    ward: Ward
    page: Page
    took: dict[str, float] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The ward's name in addresses."""
        with self.town.centre.database.reading() as session:
            return session.get_one(Station, self.ward.name).unit.slug

    def done(self, kind: str) -> Command | None:
        """Return the newest order of a kind that the station has reported on."""
        query = select(Command).where(Command.station == self.ward.name, Command.kind == kind)
        with self.town.centre.database.reading() as session:
            found = session.scalars(query.order_by(Command.issued_at.desc())).first()
        return found if found is not None and found.done_at is not None else None

    def obeyed(self, kind: str, press: Callable[[], None]) -> Command:
        """Press, wait until the station has reported; keep how long after the press it was done there."""
        known = self.done(kind)
        pressed = self.town.now()
        press()
        until(lambda: (now := self.done(kind)) and (known is None or now.id != known.id), f"{kind} is done")
        command = self.done(kind)
        assert command is not None
        assert command.done_at is not None
        assert command.outcome == "done", f"{kind}: {command.outcome}"
        self.took[kind] = (command.done_at - pressed) / timedelta(seconds=1)
        return command


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Give a centre."""
    with open_town(tmp_path_factory.mktemp("town")) as town:
        yield town


@pytest.fixture
def bell(town: Town) -> Iterator[int]:
    """Give the port of a bell that runs."""
    with ringing(town) as port:
        yield port


@pytest.fixture
def scene(town: Town, bell: int, browser: Browser, tmp_path: Path) -> Iterator[Scene]:
    """Give a station that runs, and a person at its desk."""
    ward, machine = town.ward(), Machine(tmp_path)
    context = browser.new_context(locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh")
    with open_wire(town.url) as wire:
        machine.enrol(town, ward, url=wire.url, bell=f"http://127.0.0.1:{bell}/bell/{ward.name}")
        found = Scene(town, wire, machine, ward, context.new_page())
        hire(found)
        yield found
    context.close()


def test_a_broadcast_in_which_the_line_is_lost(scene: Scene) -> None:
    """See it play, hold it, turn it down; lose the line and have it back; stop, call, sound a test, skip."""
    scene.town.plan(scene.ward, SOON_S, ms=LONG_MS)
    scene.town.plan(scene.ward, LATER_S, LATEST_S, ms=SHORT_MS)
    page = scene.page
    with scene.machine.running():
        sign_in(scene)
        expect(now(page)).to_contain_text("Bản tin 0")
        check(page)
        scene.obeyed("pause", lambda: page.locator("body").press("p"))
        expect(now(page)).to_contain_text("Đang tạm dừng")
        scene.obeyed("resume", lambda: page.locator("body").press("p"))
        expect(page.get_by_role("button", name="Tạm dừng")).to_be_enabled()
        scene.obeyed("volume", lambda: press(page.get_by_role("region", name="Âm lượng"), "40"))
        expect(page.get_by_text("đang đặt 40 trên 100")).to_be_visible()
        lose_the_line(scene)
        come_back(scene)
        scene.obeyed("stop", lambda: by_key(page, "s", "Dừng hết"))
        expect(row_of(page, "Bản tin 0")).to_contain_text("Phát dở")
        scene.obeyed("play", lambda: confirm(page, row_of(page, "Bản tin 1").get_by_role("button")))
        expect(row_of(page, "Bản tin 1")).to_contain_text("Đã phát")
        scene.obeyed("test", lambda: by_key(page, "t", "Thử loa"))
        expect(page.get_by_role("region", name="Lệnh vừa gửi")).to_contain_text("Thử loa")
        scene.obeyed("skip", lambda: skip(page, "Bản tin 2"))
        expect(row_of(page, "Bản tin 2")).to_contain_text("Đã bỏ qua")
        check(page)
        until(lambda: scene.town.settled(scene.ward), "everything is reported")
    print("seconds from click to deed:", {kind: round(took, 2) for kind, took in scene.took.items()})  # noqa: T201
    assert scene.town.states(scene.ward) == ["partial (operator)", "played", "skipped (operator)"]
    assert list(scene.took) == ORDERS
    assert scene.town.ledger(scene.ward).whole


def hire(scene: Scene) -> None:
    """Make the person who looks after the ward."""
    house, now_ = scene.town.centre.house, scene.town.now()
    with house.database.writing() as session:
        unit = session.get_one(Station, scene.ward.name).unit_id
        user = people.create_user(
            session, LOGIN, name="Người trực đài", password=PASSWORD, now=now_, by="test"
        )
        people.grant(session, user, Role.OPERATOR, unit, by="test", now=now_)


def sign_in(scene: Scene) -> None:
    """Come in by the door, and go to the desk."""
    page = scene.page
    page.goto(f"{scene.town.url}/dang-nhap")
    page.get_by_label("Tên đăng nhập").fill(LOGIN)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hôm nay")
    page.goto(f"{scene.town.url}/ward/{scene.slug}")


def lose_the_line(scene: Scene) -> None:
    """Cut the wire; by the centre's clock a while passes: the desk says so, and what to do."""
    scene.wire.cut = True
    scene.town.centre.step(A_WHILE)
    expect(scene.page.get_by_text(re.compile("Mất kết nối từ"))).to_be_visible()
    expect(scene.page.get_by_role("button", name="Tạm dừng")).to_be_disabled()
    check(scene.page)


def come_back(scene: Scene) -> None:
    """Mend the wire: the desk sees the station again."""
    scene.town.centre.step(-A_WHILE)
    scene.wire.mend()
    expect(scene.page.get_by_text("Đang nối").first).to_be_visible(timeout=90_000)


def press(part: Locator, name: str) -> None:
    """Press a button of a part of the page."""
    part.get_by_role("button", name=name, exact=True).click()


def confirm(page: Page, button: Locator) -> None:
    """Press a button, and the one by which it asks."""
    name = button.inner_text().strip()
    button.click()
    page.get_by_role("dialog").get_by_role("button", name=name).click()


def by_key(page: Page, key: str, name: str) -> None:
    """Press the key that the station's own page has for it, and the button by which it asks."""
    expect(page.get_by_role("button", name=name).first).to_be_enabled()
    page.locator("body").press(key)
    page.get_by_role("dialog").get_by_role("button", name=name).click()


def skip(page: Page, title: str) -> None:
    """Skip what is to come, for a reason."""
    row_of(page, title).get_by_role("link", name="Bỏ qua…").click()
    page.get_by_label("Lãnh đạo phường yêu cầu").check()
    page.get_by_role("button", name="Bỏ qua lượt này").click()


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
