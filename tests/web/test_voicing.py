"""Who may speak a wording, and the recipe of its clip."""

from __future__ import annotations

from typing import Any

import pytest

from audio import assets
from audio.models import AssetRole
from audio.voices.registry import Voices
from content.bulletins import get
from content.errors import InvalidInputError
from content.models.bulletin import BulletinKind
from content.units import load_tree
from tests.audio.fake_voice import HummingVoice
from tests.web.hall import NOW, Hall
from web import voicing
from web.house import House

PERSONAL = "Mời ông An, CCCD 001085012345."


def choice_for(hall: Hall, **more: Any) -> voicing.Choice:
    made = hall.bulletin(**more)
    with hall.house.database.reading() as session:
        return voicing.choice_of(session, get(session, made).latest, hall.house, load_tree(session))


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({}, ("gtts", "espeak")),
        ({"voice": "espeak"}, ("espeak", "gtts")),
        ({"voice": "gone"}, ("gtts", "espeak")),
        ({"internal": True}, ("espeak",)),
        ({"internal": True, "voice": "gtts"}, ("espeak",)),
        ({"text": PERSONAL}, ("espeak",)),
    ],
)
def test_who_may_speak(hall: Hall, more: dict[str, Any], names: tuple[str, ...]) -> None:
    assert choice_for(hall, **more).names == names


def test_what_is_personal_is_named(hall: Hall) -> None:
    chosen = choice_for(hall, text=PERSONAL)
    assert chosen.personal == ("001085012345",)
    assert [voice.name for voice in chosen.left_out] == ["gtts"]


def test_there_may_be_nobody(hall: Hall) -> None:
    far = HummingVoice("far")
    far.sends_text_out = True
    house = House(hall.house.settings, hall.clock, hall.house.database)
    house.__dict__["voices"] = Voices([far])
    with pytest.raises(InvalidInputError, match="Không giọng đọc nào"):
        voicing.choice(house, wanted=None, internal=True, personal=()).require()


@pytest.mark.parametrize(
    ("level", "lead"), [("normal", None), ("priority", None), ("emergency", "attention")]
)
def test_an_emergency_calls_to_attention(hall: Hall, level: str, lead: str | None) -> None:
    made = hall.bulletin(level=level, repeat=3)
    with hall.house.database.reading() as session:
        latest = get(session, made).latest
        recipe = voicing.recipe_of(session, latest, hall.house, load_tree(session))
    assert (recipe.lead, recipe.repeat, recipe.voices) == (lead, 3, ("gtts", "espeak"))


def test_a_recording_is_its_own_source(hall: Hall) -> None:
    made = hall.bulletin()
    with hall.house.database.writing() as session:
        latest = get(session, made).latest
        latest.recording_sha256 = "a" * 64
        recipe = voicing.recipe_of(session, latest, hall.house, load_tree(session))
    assert (recipe.recording, recipe.voices) == ("a" * 64, ())


@pytest.mark.parametrize(("of_all", "programme"), [(True, None), (False, "01")])
def test_an_opening_of_all_programmes_is_not_tagged_with_one(
    hall: Hall, of_all: bool, programme: str | None
) -> None:
    made = hall.bulletin()
    with hall.house.database.writing() as session:
        found = get(session, made)
        found.kind = BulletinKind.IDENT
        mine = None if of_all else found.latest.programme_id
        assets.put(session, found, role=AssetRole.OPENING, programme_id=mine, by=found.latest.author, now=NOW)
        recipe = voicing.recipe_of(session, found.latest, hall.house, load_tree(session))
        code = found.latest.programme.code
    assert (recipe.programme, recipe.revision) == (programme and code, found.latest.id)
