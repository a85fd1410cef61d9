"""Every setting of the centre: environment variables `LOAPHUONG_…`, declared here, checked all at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from content.contracts.manifest import Quiet
from content.errors import ConfigurationError
from content.text import MAIL_ADDRESS

_OWNER_ONLY = 0o700
LocalTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Settings(BaseSettings):
    """The centre's settings.  `load()` reads them from the environment; tests build them by keyword."""

    model_config = SettingsConfigDict(env_prefix="LOAPHUONG_", extra="ignore", frozen=True)

    mode: Literal["production", "rehearsal"] = Field(
        "production", description="rehearsal: no loudspeaker sounds"
    )
    data_dir: Path = Field(Path("data"), description="folder of clips, keys and the SQLite file")
    database_url: SecretStr | None = Field(None, description="default: SQLite in the data folder")
    secret_key: SecretStr | None = Field(None, description="default: made once, kept in the data folder")
    time_zone: str = Field("Asia/Ho_Chi_Minh", description="zone of every local time")
    quiet_start: LocalTime = Field("21:00", description="quiet hours begin (local)")
    quiet_end: LocalTime = Field("06:00", description="quiet hours end (local)")
    host: str = Field("127.0.0.1", description="address the web server binds")
    port: int = Field(8000, ge=1, le=65535, description="port of the web server")
    bell_port: int = Field(8001, ge=1, le=65535, description="port of the bell")
    trusted_proxy: str | None = Field(None, description="address of the reverse proxy whose headers count")
    threads: int = Field(16, ge=2, le=256, description="threads of the web server")
    public_url: str | None = Field(
        None, description="address residents and stations use; default http://HOST:PORT"
    )
    bell_url: str | None = Field(
        None, description="address stations listen at; default http://HOST:BELL_PORT"
    )
    voices: Annotated[tuple[str, ...], NoDecode] = Field(
        ("gtts", "espeak"), description="voices in the order they are tried, by commas"
    )
    gtts_tld: str = Field("com.vn", description="Google's domain that gTTS asks")
    gtts_url: str | None = Field(None, description="address spoken to instead of Google's (tests)")
    gtts_pause_ms: int = Field(
        150,
        ge=0,
        le=60_000,
        description="least ms from one request to Google to the next, all workers together",
    )
    piper_voice: Path | None = Field(
        None, description="voice file for piper (.onnx, its .onnx.json beside it)"
    )
    piper_language: str = Field("vi", description="language the voice file for piper must say it speaks")
    archive_dir: Path | None = Field(
        None, description="folder of a second copy of approved clips; default archive in the data folder"
    )
    horn_eq: bool = Field(False, description="shape the sound of clips for horn loudspeakers")
    recording_minutes: int = Field(
        15, ge=1, le=120, description="minutes that an uploaded recording may last"
    )
    upload_mb: int = Field(50, ge=1, le=1000, description="megabytes that an uploaded recording may have")
    text_limit: int = Field(20_000, ge=100, le=1_000_000, description="characters a bulletin may have")
    horizon_days: int = Field(
        8, ge=4, le=60, description="days for which airings are planned, today included"
    )
    repeat_minutes: int = Field(
        180, ge=1, le=1440, description="least minutes between two airings of one wording at a ward"
    )
    late_seconds: int = Field(
        120, ge=0, le=900, description="seconds that an airing may start later than planned"
    )
    least_late_seconds: int = Field(
        5,
        ge=0,
        le=60,
        description="seconds that an airing before quiet hours or a fixed time may be late at least",
    )
    lock_in_minutes: int | None = Field(
        None,
        ge=0,
        le=1440,
        description="minutes before its time from which an airing is not moved; default 120, in rehearsal 2",
    )
    lead_seconds: int = Field(
        10, ge=0, le=600, description="seconds ahead at which a new airing begins at the earliest"
    )
    fixed_late_minutes: int = Field(
        10,
        ge=0,
        le=120,
        description="minutes by which an airing bound to a time may wait for what cannot make way",
    )
    emergency_wait_minutes: int = Field(
        60, ge=1, le=1440, description="minutes that an emergency may wait for another one"
    )
    carry_days: int = Field(
        1,
        ge=0,
        le=14,
        description="later days with broadcasts on which an airing that found no room may still be given",
    )
    carry_within_days: int = Field(
        10, ge=1, le=31, description="calendar days within which those days must come"
    )
    gap_ms: int = Field(1000, ge=0, le=60_000, description="silence between two clips of a broadcast")
    fixed_clash: Literal["before", "move"] = Field(
        "move",
        description="what would run into a fixed time: goes right after it (move), or first to where it ends"
        " before one (before)",
    )
    after_preempt: Literal["resume", "restart", "drop"] = Field(
        "resume", description="what an emergency cut: goes on, begins anew, or is dropped"
    )
    normal_gain_mdb: int = Field(
        0, ge=-60_000, le=0, description="most gain of normal airings, 1/1000 dB; emergencies sound whole"
    )
    priority_gain_mdb: int = Field(
        0, ge=-60_000, le=0, description="most gain of priority airings, 1/1000 dB"
    )
    smtp_host: str | None = Field(None, description="mail server that notices go out by; default: no e-mail")
    smtp_port: int = Field(587, ge=1, le=65535, description="port of the mail server")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="starttls (587), tls (465), or none: in the clear, without a password"
    )
    smtp_user: str | None = Field(None, description="name by which the mail server knows us")
    smtp_password: SecretStr | None = Field(None, description="password for the mail server")
    smtp_from: str | None = Field(
        None, validate_default=True, description="address that notices come from; needed for e-mail"
    )
    webhook_private: bool = Field(
        False, description="whether webhooks may lead to addresses of this machine and its network"
    )
    locale: Literal["vi", "en"] = Field("vi", description="language of pages for who chose none")
    log_format: Literal["text", "json"] = Field("text", description="log lines for people or for machines")

    @field_validator("voices", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            tuple(name.strip() for name in value.split(",") if name.strip())
            if isinstance(value, str)
            else value
        )

    @field_validator("smtp_password")
    @classmethod
    def _not_in_the_clear(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is not None and info.data.get("smtp_security") == "none":
            raise ValueError("a password needs LOAPHUONG_SMTP_SECURITY=starttls or tls")
        return value

    @field_validator("smtp_from")
    @classmethod
    def _can_be_answered(cls, value: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("smtp_host") and value is None:
            raise ValueError("needed with LOAPHUONG_SMTP_HOST")
        if value is not None and not MAIL_ADDRESS.fullmatch(value):
            raise ValueError("no e-mail address")
        return value

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f"no time zone {value}") from error
        return value

    @classmethod
    def load(cls) -> Settings:
        """Read the environment; every bad value is named in one ConfigurationError."""
        try:
            return cls()
        except ValidationError as error:
            raise ConfigurationError("Cấu hình sai: {problems}", problems=_problems(error)) from error

    @property
    def zone(self) -> ZoneInfo:
        """The zone of local times."""
        return ZoneInfo(self.time_zone)

    @property
    def rehearsal(self) -> bool:
        """Whether no loudspeaker may sound."""
        return self.mode == "rehearsal"

    @property
    def minutes_of_lock_in(self) -> int:
        """The lock-in, the default one filled in."""
        if self.lock_in_minutes is not None:
            return self.lock_in_minutes
        return 2 if self.rehearsal else 120

    @property
    def quiet(self) -> Quiet:
        """The hours in which nothing but an emergency sounds."""
        return Quiet(self.quiet_start, self.quiet_end)

    @property
    def folder_of_archive(self) -> Path:
        """The folder of the second copies, the default one filled in."""
        return self.archive_dir or self.data_dir / "archive"

    @property
    def url_of_database(self) -> str:
        """The database's URL, the default one filled in."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_dir / 'loaphuong.db').absolute()}"

    @property
    def url_of_site(self) -> str:
        """The public address without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def url_of_bell(self) -> str:
        """The bell's address without a slash at its end."""
        return (self.bell_url or f"http://{self.host}:{self.bell_port}").rstrip("/")

    def printable(self) -> list[tuple[str, str, str]]:
        """Return (variable, value, meaning) of every setting, secrets hidden."""
        return [
            (f"LOAPHUONG_{name.upper()}", _shown(getattr(self, name)), field.description or "")
            for name, field in type(self).model_fields.items()
        ]

    def make_data_dir(self) -> Path:
        """Return the data folder, made for its owner alone if need be; ConfigurationError if not writable."""
        probe = self.data_dir / ".writable"
        try:
            self.data_dir.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise ConfigurationError(
                "Không ghi được vào thư mục dữ liệu {folder} ({why}). Chọn thư mục khác bằng --data hoặc "
                "LOAPHUONG_DATA_DIR, hoặc sửa quyền.",
                folder=self.data_dir,
                why=error.strerror,
            ) from error
        return self.data_dir


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)


def _problems(error: ValidationError) -> str:
    said = (f"LOAPHUONG_{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
    return "; ".join(said)
