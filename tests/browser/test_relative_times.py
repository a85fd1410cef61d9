"""How far away an instant is, as it reads on the page, in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.person import Person
from tests.browser.rehearsal import Rehearsal

HEARD = re.compile(r"nghe lần cuối \d\d:\d\d:\d\d \([^()]+\)")
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture
def office(browser: Browser, rehearsal: Rehearsal) -> Iterator[Person]:
    """Give the sample office at its desk."""
    person = Person(browser, rehearsal, width=1280)
    person.sign_in("van-phong")
    yield person
    person.leave()


def test_a_blank_stands_between_the_time_and_how_far_away_it_is(office: Person) -> None:
    line = office.open("/office/").locator(".station-lines li").first
    expect(line).to_have_text(HEARD, use_inner_text=True)
