"""The English pages: every text of the code is found, translated and filled with the same values."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from lxml import html
from sqlalchemy import select

from content import plans
from content.errors import ForbiddenError, InvalidInputError, LoaPhuongError
from content.models.people import Role, User
from content.rights import Rights
from content.units import load_tree
from scheduler.intake import GapError
from tests.web.wards import MORNING, app_of, make_house, make_person, make_unit
from web.errors import message_of
from web.house import House

ROOT = Path(__file__).parent.parent.parent
ENGLISH = ROOT / "web" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
PACKAGES = ("audio", "content", "scheduler", "web")
NAMES = ("Loa Phường", "Tiếng Việt", "Thành phố Hà Nội")
VIETNAMESE = re.compile(r"\w*[À-ÖØ-öø-ỹ]\w*")
VALUE = re.compile(r"%\(\w+\)\w|%%")


def texts(message: Message) -> tuple[str, ...]:
    """Return a message's text, or its singular and plural."""
    return tuple(map(str, message.id)) if isinstance(message.id, (list, tuple)) else (message.id,)


def translations(message: Message | None) -> tuple[str, ...]:
    """Return what a message is in English, for one and for many."""
    string = message.string if message else ""
    return tuple(map(str, string)) if isinstance(string, (list, tuple)) else (string or "",)


def values(text: str) -> tuple[list[str], list[str]]:
    """Return what is filled into a text, in order of name."""
    fields = [f"{name}:{form}" for _, name, form, _ in Formatter().parse(text) if name is not None]
    return sorted(fields), sorted(VALUE.findall(text))


@cache
def found() -> Catalog:
    """Return the texts of the code as they stand now."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    catalog = Catalog()
    for _, _, message, _, context in extract_from_dir(ROOT, methods, options):
        catalog.add(message, context=context)
    return catalog


@cache
def english() -> Catalog:
    """Return the catalogue."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def pairs() -> list[tuple[Message, Message]]:
    """Return every text of the code that has a translation, and that translation."""
    told = [(message, english().get(texts(message)[0])) for message in found() if message.id]
    return [(message, translated) for message, translated in told if translated is not None]


def test_every_text_stands_in_the_catalogue() -> None:
    missing = [texts(message)[0] for message in found() if message.id and texts(message)[0] not in english()]
    assert missing == [], "refresh the catalogue and translate what is new (CONTRIBUTING.md)"


def test_every_text_is_translated_for_one_and_for_many() -> None:
    wanted = [(message, 2 if isinstance(message.id, tuple) else 1) for message, _ in pairs()]
    bare = [
        texts(message)[0]
        for (message, forms), (_, told) in zip(wanted, pairs(), strict=True)
        if told.fuzzy or len(translations(told)) != forms or not all(translations(told))
    ]
    assert bare == []


def test_a_translation_is_filled_with_the_values_of_its_text() -> None:
    others = [
        texts(message)[0]
        for message, told in pairs()
        for translation in translations(told)
        if translation and not _may_fill(translation, texts(message)[-1])
    ]
    assert others == []


def _may_fill(translation: str, text: str) -> bool:
    """Tell whether the values are the same; one thing need not be told by its number."""
    fields, named = values(translation)
    return fields == values(text)[0] and {*named, "%(num)s"} == {*values(text)[1], "%(num)s"}


def test_no_translation_is_vietnamese() -> None:
    kept = {"Loa Phường: latest news", 'Line {number} must be a JSON string, for example "Ngày 2/9".'}
    left = {told for _, message in pairs() for told in translations(message) if VIETNAMESE.search(told)}
    assert left == kept


def test_what_is_compiled_is_what_is_written() -> None:
    with ENGLISH.with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    told = [(told, compiled.get(texts(told)[0])) for _, told in pairs()]
    stale = [texts(told)[0] for told, held in told if translations(held) != translations(told)]
    assert stale == [], "compile the catalogue: pybabel compile -d web/translations"


def test_the_sentences_of_errors_are_found() -> None:
    known = {text for message in found() if message.id for text in texts(message)}
    assert [text for text in _sentences() if text not in known] == []


def _sentences() -> Iterator[str]:
    for file in (file for package in PACKAGES for file in _modules(ROOT / package)):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Call):
                yield from filter(VIETNAMESE.search, _told(node))


