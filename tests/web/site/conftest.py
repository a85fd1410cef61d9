"""A town, built once and copied for each test, and a reader's client of its public site."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.site.town import Town, build_town, open_town
from web.app import create_app


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("town") / "data"
    build_town(folder)
    return folder


@pytest.fixture
def town(built: Path, tmp_path: Path) -> Iterator[Town]:
    made = open_town(shutil.copytree(built, tmp_path / "data"))
    yield made
    made.house.close()


@pytest.fixture
def reader(town: Town) -> FlaskClient:
    return create_app(town.house, testing=True).test_client()
