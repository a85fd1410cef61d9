"""Settings: checked all at once, printed without secrets; keys made once."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from content import keys
from content.contracts.signing import PrivateKey
from content.errors import ConfigurationError
from content.settings import Settings


def test_every_bad_value_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOAPHUONG_MODE", "loud")
    monkeypatch.setenv("LOAPHUONG_PORT", "99999")
    monkeypatch.setenv("LOAPHUONG_TIME_ZONE", "Mars/Base")
    with pytest.raises(ConfigurationError) as caught:
        Settings.load()
    assert all(f"LOAPHUONG_{name}" in str(caught.value) for name in ("MODE", "PORT", "TIME_ZONE"))


def test_the_page_of_voices_tells_the_defaults() -> None:
    page = (Path(__file__).parents[2] / "docs" / "voices.md").read_text("utf-8")
    told = dict(re.findall(r"^\| `LOAPHUONG_([A-Z_]+)` \| `([^`]+)` \|", page, re.MULTILINE))
    assert len(told) >= 4
    settings = Settings()
    real = {name: getattr(settings, name.lower()) for name in told}
    assert {name: _told(value) for name, value in real.items()} == told


def _told(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple | list) else str(value)


def test_the_environment_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOAPHUONG_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("LOAPHUONG_VOICES", "espeak, gtts")
    settings = Settings.load()
    assert settings.voices == ("espeak", "gtts")
    assert settings.url_of_database == f"sqlite:///{tmp_path}/loaphuong.db"


def test_secrets_are_hidden() -> None:
    settings = Settings(secret_key=SecretStr("rat-bi-mat"), database_url=SecretStr("postgresql://u:p4ss@h/d"))
    printed = repr(settings) + repr(settings.printable())
    assert "rat-bi-mat" not in printed
    assert "p4ss" not in printed


def test_the_password_of_the_mail_server_is_hidden() -> None:
    settings = Settings(smtp_host="thu.vn", smtp_from="loa@thu.vn", smtp_password=SecretStr("rat-bi-mat"))
    assert "rat-bi-mat" not in repr(settings) + repr(settings.printable())


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SMTP_HOST": "thu.vn"}, "SMTP_FROM"),
        ({"SMTP_FROM": "loa@thu.vn\nBcc: ai@do.vn"}, "SMTP_FROM"),
        ({"SMTP_SECURITY": "none", "SMTP_PASSWORD": "x"}, "SMTP_PASSWORD"),
        ({"SMTP_SECURITY": "ssl"}, "SMTP_SECURITY"),
    ],
)
def test_a_mail_server_that_cannot_be_used_is_told(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], named: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"LOAPHUONG_{name}", value)
    with pytest.raises(ConfigurationError, match=f"LOAPHUONG_{named}"):
        Settings.load()


def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(ConfigurationError, match="Không ghi được"):
        Settings(data_dir=file / "data").make_data_dir()


def test_a_data_folder_is_its_owners_alone(tmp_path: Path) -> None:
    made = Settings(data_dir=tmp_path / "deep" / "data").make_data_dir()
    assert stat.S_IMODE(made.stat().st_mode) == 0o700


def test_a_data_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    assert stat.S_IMODE(Settings(data_dir=tmp_path).make_data_dir().stat().st_mode) == 0o750


def test_keys_are_made_once_and_kept_close(tmp_path: Path) -> None:
    first, again = keys.centre_key(tmp_path), keys.centre_key(tmp_path)
    mode = stat.S_IMODE((tmp_path / "centre.key").stat().st_mode)
    assert (first.raw, mode) == (again.raw, 0o600)
    assert [path.name for path in tmp_path.iterdir()] == ["centre.key"]


def test_a_damaged_key_is_told(tmp_path: Path) -> None:
    (tmp_path / "session.key").write_bytes(b"short")
    with pytest.raises(ConfigurationError, match="bị hỏng"):
        keys.session_secret(tmp_path)


def test_a_key_is_never_printed() -> None:
    assert "00010203" not in repr(PrivateKey(bytes(range(32))))


@pytest.mark.parametrize(
    ("given", "minutes"),
    [({}, 120), ({"mode": "rehearsal"}, 2), ({"lock_in_minutes": 30}, 30), ({"lock_in_minutes": 0}, 0)],
)
def test_the_lock_in_is_shorter_in_a_rehearsal(given: dict[str, Any], minutes: int) -> None:
    assert Settings(**given).minutes_of_lock_in == minutes
