"""A city hall for the tests of the office: units, stations, people for each role, and their browsers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from audio import rendering
from audio.composing import ClipFacts
from audio.recipe import Recipe
from content import bulletins, people, plans
from content.bulletins import Draft, SpokenWords
from content.clock import SteppedClock
from content.db import Database
from content.models.bulletin import Bulletin
from content.models.people import Grant, Role, User
from content.models.unit import Unit
from content.settings import Settings
from content.units import load_tree
from scheduler import stations, windows
from scheduler.rules import Rules
from tests.web.wards import _connection, _empty_tables, app_of, make_house
from web import voicing
from web.house import House
from web.tables import metadata

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""08:00 on Monday 23/11/2026 at the wards."""
TODAY, LAST_DAY = date(2026, 11, 23), date(2026, 11, 30)
PASSWORD = "mat-khau-thu"
SOUND = b"ID3" + bytes(range(256)) * 8
CLIP_MS = 6_000
TIMING, PEAKS = [(200, 5_700, 0, 0)], [0, 40, 90, 30]
WHY = "gtts: không tới được máy chủ của Google"
UNITS = (
    ("ha-noi", "Thành phố Hà Nội", "city", None),
    ("thanh-xuan", "Quận Thanh Xuân", "district", "ha-noi"),
    ("ha-dinh", "Phường Hạ Đình", "ward", "thanh-xuan"),
    ("hoang-mai", "Quận Hoàng Mai", "district", "ha-noi"),
    ("dinh-cong", "Phường Định Công", "ward", "hoang-mai"),
)
PEOPLE = (
    ("an", "Phòng văn hóa Thanh Xuân", Role.OFFICE, "thanh-xuan"),
    ("bich", "Văn phòng Định Công", Role.OFFICE, "dinh-cong"),
    ("lan", "Lãnh đạo Thanh Xuân", Role.APPROVER, "thanh-xuan"),
    ("oanh", "Đài Hạ Đình", Role.OPERATOR, "ha-dinh"),
    ("em", "Biên tập Thanh Xuân", Role.EDITOR, "thanh-xuan"),
    ("quan", "Quản trị Hà Nội", Role.ADMIN, "ha-noi"),
)
_COUNTS = union_all(
    *(select(literal(table.name), func.count()).select_from(table) for table in metadata.sorted_tables)
)


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes and what it would send as it stands."""

    action: str
    fields: dict[str, list[str]]
    buttons: tuple[str, ...]


class Page:
    """What an answer shows, read as a browser reads it."""

    def __init__(self, answer: TestResponse, path: str) -> None:
        self.answer = answer
        self._path = path
        self._tree: Any = html.fromstring(answer.text) if answer.text.strip() else html.fromstring("<p></p>")

    @property
    def words(self) -> str:
        """The words of the page, blanks folded, what stands in two places apart."""
        return " ".join(" ".join(self._tree.itertext()).split())

    @property
    def forms(self) -> list[Form]:
        """Every form that sends something."""
        found = self._tree.xpath("//form[translate(@method, 'POST', 'post') = 'post']")
        return [Form(form.get("action") or self._path, _fields(form), _buttons(form)) for form in found]

    def form(self, action: str) -> Form:
        """Return the form that is sent to `action`; LookupError when the page has none."""
        for form in self.forms:
            if form.action == action:
                return form
        raise LookupError(f"no form of {self._path} goes to {action}")

    def error_of(self, field: str) -> str:
        """Return what is told beside the field, empty when nothing is."""
        found = self._tree.xpath(f"//*[@id='{field}-error']|//*[@id='{field}']/p[@class='field-error']")
        return " ".join(" ".join(one.text_content() for one in found).split())

    def is_open(self, field: str) -> bool:
        """Tell whether the folded part that holds the field stands open."""
        return bool(self._tree.xpath(f"//details[@open]//*[@id='{field}']"))

    def options(self, field: str) -> list[str]:
        """Return the words a list offers."""
        return [option.text_content() for option in self._tree.xpath(f"//select[@id='{field}']/option")]

    def links(self, part: str) -> list[str]:
        """Return the texts of the links below the XPath `part`."""
        return [" ".join(link.text_content().split()) for link in self._tree.xpath(f"{part}//a")]


class Browser:
    """A person's client, who sends the forms that pages show him."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> TestResponse:
        """Ask for an address."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get(path, headers=given)

    def see(self, path: str) -> Page:
        """Open a page that must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return Page(answer, path)

    def send(self, path: str, action: str | None = None, **changes: Any) -> TestResponse:
        """Open the page `path`, change fields of the form that goes to `action`, and send it."""
        form = self.see(path).form(action or path)
        return self.client.post(form.action, data={**form.fields, **changes})

    def post(self, action: str, **fields: Any) -> TestResponse:
        """Send fields without a form of that kind, as somebody who writes his own requests would."""
        return self.client.post(action, data={"csrf_token": self.token(), **fields})

    def token(self) -> str:
        """Return the token that pages of this browser carry."""
        page = Page(self.client.get("/dang-nhap", follow_redirects=True), "/dang-nhap")
        return page.forms[0].fields["csrf_token"][0]


