"""What every process of the centre is built from: settings, clock, database, key, clip library, voices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy.exc import ArgumentError

from audio.library import Library
from audio.recordings.decoding import Limits
from audio.recordings.store import MB, Recordings
from content import keys
from content.clock import Clock, clock_of_process
from content.contracts.signing import PrivateKey
from content.db import Database
from content.errors import ConfigurationError
from content.settings import Settings

if TYPE_CHECKING:
    from audio.voices.registry import Voices


@dataclass(frozen=True)
class House:
    """One process's view of the centre; what it does not use is not opened."""

    settings: Settings
    clock: Clock
    database: Database

    @classmethod
    def open(cls, settings: Settings | None = None, clock: Clock | None = None) -> House:
        """Return a house for `settings` (default: the environment's), its data folder made and writable."""
        settings = settings or Settings.load()
        settings.make_data_dir()
        return cls(settings, clock or clock_of_process(), _database(settings))

    @cached_property
    def key(self) -> PrivateKey:
        """The centre's signing key."""
        return keys.centre_key(self.settings.data_dir)

    @cached_property
    def cookie_secret(self) -> str:
        """The secret that cookies are signed with."""
        given = self.settings.secret_key
        return given.get_secret_value() if given else keys.session_secret(self.settings.data_dir)

    @cached_property
    def library(self) -> Library:
        """The clip library, with its archive."""
        return Library(self.settings.data_dir, archive_dir=self.settings.folder_of_archive)

    @cached_property
    def recordings(self) -> Recordings:
        """The recordings that people gave, within the settings' limits."""
        settings = self.settings
        limits = Limits(longest_ms=settings.recording_minutes * 60_000)
        return Recordings(settings.data_dir, most_bytes=settings.upload_mb * MB, limits=limits)

    @cached_property
    def voices(self) -> Voices:
        """The voices, in the order they are tried; loaded only by who speaks."""
        from audio.voices.registry import voices_of  # noqa: PLC0415

        return voices_of(self.settings, self.clock)

    def local(self, instant: datetime) -> datetime:
        """Return `instant` in the zone of local times."""
        return instant.astimezone(self.settings.zone)

    def today(self, now: datetime) -> date:
        """Return the local date at `now`."""
        return self.local(now).date()

    def close(self) -> None:
        """Close the database's connections."""
        self.database.dispose()


def _database(settings: Settings) -> Database:
    try:
        return Database.open(settings.url_of_database)
    except (ArgumentError, ImportError) as error:
        raise ConfigurationError(
            "LOAPHUONG_DATABASE_URL không dùng được: {why}.", why=str(error).rstrip(".")
        ) from error
