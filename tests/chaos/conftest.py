"""A centre of real processes on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.chaos.centre import Centre, centre_on


@pytest.fixture(params=postgres.KINDS)
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Centre]:
    """Give a centre in which no process runs yet."""

    def server() -> postgres.Postgres:
        running: postgres.Postgres = request.getfixturevalue("postgres_server")
        return running

    with centre_on(request.param, tmp_path, server) as made:
        yield made
