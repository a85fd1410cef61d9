"""A town, and a reader's client of its public site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.site.town import Town, make_town
from web.app import create_app


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    made = make_town(tmp_path)
    yield made
    made.house.close()


@pytest.fixture
def reader(town: Town) -> FlaskClient:
    return create_app(town.house, testing=True).test_client()
