"""What is told of the voices claims no more than is known."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from audio.voices.base import Availability
from audio.voices.status import told, voices_status
from tests.audio.conftest import START
from tests.audio.fake_voice import HummingVoice

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class ToldVoice(HummingVoice):
    """Says of itself what it is given."""

    def __init__(self, available: Availability) -> None:
        super().__init__()
        self._available = available

    def availability(self) -> Availability:
        """Return what was given."""
        return self._available


@pytest.mark.parametrize(
    ("available", "line"),
    [
        (Availability(True, "chưa thử lần nào"), "chưa thử lần nào"),
        (Availability(True, "", None, START), "lần cuối đọc được lúc 08:00:00 23/11/2026"),
        (Availability(True, "thử lại", None, START), "lần cuối đọc được lúc 08:00:00 23/11/2026; thử lại"),
        (
            Availability(True, "", None, None, START, "không có tiếng"),
            "lần cuối hỏng lúc 08:00:00 23/11/2026: không có tiếng",
        ),
        (Availability(False, "thiếu gói"), "không đọc được: thiếu gói"),
        (
            Availability(False, "429", START + timedelta(minutes=5), START),
            "đang nghỉ vì 429, đến 08:05:00 23/11/2026",
        ),
    ],
)
def test_one_line_a_voice(available: Availability, line: str) -> None:
    (status,) = voices_status([ToldVoice(available)])
    assert told(status, ZONE) == line


def test_the_order_is_kept_and_the_rest_is_the_voices_own() -> None:
    first, second = voices_status([HummingVoice("a"), HummingVoice("b")])
    assert (first.name, second.name) == ("a", "b")
    assert (first.fingerprint, first.licence, first.sends_text_out) == ("a 1", "CC0-1.0", False)
