"""Where an entry of the lexicon holds: the scopes a person may change, and their names."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel import gettext

from audio.models import EVERYWHERE, programme_scope, unit_scope
from content import plans
from content.errors import ForbiddenError, InvalidInputError, NotFoundError
from content.models.people import Role
from web import context

_SEES = (Role.OFFICE, Role.APPROVER, Role.ADMIN)


class Place(NamedTuple):
    """What a scope stands for: a unit's id or none, a programme's code or ""."""

    unit_id: int
    programme: str


def mine() -> list[tuple[str, str]]:
    """Return (scope, name) of those the person may change."""
    rights, today = context.rights(), context.today()
    units = {unit.id: unit for role in (Role.OFFICE, Role.ADMIN) for unit in rights.units_for(role, today)}
    found = [(unit_scope(unit.id), unit.name) for unit in units.values()]
    return [*found, *_wide()] if rights.may_everywhere(Role.ADMIN) else found


def names() -> dict[str, str]:
    """Return scope -> name of every scope that matters to the person."""
    rights = context.rights()
    seen = {above for unit_id in rights.unit_ids(*_SEES) for above in rights.tree.path(unit_id)}
    units = {unit_scope(unit_id): rights.tree.units[unit_id].name for unit_id in seen}
    return {**dict(_wide()), **units}


def may_change(scope: str) -> bool:
    """Tell whether the person may change entries of a scope."""
    rights, place = context.rights(), place_of(scope)
    if place.unit_id:
        return rights.may(Role.OFFICE, place.unit_id) or rights.may(Role.ADMIN, place.unit_id)
    return rights.may_everywhere(Role.ADMIN)


def require(scope: str) -> None:
    """Raise InvalidInputError for a scope that is none, ForbiddenError unless the person may change it."""
    try:
        place = place_of(scope)
    except NotFoundError as error:
        raise InvalidInputError("Hãy chọn phạm vi dùng cách đọc này.", field="scope") from error
    if may_change(scope):
        return
    if place.unit_id:
        context.rights().require(Role.OFFICE, place.unit_id)
    raise ForbiddenError(
        "Cách đọc dùng ở mọi nơi hoặc cho cả chương trình chỉ người quản trị toàn thành phố sửa được."
    )


def place_of(scope: str) -> Place:
    """Return what a scope stands for, or raise NotFoundError."""
    units = context.rights().tree.units
    kind, _, name = scope.partition(":")
    if scope == EVERYWHERE:
        return Place(0, "")
    if kind == "unit" and name.isascii() and name.isdecimal() and len(name) < 10 and int(name) in units:  # noqa: PLR2004
        return Place(int(name), "")
    if kind == "programme" and scope in dict(_wide()):
        return Place(0, name)
    raise NotFoundError("Không có phạm vi đó.")


def _wide() -> list[tuple[str, str]]:
    programmes = plans.current(context.session()).programmes
    named = [
        (programme_scope(p.code), f"{gettext('Chương trình')} {p.code} {p.short_title}") for p in programmes
    ]
    return [(EVERYWHERE, gettext("Mọi nơi")), *named]
