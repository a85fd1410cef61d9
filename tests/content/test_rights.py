"""Rights: role × subtree, nothing sideways, nothing upwards."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from content.errors import ForbiddenError
from content.models.people import Role
from content.models.unit import Unit
from content.rights import Rights, rights_of
from tests.factories import TODAY, make_unit, make_user


@pytest.fixture
def tree(session: Session) -> dict[str, Unit]:
    city = make_unit(session, "Thành phố Mẫu", kind="city")
    ward = make_unit(session, "Phường Một", parent=city)
    return {
        "city": city,
        "ward": ward,
        "other": make_unit(session, "Phường Hai", parent=city),
        "cluster": make_unit(session, "Tổ 5", parent=ward, kind="cluster"),
    }


def held(session: Session, *roles: tuple[Role, Unit]) -> Rights:
    return rights_of(session, make_user(session, "ai-do", *roles))


@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        (Role.OPERATOR, "ward", True),
        (Role.OPERATOR, "cluster", True),
        (Role.OPERATOR, "other", False),
        (Role.OPERATOR, "city", False),
        (Role.OFFICE, "ward", False),
        (Role.ADMIN, "ward", False),
    ],
)
def test_a_wards_operator(session: Session, tree: dict[str, Unit], role: Role, place: str, may: bool) -> None:
    assert held(session, (Role.OPERATOR, tree["ward"])).may(role, tree[place].id) is may


def test_rights_come_down_from_above(session: Session, tree: dict[str, Unit]) -> None:
    rights = held(session, (Role.OFFICE, tree["city"]))
    assert all(rights.may(Role.OFFICE, unit.id) for unit in tree.values())


def test_another_wards_page_is_refused_with_its_name(session: Session, tree: dict[str, Unit]) -> None:
    with pytest.raises(ForbiddenError, match="Phường Hai"):
        held(session, (Role.OPERATOR, tree["ward"])).require(Role.OPERATOR, tree["other"].id)


def test_units_of_a_role(session: Session, tree: dict[str, Unit]) -> None:
    found = held(session, (Role.OPERATOR, tree["ward"])).units_for(Role.OPERATOR, TODAY)
    assert [unit.slug for unit in found] == ["phuong-mot", "to-5"]


def test_an_inactive_person_has_none(session: Session, tree: dict[str, Unit]) -> None:
    user = make_user(session, "da-nghi", (Role.ADMIN, tree["city"]))
    user.active = False
    assert not rights_of(session, user).holds(*Role)
