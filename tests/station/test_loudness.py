"""The volume outlasts its journal."""

from __future__ import annotations

import pytest

from tests.station.fakes import make_command, make_manifest
from tests.station.ward import Ward


def turned_down(ward: Ward) -> Ward:
    """Return the ward, ordered to 30."""
    ward.deliver(make_manifest(commands=(make_command("volume", value=30),)))
    return ward


def lose_journal(ward: Ward) -> None:
    """Stop, lose the journal, start anew."""
    ward.agent.journal.close()
    for path in ward.settings.folder.glob("journal.db*"):
        path.unlink()
    ward.boot()


@pytest.mark.parametrize("loses", [False, True])
def test_a_volume_is_in_force_after_a_start_with_or_without_its_journal(ward: Ward, loses: bool) -> None:
    turned_down(ward)
    lose_journal(ward) if loses else ward.reboot()
    assert (ward.player.volume, ward.agent.desk._look()["volume"]) == (30, 30)
    assert ward.agent.journal.meta("volume") == "30"


def test_a_damaged_journal_takes_no_volume_along(ward: Ward) -> None:
    turned_down(ward).agent.journal.close()
    ward.settings.journal.write_bytes(b"garbage " * 500)
    ward.boot()
    assert ward.player.volume == 30


def test_a_volume_that_only_the_journal_holds_gets_its_file(ward: Ward) -> None:
    turned_down(ward)
    ward.settings.volume.unlink()
    ward.reboot()
    assert ward.settings.volume.read_bytes() == b'{"volume": 30}'
    assert ward.settings.volume.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "told", [b"", b"{", b"30", b'{"volume": 101}', b'{"volume": true}', b'{"volume": "9"}']
)
def test_a_file_that_tells_no_volume_sets_none(ward: Ward, told: bytes) -> None:
    ward.settings.volume.write_bytes(told)
    ward.reboot()
    assert (ward.player.volume, ward.agent.desk._look()["volume"]) == (100, None)


def test_a_file_that_cannot_be_written_is_told_and_the_order_is_done(
    ward: Ward, caplog: pytest.LogCaptureFixture
) -> None:
    ward.settings.volume.mkdir()
    turned_down(ward).reboot()
    assert ward.player.volume == 30
    assert "the volume is kept in the journal alone" in caplog.text
