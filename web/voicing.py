"""How a wording is to sound: the voices that may have its words, in order, and the recipe of its clip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from audio.models import Asset, AssetRole
from audio.recipe import Recipe
from audio.voices.base import Voice
from audio.voices.rules import allowed
from content.contracts.airings import Level
from content.errors import InvalidInputError
from content.models.bulletin import BulletinKind, Revision
from content.units import Tree
from web import spoken
from web.house import House

CHIME, ATTENTION = "chime", "attention"
REFUSED = "internal"
"""The field beside which it is told that no voice may have the words."""


@dataclass(frozen=True)
class Choice:
    """The `voices` that may speak some words, first choice first, and those `left_out` because words stay in.

    They stay in when the wording is `internal`, or holds `personal` data that nobody has answered for.
    """

    voices: tuple[Voice, ...]
    left_out: tuple[Voice, ...]
    internal: bool
    personal: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of those that may."""
        return tuple(voice.name for voice in self.voices)

    def require(self) -> None:
        """Raise InvalidInputError when no voice may have the words."""
        if not self.voices:
            raise InvalidInputError(
                "Không giọng đọc nào ở đây được đọc bản tin này: văn bản không được gửi ra ngoài, mà máy này "
                "chưa có giọng tự đọc. Hãy bỏ dấu nội bộ, xác nhận chỗ có dữ liệu cá nhân, hoặc báo người "
                "quản trị thêm giọng espeak.",
                field=REFUSED,
            )


def choice(house: House, *, wanted: str | None, internal: bool, personal: Sequence[str]) -> Choice:
    """Return who may speak: the voice `wanted`, then the settings' order."""
    names = [name for name in (wanted, *house.voices.names) if name]
    ordered = house.voices.in_order(list(dict.fromkeys(names)))
    kept = allowed(ordered, internal=internal, personal_data_open=bool(personal))
    left = tuple(voice for voice in ordered if voice not in kept)
    return Choice(tuple(kept), left, internal, tuple(personal))


def choice_of(session: Session, revision: Revision, house: House, tree: Tree) -> Choice:
    """Return who may speak a revision's words as things stand now."""
    personal = spoken.say_again(session, revision, tree).personal
    return choice(house, wanted=revision.voice, internal=revision.internal, personal=personal)


def recipe_of(session: Session, revision: Revision, house: House, tree: Tree) -> Recipe:
    """Return the recipe of a revision's clip; the one place where it is made.

    InvalidInputError when there is nothing to say, or no voice may have the words (field `REFUSED`).
    """
    if revision.recording_sha256 is not None:
        return recipe_of_recording(session, revision, house, revision.recording_sha256)
    chosen = choice_of(session, revision, house, tree)
    chosen.require()
    return spoken_by(session, revision, house, chosen.names)


def spoken_by(session: Session, revision: Revision, house: House, voices: Sequence[str]) -> Recipe:
    """Return the recipe that lets these voices, in this order, speak a revision's words."""
    return Recipe.of(
        revision.spoken,
        title=revision.title,
        programme=programme_of(session, revision),
        voices=voices,
        repeat=revision.repeat,
        lead=lead_of(session, revision),
        horn=house.settings.horn_eq,
        revision=revision.id,
    )


def lead_of(session: Session, revision: Revision) -> str | None:
    """Return the tone before the words: attention for an emergency, the chime for a spoken opening."""
    if revision.level == Level.EMERGENCY:
        return ATTENTION
    query = select(Asset.id).where(Asset.bulletin_id == revision.bulletin_id, Asset.role == AssetRole.OPENING)
    is_opening = revision.bulletin.kind == BulletinKind.IDENT and session.scalar(query) is not None
    return CHIME if is_opening else None


def programme_of(session: Session, revision: Revision) -> str | None:
    """Return the code of the programme it belongs to; None for an opening or closing of all programmes."""
    query = select(Asset.programme_id).where(Asset.bulletin_id == revision.bulletin_id).limit(1)
    of_all = revision.bulletin.kind == BulletinKind.IDENT and session.scalar(query) is None
    return None if of_all else revision.programme.code


def recipe_of_recording(session: Session, revision: Revision, house: House, sha256: str) -> Recipe:
    """Return the recipe of a wording that a recording stands for."""
    return Recipe.of_recording(
        sha256,
        title=revision.title,
        programme=programme_of(session, revision),
        repeat=revision.repeat,
        lead=lead_of(session, revision),
        horn=house.settings.horn_eq,
        revision=revision.id,
    )
