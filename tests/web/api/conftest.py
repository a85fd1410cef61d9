"""A house with two enrolled wards, and a client of its app."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.web.wards import Ward, app_of, make_house, make_ward
from web.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = make_house(tmp_path)
    yield found
    found.close()


@pytest.fixture
def ha_dinh(house: House) -> Ward:
    return make_ward(house, "Hạ Đình")


@pytest.fixture
def khuong_dinh(house: House) -> Ward:
    return make_ward(house, "Khương Đình")


@pytest.fixture
def client(house: House) -> FlaskClient:
    return app_of(house).test_client()
