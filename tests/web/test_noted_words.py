"""What stations note and raise is shown in Vietnamese; people's own words stay."""

from __future__ import annotations

import pytest

from content.contracts.notes import Noted, Part
from scheduler.models.alarm import Alarm
from station.programme import ALARMS
from tests.web.wards import MORNING
from web.alarm_words import alarm_detail
from web.noted_words import noted_words

CHAIN, AIRING = "0b7e9c1e-8a3f-4e0b-9a51-2f6d0c5b7a10", "0aab022f9af70439b923fe0cbba9529a"
SAID_BY_STATIONS = (
    *ALARMS,
    "amp_failed",
    "clip_corrupt",
    "clock_untrusted",
    "disk_full",
    "fork",
    "journal_damaged",
    "player_restarted",
)


@pytest.mark.parametrize(
    ("note", "words"),
    [
        (None, ""),
        ("quiet_in_rehearsal", "Trong giờ yên tĩnh; buổi tập dượt vẫn phát."),
        (
            "truc-ban · cut_off 65000; back 65000",
            "truc-ban · Ngừng ở 1:05 để nhường tin khẩn cấp. Phát tiếp từ 1:05 sau tin khẩn cấp.",
        ),
        ("desk · failed: mpv died", "tại máy trạm · Máy phát báo lỗi."),
        ("Buổi 06:00 không đủ chỗ, chuyển sang buổi này.", "Buổi 06:00 không đủ chỗ, chuyển sang buổi này."),
    ],
)
def test_a_note_is_shown_in_words(note: str | None, words: str) -> None:
    assert noted_words(note) == words


@pytest.mark.parametrize("code", list(Noted))
def test_every_code_has_words(code: Noted) -> None:
    note = str(Part(code, 1000, "mpv died"))
    assert not set(note.split()) & set(noted_words(note).split())


@pytest.mark.parametrize("code", SAID_BY_STATIONS)
def test_every_alarm_of_a_station_has_words(code: str) -> None:
    told = alarm_detail(Alarm(kind="station", detail=f"{code} what the machine said", at=MORNING))
    assert code not in told
    assert "machine" not in told


@pytest.mark.parametrize(
    ("kind", "detail", "words"),
    [
        ("station", "clock_untrusted offset -3600000 ms", "lệch 3600 giây"),
        ("gap", f"{CHAIN} 7", "Sổ 0b7e9c1e, từ dòng 7."),
        ("contradiction", f"{AIRING} played ↔ missed", "Lượt phát 0aab022f."),
        ("new_chain", "journal damaged: file is not a database", "Sổ cũ bị hỏng"),
        ("emergency_unsigned", "Lần khẩn cấp số 2: Bão", "Lần khẩn cấp số 2: Bão"),
    ],
)
def test_where_an_alarm_stands_is_shown_in_words(kind: str, detail: str, words: str) -> None:
    assert words in alarm_detail(Alarm(kind=kind, detail=detail, at=MORNING))
