"""What tests of every room share: an empty database in memory, and a session that writes into it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from content.db import Database
from web.tables import metadata


@pytest.fixture
def database() -> Iterator[Database]:
    """Give an empty database with every table."""
    made = Database.open("sqlite://")
    metadata.create_all(made.engine)
    yield made
    made.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Give a session in one transaction that commits at the end of the test."""
    with database.writing() as opened:
        yield opened
