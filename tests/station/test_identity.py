"""Enrolment, and what is kept of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.contracts.enrolment import EnrolCode
from content.contracts.signing import PrivateKey
from content.errors import (
    ConfigurationError,
    ContractError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
)
from station.identity import KEY_FILE, RECORD_FILE, enrol, load_identity
from tests.station.fakes import SECRET, STATION, TOKEN, FakeCentre


def code_of(centre: FakeCentre, *, secret: str = SECRET) -> EnrolCode:
    return EnrolCode(centre.url, secret, centre.key.public.keyid)


def test_enrolment_is_kept_and_read_back(centre: FakeCentre, tmp_path: Path) -> None:
    enrol(code_of(centre), tmp_path / "ward", mode="rehearsal")
    identity = load_identity(tmp_path / "ward")
    assert (identity.enrolment.station, identity.enrolment.token) == (STATION, TOKEN)
    assert identity.key.public == centre.station_key
    assert identity.enrolment.keys == [centre.key.public]


def test_secrets_are_readable_by_their_owner_alone(centre: FakeCentre, tmp_path: Path) -> None:
    enrol(code_of(centre), tmp_path / "ward", mode="rehearsal")
    modes = {name: (tmp_path / "ward" / name).stat().st_mode & 0o777 for name in (KEY_FILE, RECORD_FILE)}
    assert modes == {KEY_FILE: 0o600, RECORD_FILE: 0o600}
    assert (tmp_path / "ward").stat().st_mode & 0o777 == 0o700


def test_enrolling_again_keeps_the_key(centre: FakeCentre, tmp_path: Path) -> None:
    enrol(code_of(centre), tmp_path, mode="rehearsal")
    first = load_identity(tmp_path).key
    enrol(code_of(centre), tmp_path, mode="rehearsal")
    assert load_identity(tmp_path).key == first


def test_a_spent_code_is_told_and_leaves_the_machine_unenrolled(centre: FakeCentre, tmp_path: Path) -> None:
    with pytest.raises(ForbiddenError, match="Mã này đã dùng"):
        enrol(code_of(centre, secret="another-secret-0000"), tmp_path, mode="rehearsal")
    with pytest.raises(NotFoundError, match="chưa ghi danh"):
        load_identity(tmp_path)


def test_a_centre_with_another_key_is_not_believed(centre: FakeCentre, tmp_path: Path) -> None:
    code = code_of(centre)
    centre.answers_with = PrivateKey.generate()
    with pytest.raises(ContractError, match="không giữ khóa"):
        enrol(code, tmp_path, mode="rehearsal")
    assert not (tmp_path / RECORD_FILE).exists()


def test_no_centre_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        enrol(EnrolCode("http://127.0.0.1:9", SECRET, "0" * 16), tmp_path, mode="rehearsal")


def test_a_secret_is_not_sent_in_clear_text(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="https"):
        enrol(EnrolCode("http://loa.example.vn", SECRET, "0" * 16), tmp_path, mode="production")


@pytest.mark.parametrize("damage", ["", "{}", "[]", '{"station":1}'])
def test_a_damaged_record_is_told(centre: FakeCentre, tmp_path: Path, damage: str) -> None:
    enrol(code_of(centre), tmp_path, mode="rehearsal")
    (tmp_path / RECORD_FILE).write_text(damage, "utf-8")
    with pytest.raises(ConfigurationError, match="ghi danh lại"):
        load_identity(tmp_path)


def test_the_token_is_not_shown(centre: FakeCentre, tmp_path: Path) -> None:
    assert TOKEN not in repr(enrol(code_of(centre), tmp_path, mode="rehearsal"))
