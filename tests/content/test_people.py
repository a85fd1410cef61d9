"""People: passwords hashed, tries counted, sessions ended by a new password."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from content import audit, people
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.people import Role
from tests.factories import NOW, PASSWORD, make_unit, make_user


def sign_in(
    session: Session, login: str = "van-phong", password: str = PASSWORD, **more: object
) -> people.SignIn:
    given: dict[str, object] = {"address": "10.0.0.1", "now": NOW, **more}
    return people.sign_in(session, login, password, **given)  # type: ignore[arg-type]


def test_the_right_password_opens(session: Session) -> None:
    user = make_user(session, "van-phong")
    assert sign_in(session).user is user
    assert sign_in(session, " VAN-PHONG ").user is user


def test_passwords_are_hashed_with_argon2(session: Session) -> None:
    assert make_user(session, "van-phong").password_hash.startswith("$argon2")


@pytest.mark.parametrize(
    ("login", "password"), [("van-phong", "sai-mat-khau"), ("khong-co", PASSWORD), ("", "")]
)
def test_the_wrong_one_does_not(session: Session, login: str, password: str) -> None:
    make_user(session, "van-phong")
    assert sign_in(session, login, password) == people.SignIn(None)


def test_an_inactive_person_stays_outside(session: Session) -> None:
    make_user(session, "van-phong").active = False
    assert sign_in(session).user is None


def test_after_five_failures_even_the_right_one_waits(session: Session) -> None:
    make_user(session, "van-phong")
    for _ in range(people.TRIES_PER_LOGIN):
        sign_in(session, password="sai")
    told = sign_in(session)
    assert told.user is None
    assert told.wait == people.TRY_COUNTS_FOR


def test_tries_are_forgotten(session: Session) -> None:
    make_user(session, "van-phong")
    for _ in range(people.TRIES_PER_LOGIN):
        sign_in(session, password="sai")
    later = NOW + people.TRY_COUNTS_FOR + timedelta(seconds=1)
    people.forget_old_tries(session, later)
    assert sign_in(session, now=later).user is not None


def test_one_address_does_not_try_everybody(session: Session) -> None:
    for n in range(people.TRIES_PER_ADDRESS):
        sign_in(session, f"ai-do-{n}", "sai")
    make_user(session, "van-phong")
    assert sign_in(session).wait is not None
    assert sign_in(session, address="10.0.0.2").user is not None


def test_failures_and_sign_ins_are_audited_without_the_password(session: Session) -> None:
    make_user(session, "van-phong")
    sign_in(session, password="bi-mat-bi-lo")
    sign_in(session)
    rows = audit.latest(session, limit=2)
    assert [row.action for row in rows] == ["user.sign_in", "user.sign_in_failed"]
    assert not any("bi-mat-bi-lo" in row.line or PASSWORD in row.line for row in rows)


def test_a_new_password_ends_sessions(session: Session) -> None:
    user = make_user(session, "van-phong")
    people.set_password(session, user, "mat-khau-moi", by="cli", now=NOW)
    assert user.epoch == 1
    assert sign_in(session, password="mat-khau-moi").user is user


@pytest.mark.parametrize("login", ["", "Văn Phòng", "a b", "x/y"])
def test_a_login_is_a_slug(session: Session, login: str) -> None:
    with pytest.raises(InvalidInputError):
        people.create_user(session, login, name="X", password=PASSWORD, now=NOW)


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_a_password_has_a_length(session: Session, password: str) -> None:
    with pytest.raises(InvalidInputError):
        people.create_user(session, "ai-do", name="X", password=password, now=NOW)


def test_a_login_is_taken_once(session: Session) -> None:
    make_user(session, "van-phong")
    with pytest.raises(ConflictError):
        make_user(session, "van-phong")


def test_a_grant_is_given_once(session: Session) -> None:
    unit = make_unit(session)
    user = make_user(session, "van-phong", (Role.OFFICE, unit))
    people.grant(session, user, Role.OFFICE, unit.id, by="x", now=NOW)
    assert len(user.grants) == 1


def test_an_unknown_login_is_told(session: Session) -> None:
    with pytest.raises(NotFoundError):
        people.by_login(session, "khong-co")


def test_made_passwords_differ_and_can_be_read_out() -> None:
    made = {people.generated_password() for _ in range(20)}
    assert len(made) == 20
    assert all(len(password) == 14 and not set(password) & set("01ilo") for password in made)
