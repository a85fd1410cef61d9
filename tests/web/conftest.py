"""The city hall and its people, for the tests that sit in the office."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.hall import Browser, Hall, open_hall


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    yield from open_hall(tmp_path)


@pytest.fixture
def stranger(hall: Hall) -> Browser:
    """Return a browser in which nobody is signed in."""
    return hall.browser()


@pytest.fixture
def writer(hall: Hall) -> Browser:
    """Return the browser of the district's office."""
    return hall.browser("an")


@pytest.fixture
def leader(hall: Hall) -> Browser:
    """Return the browser of who approves."""
    return hall.browser("lan")
