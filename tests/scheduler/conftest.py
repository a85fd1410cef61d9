"""A fresh database in memory for every test, and a session that writes into it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from content.db import Base, Database
from content.models import audit, news
from scheduler.models import airing, alarm, asrun, command, lease, manifest, order, station, window

TABLES = (audit, news, airing, alarm, asrun, command, lease, manifest, order, station, window)


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database.open("sqlite://")
    Base.metadata.create_all(database.engine)
    yield database
    database.dispose()


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.session(write=True) as session:
        yield session
