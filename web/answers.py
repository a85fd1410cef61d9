"""What an author answered to the reading of a text, and the form's hidden fields that carry it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from audio import lexicon
from audio.reading.places import WINDOW, Place
from content.contracts import lpjson
from content.errors import InvalidInputError
from content.models.bulletin import Revision
from web import forms
from web.errors import message_of

MOST_ANSWERS = 300
_LONGEST_PIECE = 400
_PLACE = {part.name for part in fields(Place)} | {"spoken"}


@dataclass(frozen=True)
class Sent:
    """An answer as it was sent: `why` tells what is wrong with it; `place` is where it holds alone."""

    written: str
    spoken: str
    why: str
    place: Place | None = None


@dataclass(frozen=True)
class Answers:
    """What the author answered, each to be kept with the text.

    `corrections` (written to spoken) hold wherever the form stands, `places` (place to spoken) there alone;
    `meant` are pieces to be said as they stand; `refused` are left out.
    """

    corrections: Mapping[str, str] = field(default_factory=dict)
    meant: tuple[str, ...] = ()
    places: Mapping[Place, str] = field(default_factory=dict)
    refused: tuple[Sent, ...] = ()

    @classmethod
    def of(cls, revision: Revision) -> Answers:
        """Return those that are kept with a revision."""
        places = dict(map(_place_and_words, revision.places))
        return cls(dict(revision.corrections), tuple(revision.meant), places)

    @classmethod
    def sent(cls, form: forms.Form) -> Answers:
        """Return those of a form; what cannot be said is refused, InvalidInputError for what is no answer."""
        pairs, meant = _pairs(_decoded(form, "corrections")), _decoded(form, "meant")
        sent = [_sent_place(given) for given in _decoded(form, "places")]
        if len(pairs) + len(meant) + len(sent) > MOST_ANSWERS:
            raise InvalidInputError("Bản tin có quá nhiều cách đọc riêng.", field="text")
        everywhere = [_checked(_text(w), _text(s), None) for w, s in pairs.items()]
        alone = [_checked(place.written, words, place) for place, words in sent]
        return cls(
            {said.written: said.spoken for said in everywhere if not said.why},
            tuple(_text(piece)[:_LONGEST_PIECE] for piece in meant),
            {said.place: said.spoken for said in alone if said.place and not said.why},
            tuple(said for said in (*everywhere, *alone) if said.why),
        )

    @property
    def as_fields(self) -> dict[str, str]:
        """The hidden fields of the form."""
        return {
            "corrections": _json([list(pair) for pair in self.corrections.items()]),
            "meant": _json(list(self.meant)),
            "places": _json(kept_places(self.places)),
        }


def kept_places(places: Mapping[Place, str]) -> list[dict[str, str | int]]:
    """Return places and their words as a revision keeps them."""
    return [{**asdict(place), "spoken": words} for place, words in places.items()]


def _json(value: list[Any]) -> str:
    return lpjson.encode(value).decode()


def _decoded(form: forms.Form, name: str) -> list[Any]:
    """Return the list that a hidden field holds."""
    given = lpjson.decode((form.get(name) or "[]").encode())
    if not isinstance(given, list):
        raise _of_another_form()
    return given


def _pairs(given: list[Any]) -> dict[str, Any]:
    if not all(isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) for pair in given):  # noqa: PLR2004
        raise _of_another_form()
    return dict(given)


def _checked(written: str, spoken: str, place: Place | None) -> Sent:
    """Give an answer clean, with nothing said against it, or as it came with what is wrong."""
    try:
        form, words = lexicon.checked_form(written), lexicon.checked_words(spoken)
    except InvalidInputError as error:
        return Sent(written, spoken, message_of(error), place)
    return Sent(form, words, "", place)


def _sent_place(given: Any) -> tuple[Place, str]:
    if not isinstance(given, dict) or given.keys() != _PLACE:
        raise _of_another_form()
    place, words = _place_and_words(given)
    around = (_text(place.before), _text(place.after))
    if max(map(len, around)) > WINDOW or not all(type(n) is int for n in (place.nth, place.of)):
        raise _of_another_form()
    _text(place.written)
    return place, _text(words)


def _place_and_words(given: Mapping[str, Any]) -> tuple[Place, str]:
    rest = dict(given)
    words = rest.pop("spoken")
    return Place(**rest), words


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _of_another_form()
    return value


def _of_another_form() -> InvalidInputError:
    return InvalidInputError("Cách đọc riêng gửi lên không đúng dạng; hãy tải lại trang.", field="text")
