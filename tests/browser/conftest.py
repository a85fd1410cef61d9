"""A running rehearsal and a real Chromium, each once for all browser tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.person import Person
from tests.browser.rehearsal import Rehearsal

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """Give a rehearsal that was started as a user starts it."""
    with Rehearsal(tmp_path_factory.mktemp("rehearsal")) as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give Debian's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(params=[1280, 390], ids=["desktop", "phone"])
def enter(
    request: pytest.FixtureRequest, browser: Browser, rehearsal: Rehearsal
) -> Iterator[Callable[[str], Person]]:
    """Give a way to let a person in, at both widths; a login of "" stays outside."""
    people: list[Person] = []

    def let_in(login: str) -> Person:
        person = Person(browser, rehearsal, width=request.param)
        people.append(person)
        if login:
            person.sign_in(login)
        return person

    yield let_in
    for person in people:
        person.leave()


@pytest.fixture
def office(enter: Callable[[str], Person]) -> Person:
    """Give the culture office at its desk, at both widths."""
    return enter("van-phong")
