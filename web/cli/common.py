"""What the commands share: an opened house whose database is at the newest migration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from web import migrate
from web.house import House


@contextmanager
def opened() -> Iterator[House]:
    """Give a house to a command, its database migrated, and close it afterwards."""
    house = House.open()
    try:
        migrate.upgrade(house.database.engine)
        yield house
    finally:
        house.close()