@dataclass(frozen=True)
class Hall:
    """The house, its clock and app."""

    house: House
    clock: SteppedClock
    app: Flask

    def browser(self, login: str | None = None) -> Browser:
        """Return a browser in which `login` is signed in, or nobody."""
        client = self.app.test_client()
        if login is not None:
            with self.house.database.reading() as session:
                user = people.by_login(session, login)
            with client.session_transaction() as cookie:
                cookie["_user_id"] = f"{user.id}:{user.epoch}"
        return Browser(client)

    def unit_id(self, slug: str) -> int:
        """Return the id of a unit."""
        with self.house.database.reading() as session:
            return session.scalars(select(Unit.id).where(Unit.slug == slug)).one()

    def counts(self) -> dict[str, int]:
        """Return how many rows each table has."""
        with self.house.database.reading() as session:
            return {name: rows for name, rows in session.execute(_COUNTS)}  # noqa: C416 (typed)

    def bulletin(
        self,
        state: str = "draft",
        *,
        unit: str = "ha-dinh",
        by: str = "an",
        level: str = "normal",
        **more: Any,
    ) -> int:
        """Store a bulletin brought to `state` (draft, submitted, rendered, approved); return its id."""
        with self.house.database.writing() as session:
            made = _write(session, unit, by, level=level, **more)
            steps = ("draft", "submitted", "rendered", "approved").index(state)
            if steps >= 1:
                author = made.latest.author
                bulletins.submit(session, made.latest, by=author, now=NOW, today=TODAY)
            if steps >= 2:
                self.render(session, made)
            if steps >= 3:
                _approve(session, made, people.by_login(session, "lan"))
            return made.id

    def render(
        self, session: Session, bulletin: Bulletin, sound: bytes = SOUND, *, voice: str = "espeak"
    ) -> str:
        """Have the bulletin's latest words made into a sound; return its hash."""
        recipe = voicing.recipe_of(session, bulletin.latest, self.house, load_tree(session))
        return self.make(session, recipe, sound, voice=voice)

    def make(self, session: Session, recipe: Recipe, sound: bytes = SOUND, *, voice: str = "espeak") -> str:
        """Do the worker's part: keep a sound as what `voice` made of a recipe; return its hash."""
        rendering.order(session, recipe, NOW)
        lease = rendering.lease_next(session, "may-thu:1", NOW)
        assert lease is not None
        sha256 = self.house.library.put(sound)
        facts = ClipFacts(
            sha256,
            len(sound),
            CLIP_MS,
            "audio/mpeg",
            voice,
            -16_000,
            -1_000,
            timing=TIMING,
            peaks=PEAKS,
            why_fallback=None if voice == recipe.wanted_voice else WHY,
        )
        rendering.finish(session, lease, facts, NOW)
        return sha256

    def audited(self) -> list[str]:
        """Return what was done, oldest first."""
        with self.house.database.reading() as session:
            audit = metadata.tables["audit"]
            return list(session.scalars(select(audit.c.action).order_by(audit.c.sequence)))