def _modules(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*.py") if "frontend" not in file.parts)


def _told(call: ast.Call) -> Iterator[str]:
    """Yield what a call hands to a person: the sentence of an error, the name of what is checked."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    given = [call.args[0]] if name.endswith("Error") and call.args else []
    for node in (*given, *(keyword.value for keyword in call.keywords if keyword.arg == "what")):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Give a house with one city, its plan, and a person who may do everything there."""
    made = make_house(tmp_path)
    with made.database.writing() as session:
        plans.import_plan(session, plans.SHIPPED, by="test", now=MORNING)
        city = make_unit(session, "ha-noi", "Thành phố Hà Nội").id
    make_person(made, "an", *((role, city) for role in Role))
    yield made
    made.close()


@pytest.fixture
def app(house: House) -> Flask:
    return app_of(house)


@pytest.fixture
def client(app: Flask, house: House) -> FlaskClient:
    """Return the person's browser."""
    browser = app.test_client()
    with house.database.reading() as session:
        user = session.scalars(select(User)).one()
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = f"{user.id}:{user.epoch}"
    return browser


@pytest.fixture
def choose(app: Flask) -> Callable[[FlaskClient, str], None]:
    """Return what a click on a language does, with the token of the page it stands on."""

    def choose_in(browser: FlaskClient, locale: str) -> None:
        page = browser.get("/dang-nhap", follow_redirects=True).text
        token = html.fromstring(page).xpath("string(//input[@name='csrf_token']/@value)")
        browser.post("/ngon-ngu", data={"locale": locale, "csrf_token": token})

    return choose_in


def words(page: str) -> str:
    """Return what a page says, in its text and beside it; options hold the plan's own titles."""
    tree: Any = html.fromstring(page)
    own = "//select[@id='unit' or @id='programme' or @id='correct-scope']/option[@value!='']"
    for data in tree.xpath(f"//script|//style|{own}"):
        data.drop_tree()
    told = [*tree.itertext(), *tree.xpath("//@title|//@aria-label|//@placeholder|//@data-confirm")]
    return " ".join(" ".join(map(str, told)).split())


def leftovers(said: str) -> list[str]:
    """Return the Vietnamese words that are no proper names."""
    for name in NAMES:
        said = said.replace(name, "")
    return VIETNAMESE.findall(said)


PAGES = [
    ("/office", "Hôm nay", "Today"),
    ("/office/ban-tin/moi", "Gửi duyệt", "Submit for approval"),
    ("/office/khong-co", "Không có trang này", "There is no such page"),
    ("/office/luot-phat", "Lượt phát", "Airings"),
    ("/ward", "Đài phường", "Ward desk"),
]


@pytest.mark.parametrize(("path", "vietnamese", "_english"), PAGES)
def test_pages_are_vietnamese_for_who_chose_nothing(
    client: FlaskClient, path: str, vietnamese: str, _english: str
) -> None:
    assert vietnamese in words(client.get(path, follow_redirects=True).text)


@pytest.mark.parametrize(("path", "_vietnamese", "said"), PAGES)
def test_pages_are_english_for_who_chose_english(
    client: FlaskClient,
    choose: Callable[[FlaskClient, str], None],
    path: str,
    _vietnamese: str,
    said: str,
) -> None:
    choose(client, "en")
    page = words(client.get(path, follow_redirects=True).text)
    assert said in page
    assert leftovers(page) == []


def test_a_language_chosen_before_signing_in_is_kept(
    app: Flask, choose: Callable[[FlaskClient, str], None]
) -> None:
    browser = app.test_client()
    choose(browser, "en")
    page = words(browser.get("/dang-nhap").text)
    assert "Sign-in name" in page
    assert leftovers(page) == []


def test_vietnamese_can_be_chosen_again(
    client: FlaskClient, choose: Callable[[FlaskClient, str], None]
) -> None:
    choose(client, "en")
    choose(client, "vi")
    assert "Hôm nay" in words(client.get("/office", follow_redirects=True).text)


def test_what_is_wrong_with_a_form_is_told_in_english(
    client: FlaskClient, choose: Callable[[FlaskClient, str], None]
) -> None:
    choose(client, "en")
    page = html.fromstring(client.get("/office/ban-tin/moi").text)
    token = page.xpath("string(//input[@name='csrf_token']/@value)")
    days = {"valid_from": "2026-11-23", "valid_to": "2026-11-30"}
    given = {"csrf_token": token, "unit": "1", "programme": "05", "level": "normal", "title": "", **days}
    answer = client.post("/office/ban-tin/moi", data=given)
    assert "Title: nothing has been filled in." in words(answer.text)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InvalidInputError("Hãy nghe hết bản thu trước khi duyệt."), "Listen to the whole recording"),
        (InvalidInputError("{what} đang để trống.", what="Tiêu đề"), "Title: nothing has been filled in."),
        (
            InvalidInputError("Bản tin có hiệu lực từ {day:%d/%m/%Y}.", day=date(2026, 11, 3)),
            "The bulletin is valid from 03/11/2026.",
        ),
        (GapError("chain", 7), "Lines of the as-run log are missing; send again from record 7 on."),
        (InvalidInputError("100 % {what}", what="x"), "100 % x"),
        (InvalidInputError("100 %"), "100 %"),
    ],
)
def test_an_error_is_told_in_english(app: Flask, house: House, error: LoaPhuongError, said: str) -> None:
    with app.test_request_context("/"), force_locale("en"):
        assert message_of(error).startswith(said)


def test_a_role_that_is_wanting_is_named_in_english(app: Flask, house: House) -> None:
    with house.database.reading() as session, pytest.raises(ForbiddenError) as caught:
        Rights(frozenset(), load_tree(session)).require(Role.APPROVER, 1)
    with app.test_request_context("/"), force_locale("en"):
        assert message_of(caught.value) == "At Thành phố Hà Nội, this is for the approver."


def test_an_error_without_a_translation_is_told_as_it_stands(app: Flask, house: House) -> None:
    with app.test_request_context("/"), force_locale("en"):
        assert message_of(InvalidInputError("Chưa dịch {n}.", n=2)) == "Chưa dịch 2."
