"""Somebody at a screen: signs in, opens pages, and every page he opens is checked for faults."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.browser.rehearsal import Rehearsal

PATIENCE_MS = 60_000
SERIOUS = {"serious", "critical"}
expect.set_options(timeout=PATIENCE_MS)


class Person:
    """One browser window of a given width.  `troubles` collects what the console complained of.

    `host` is another name under which the rehearsal is reached.
    """

    def __init__(
        self,
        browser: Browser,
        rehearsal: Rehearsal,
        *,
        width: int,
        host: str = "127.0.0.1",
        scripts: bool = True,
    ) -> None:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            java_script_enabled=scripts,
        )
        context.set_default_timeout(PATIENCE_MS)
        self.page: Page = context.new_page()
        self.troubles: list[str] = []
        self._rehearsal = rehearsal
        self._width = width
        self._url = rehearsal.url.replace("127.0.0.1", host)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def open(self, path: str) -> Page:
        """Open a page of the rehearsal."""
        self.page.goto(f"{self._url}{path}")
        return self.page

    def sign_in(self, login: str) -> Page:
        """Sign in: through the form the first time, later with the cookies that this brought."""
        page, key = self.page, (self._url, login)
        known = self._rehearsal.signed_in.get(key)
        if known:
            page.context.add_cookies(known[0])
            page.goto(known[1])
        else:
            self._fill_in(login)
        expect(page.get_by_role("heading", level=1)).to_contain_text("Hôm nay")
        self._rehearsal.signed_in[key] = (cookies(page), page.url)
        return page

    def _fill_in(self, login: str) -> None:
        page = self.open("/dang-nhap")
        page.get_by_label("Tên đăng nhập").fill(login)
        page.get_by_label("Mật khẩu").fill(self._rehearsal.passwords[login])
        page.get_by_role("button", name="Đăng nhập").click()

    def check(self) -> None:
        """Check the page as it stands: banner, width, accessibility, console."""
        check_page(self.page, width=self._width)
        assert self.troubles == [], f"{self.page.url}: {self.troubles}"

    def leave(self) -> None:
        """Close the window."""
        self.page.context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.troubles.append(f"{self.page.url}: {message.text}")


def check_page(page: Page, *, width: int) -> None:
    """Check a page of a rehearsal as it stands: banner, width, accessibility."""
    expect(page.get_by_text("Tập dượt, không ra loa").first).to_be_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width, f"{page.url} is {wide} px wide"
    found = Axe().run(page).response["violations"]
    serious = [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in SERIOUS]
    assert serious == [], f"{page.url}: {serious}"


def cookies(page: Page) -> list[SetCookieParam]:
    """Return the cookies of the window, as another one takes them."""
    found = page.context.cookies()
    return [
        {"name": one["name"], "value": one["value"], "domain": one["domain"], "path": one["path"]}
        for one in found
    ]