def open_hall(folder: Path) -> Iterator[Hall]:
    """Give a hall in `folder`; its rows are built once and copied."""
    clock = SteppedClock(NOW)
    house = make_house(folder, clock=clock)
    _connection(house.database).deserialize(_rows())
    yield Hall(house, clock, app_of(house))
    house.close()


def sound_hash() -> str:
    """Return the name of the clip that `Hall.render` keeps."""
    return hashlib.sha256(SOUND).hexdigest()


@cache
def _rows() -> bytes:
    house = House(Settings(mode="rehearsal"), SteppedClock(NOW), Database.open("sqlite://"))
    _connection(house.database).deserialize(_empty_tables())
    fill(house)
    rows = _connection(house.database).serialize()
    house.close()
    return rows


def fill(house: House) -> None:
    """Put plan, units, stations and people into a house that has none."""
    with house.database.writing() as session:
        plans.import_plan(session, plans.SHIPPED, by="test", now=NOW)
        units = _make_units(session)
        _make_stations(session, Rules.of(house.settings))
        an = people.create_user(session, "an", name=PEOPLE[0][1], password=PASSWORD, now=NOW)
        an.grants = [Grant(role=Role.OFFICE, unit_id=units["thanh-xuan"])]
        for login, name, role, slug in PEOPLE[1:]:
            user = User(login=login, name=name, password_hash="-", created_at=NOW)
            user.grants = [Grant(role=role, unit_id=units[slug])]
            session.add(user)


def _make_units(session: Session) -> dict[str, int]:
    made: dict[str | None, int] = {}
    for slug, name, kind, parent in UNITS:
        unit = Unit(slug=slug, name=name, kind=kind, parent_id=made.get(parent), valid_from=date(2025, 7, 1))
        session.add(unit)
        session.flush()
        made[slug] = unit.id
    return {str(slug): unit_id for slug, unit_id in made.items()}


def _make_stations(session: Session, rules: Rules) -> None:
    wards = session.scalars(select(Unit).where(Unit.kind == "ward")).all()
    for ward in wards:
        station = stations.create_station(
            session, ward.id, title=ward.name.removeprefix("Phường "), name=f"{ward.slug}-1", now=NOW
        )
        windows.create_window(
            session,
            station,
            title="Buổi chiều",
            rrule="FREQ=DAILY",
            local_start="17:00",
            budget_ms=900_000,
            first_day=TODAY,
            rules=rules,
            now=NOW,
        )


def _write(session: Session, unit: str, by: str, *, level: str, **more: Any) -> Bulletin:
    given = {"title": "Thu gom rác", "text": "Phường thu gom rác thải cồng kềnh.", "code": "05", **more}
    programme = plans.programme_by_code(session, given["code"])
    sound = {name: given[name] for name in ("voice", "repeat", "internal") if name in given}
    draft = Draft(programme.id, level, given["title"], given["text"], TODAY, LAST_DAY, **sound)
    unit_id = session.scalars(select(Unit.id).where(Unit.slug == unit)).one()
    words = SpokenWords(given["text"].lower(), "v-test")
    author = people.by_login(session, by)
    return bulletins.create(session, unit_id, author=author, draft=draft, spoken=words, now=NOW)


def _approve(session: Session, bulletin: Bulletin, by: User) -> None:
    clip = bulletins.ClipFacts(sound_hash(), len(SOUND), CLIP_MS, "audio/mpeg", "espeak")
    bulletins.approve(
        session,
        bulletin.latest,
        by=by,
        clip=clip,
        heard_sha256=clip.sha256,
        heard_ms=CLIP_MS,
        now=NOW,
    )


def _fields(form: Any) -> dict[str, list[str]]:
    """Return what the form would send; the newline after <textarea> is none of its text."""
    fields: dict[str, list[str]] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value.removeprefix("\n"))
    return fields


def _buttons(form: Any) -> tuple[str, ...]:
    return tuple(" ".join(button.text_content().split()) for button in form.xpath(".//button"))
