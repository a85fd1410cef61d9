"""What the page shows of what the station knows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from content.contracts.airings import Level
from content.contracts.signing import PrivateKey
from tests.station.fakes import NOON, make_item, make_manifest
from tests.station.ward import Ward

SOON = NOON + timedelta(seconds=20)


def seen(ward: Ward) -> dict[str, Any]:
    """Return what is shown now."""
    return ward.agent.desk._look()


def test_nothing_yet(ward: Ward) -> None:
    shown = seen(ward)
    assert (shown["now"], shown["next"], shown["today"]) == (None, None, [])
    assert shown["line"]["words"] == "Đang gọi trung tâm…"
    assert shown["stock"] == "chưa có lịch phát"


def test_what_plays_what_comes_and_what_was(ward: Ward) -> None:
    items = [make_item(number, at=SOON + timedelta(minutes=number)) for number in (0, 1, 5)]
    ward.deliver(make_manifest(*items))
    ward.spend(85)
    shown = seen(ward)
    assert (shown["now"]["title"], shown["now"]["left"]) == ("Bản tin 1", "0:05")
    assert (shown["next"]["title"], shown["next"]["time"], shown["next"]["near"]) == (
        "Bản tin 5",
        "12:05",
        "4 phút nữa",
    )
    assert [(row["title"], row["word"]) for row in shown["today"]] == [
        ("Bản tin 0", "Đã phát"),
        ("Bản tin 1", "Đang phát"),
        ("Bản tin 5", "Sắp phát"),
    ]


def test_what_did_not_play_says_why(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)), clips=False)
    assert seen(ward)["today"][0]["words"] == "Chưa tải được bản thu."
    ward.spend(90)
    row = seen(ward)["today"][0]
    assert (row["word"], row["words"]) == ("Không phát", "Chưa tải kịp bản thu; xem lại mạng.")


def test_what_was_cut_says_how_much_was_heard(ward: Ward) -> None:
    item = make_item(at=SOON)
    ward.deliver(make_manifest(item))
    ward.spend(24)
    ward.deliver(make_manifest(generation=2, cancelled=(item.id,)))
    row = seen(ward)["today"][0]
    assert (row["word"], row["words"]) == ("Phát dở", "Nghe được 0:04. Trung tâm đã gỡ khỏi lịch.")


def test_only_today_is_shown_and_tomorrow_is_named(ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=NOON + timedelta(hours=18))))
    shown = seen(ward)
    assert shown["today"] == []
    assert (shown["next"]["time"], shown["next"]["near"]) == ("06:00", "Thứ Ba 24/11")


@pytest.mark.parametrize(
    ("level", "skippable"), [(Level.NORMAL, True), (Level.PRIORITY, False), (Level.EMERGENCY, False)]
)
def test_only_what_is_the_ward_s_to_choose_can_be_left_out(ward: Ward, level: Level, skippable: bool) -> None:
    ward.deliver(make_manifest(make_item(at=NOON + timedelta(minutes=5), level=level)))
    shown = seen(ward)
    assert (shown["next"]["skippable"], shown["today"][0]["skippable"]) == (skippable, skippable)


def test_a_lost_line_is_told_with_what_to_do(ward: Ward) -> None:
    ward.agent.line.told("im")
    shown = seen(ward)
    assert shown["line"] == {"state": "offline", "words": "Mất kết nối với trung tâm từ 12:00"}
    assert "Trạm vẫn phát đúng giờ từ đĩa của mình" in shown["troubles"][0]


@pytest.mark.parametrize(
    ("status", "line", "trouble"),
    [
        (401, "Trung tâm không nhận máy này từ 12:00", "xin mã để ghi danh lại máy này"),
        (502, "Trung tâm đang trục trặc từ 12:00", "mạng ở trạm vẫn tốt"),
    ],
)
def test_what_the_centre_answers_is_no_fault_of_the_network(
    ward: Ward, status: int, line: str, trouble: str
) -> None:
    ward.agent.line.told("không", status)
    shown = seen(ward)
    assert shown["line"]["words"] == line
    assert trouble in shown["troubles"][0]
    assert not any("dây mạng" in told for told in shown["troubles"])


def test_a_refused_manifest_is_told_until_a_good_one_comes(ward: Ward) -> None:
    ward.deliver(make_manifest(generation=1), key=PrivateKey(bytes(32)))
    assert ["chữ ký của trung tâm" in told for told in seen(ward)["troubles"]] == [True]
    ward.deliver(make_manifest(generation=1))
    assert seen(ward)["troubles"] == []


def test_a_clock_that_is_wrong_is_told(ward: Ward) -> None:
    keeper, clock = ward.agent.timekeeper, ward.clock
    keeper.measured((clock.monotonic(), clock.now()), clock.monotonic(), NOON + timedelta(minutes=9))
    shown = seen(ward)
    assert (shown["clock_ok"], shown["offset"], shown["clock"]) == (
        False,
        "đồng hồ chưa tin được",
        "12:09:00",
    )
    assert any("Đồng hồ của máy chưa tin được" in trouble for trouble in shown["troubles"])


def test_a_full_disk_is_told(ward: Ward) -> None:
    ward.agent.store.journals_room = 1 << 62
    assert any("gần đầy" in trouble for trouble in seen(ward)["troubles"])


def test_quiet_hours_are_told_in_earnest(real_ward: Ward) -> None:
    real_ward.clock.advance(9.5 * 3600)
    assert "Đang giờ yên tĩnh: chỉ tin khẩn cấp được phát." in seen(real_ward)["troubles"]


def test_what_waits_for_the_centre_is_counted(ward: Ward) -> None:
    assert seen(ward)["waiting"] == "2 dòng nhật ký chờ gửi"
    ward.agent.journal.chain.acknowledge(ward.agent.journal.chain.name, 2)
    assert seen(ward)["waiting"] == "trung tâm đã nhận đủ nhật ký"
