"""A city with two wards, their stations enrolled and heard, and the people who look after them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from content.clock import SteppedClock
from content.models.people import Role, User
from tests.web.wards import (
    MORNING,
    Ward,
    app_of,
    beat,
    make_house,
    make_person,
    make_unit,
    make_ward,
    store_manifest,
)
from web.house import House


@dataclass(frozen=True)
class Town:
    """The house, its clock, and its two wards."""

    house: House
    clock: SteppedClock
    ha_dinh: Ward
    khuong_dinh: Ward


class Browser:
    """A signed-in person's client, who sends forms with the token that the page gave."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def see(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(
            path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )

    def text(self, path: str) -> str:
        """Return a page's words, tags taken off."""
        page = re.sub(r"<(style|svg).*?</\1>", "", self.see(path).text, flags=re.DOTALL)
        return " ".join(re.sub(r"<[^>]+>", " ", page).split())

    def press(self, path: str, *, page: str = "/ward/ha-dinh", **form: str) -> TestResponse:
        """Send a form from `page`."""
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.see(page).text)
        assert token is not None
        return self.client.post(path, data={**form, "csrf_token": token[1]})


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    clock = SteppedClock(MORNING)
    house = make_house(tmp_path, clock=clock)
    with house.database.writing() as session:
        city = make_unit(session, "ha-noi", "Thành phố Hà Nội").id
        units = [
            make_unit(session, slug, name, parent_id=city).id
            for slug, name in (("ha-dinh", "Phường Hạ Đình"), ("khuong-dinh", "Phường Khương Đình"))
        ]
    wards = [
        make_ward(house, name, unit_id=unit)
        for name, unit in zip(("Hạ Đình", "Khương Đình"), units, strict=True)
    ]
    for ward in wards:
        store_manifest(house, ward.name, 1)
        beat(house, ward)
    make_person(house, "an", (Role.OPERATOR, units[0]))
    make_person(house, "binh", (Role.OFFICE, city))
    make_person(house, "chi", (Role.EDITOR, city))
    yield Town(house, clock, *wards)
    house.close()


@pytest.fixture
def app(town: Town) -> Flask:
    return app_of(town.house)


@pytest.fixture
def sign_in(town: Town, app: Flask) -> Callable[[str], Browser]:
    """Return a maker of browsers in which a person is signed in."""

    def browser_of(login: str) -> Browser:
        client = app.test_client()
        with town.house.database.reading() as session:
            user = session.scalars(select(User).where(User.login == login)).one()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = f"{user.id}:{user.epoch}"
        return Browser(client)

    return browser_of


@pytest.fixture
def an(sign_in: Callable[[str], Browser]) -> Browser:
    """Return the browser of Hạ Đình's operator."""
    return sign_in("an")


@pytest.fixture
def binh(sign_in: Callable[[str], Browser]) -> Browser:
    """Return the browser of the city's office."""
    return sign_in("binh")
