"""Addresses: which are taken, and what becomes of one that ends."""

from __future__ import annotations

import pytest

from content.errors import ConflictError, InvalidInputError, NotFoundError
from tests.web.notices.conftest import Office
from web.notices import contacts


@pytest.mark.parametrize(
    ("way", "address"),
    [
        ("email", "dai@phuong"),
        ("email", "dai@phuong.vn\nBcc: ai@do.vn"),
        ("email", "Đài <dai@phuong.vn>"),
        ("email", "a@b.vn,c@d.vn"),
        ("webhook", "ftp://phuong.vn/"),
        ("webhook", "https://ten:mat-khau@phuong.vn/"),
        ("webhook", "https:///khong-may"),
        ("webhook", "https://phuong.vn:99999/"),
        ("zalo", "0912"),
    ],
)
def test_an_address_that_is_none_is_refused(way: str, address: str) -> None:
    with pytest.raises(InvalidInputError):
        contacts.checked(way, address)


def test_the_same_address_is_kept_once(office: Office) -> None:
    office.add("email", "dai@phuong.vn")
    with pytest.raises(ConflictError):
        office.add("email", "dai@phuong.vn")


def test_what_ended_is_told_nothing(office: Office) -> None:
    contact = office.add("email", "dai@phuong.vn")
    with office.house.database.writing() as session:
        contacts.end(session, contacts.get(session, contact), by="an", now=office.clock.now())
    office.tell()
    office.post()
    with office.house.database.reading() as session, pytest.raises(NotFoundError):
        contacts.get(session, contact)
    assert (office.mailbox.messages, office.states()) == ([], [])
