"""A request is one transaction: kept when the answer is good, undone otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, Response, g

from content import audit
from content.errors import SignInRequiredError
from tests.web.hall import NOW, Hall
from web import context


@pytest.fixture
def request_(hall: Hall) -> Iterator[Flask]:
    """Give the app within a request that writes."""
    with hall.app.test_request_context("/", method="POST"):
        yield hall.app


def note() -> None:
    audit.record(context.session(), "test.note", actor="an", subject="x:1", now=context.now())


@pytest.mark.parametrize(("status", "kept"), [(200, 1), (303, 1), (304, 1), (400, 0), (422, 0), (500, 0)])
def test_only_a_good_answer_is_kept(hall: Hall, request_: Flask, status: int, kept: int) -> None:
    before = len(hall.audited())
    note()
    context.finish(Response(status=status))
    g.pop("session").close()
    assert len(hall.audited()) - before == kept


def test_a_request_has_one_session_and_one_instant(hall: Hall, request_: Flask) -> None:
    assert context.session() is context.session()
    first = context.now()
    hall.clock.advance(1)
    assert context.now() == first == NOW


def test_who_is_nobody_is_asked_to_sign_in(request_: Flask) -> None:
    assert context.user() is None
    with pytest.raises(SignInRequiredError):
        context.rights()


def test_a_failed_request_forgets_what_it_did_and_who_asked(hall: Hall, request_: Flask) -> None:
    before = len(hall.audited())
    note()
    context.fail()
    context.finish(Response(status=200))
    g.pop("session").close()
    assert context.user() is None
    assert len(hall.audited()) == before


def test_a_request_that_asks_nothing_opens_nothing(request_: Flask) -> None:
    context.finish(Response())
    context.fail()
    assert "session" not in g
