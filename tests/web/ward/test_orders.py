"""The desk's buttons: one press, one command, one line in the audit log; and what they refuse."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from content.contracts import lpjson
from content.models.audit import Audit
from scheduler.models.command import Command
from scheduler.rules import Rules
from tests.web.ward.conftest import Browser, Town
from tests.web.wards import MORNING, make_airing
from web.ward.buttons import Sent, not_test


def commands(town: Town) -> list[Command]:
    """Return every command there is."""
    with town.house.database.reading() as session:
        return list(session.scalars(select(Command)))


def lines(town: Town) -> list[dict[str, Any]]:
    """Return what the audit log says of the desk."""
    with town.house.database.reading() as session:
        rows = session.scalars(select(Audit).where(Audit.action.like("ward.%")).order_by(Audit.sequence))
        return [lpjson.decode(row.line.encode()) for row in rows]


def do(town: Town, kind: str, *, after: int, outcome: str = "done") -> None:
    """Let the station say, `after` seconds past MORNING, what became of the command of `kind`."""
    with town.house.database.writing() as session:
        command = session.scalars(select(Command).where(Command.kind == kind)).one()
        command.done_at, command.outcome = MORNING + timedelta(seconds=after), outcome


@pytest.fixture
def playing(town: Town) -> str:
    return make_airing(town.house, town.ha_dinh, "Thu gom rác", -0.5, state="on_air")


@pytest.mark.parametrize(
    ("path", "form", "sent"),
    [
        ("tam-dung", {"item": "?"}, ("pause", True, None)),
        ("tiep-tuc", {"item": "?"}, ("resume", True, None)),
        ("dung-het", {}, ("stop", False, None)),
        ("am-luong", {"value": "60"}, ("volume", False, 60)),
    ],
)
def test_each_button_sends_one_command_and_says_who(
    town: Town, an: Browser, playing: str, path: str, form: dict[str, str], sent: tuple[str, bool, Any]
) -> None:
    form = {name: playing if value == "?" else value for name, value in form.items()}
    answer = an.press(f"/ward/ha-dinh/{path}", **form)
    [command], [line] = commands(town), lines(town)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/ward/ha-dinh")
    assert (command.kind, command.item == playing, command.value, command.by) == (*sent, "an")
    assert (line["actor"], line["subject"], line["detail"]["command"]) == (
        "an",
        "station:ha-dinh",
        command.id,
    )


@pytest.mark.parametrize("state", ["planned", "released", "due", "on_air"])
def test_a_coming_or_playing_item_is_skipped_for_a_reason(town: Town, an: Browser, state: str) -> None:
    airing = make_airing(town.house, town.ha_dinh, "Tiêm chủng", 60, state=state)
    answer = an.press(f"/ward/ha-dinh/bo-qua/{airing}", reason="trung", note="buổi sáng")
    [command], [line] = commands(town), lines(town)
    assert answer.status_code == 303
    assert (command.kind, command.item, command.value) == (
        "skip",
        airing,
        "Trùng với bản tin đã phát: buổi sáng",
    )
    assert (line["action"], line["detail"]["value"]) == ("ward.skip", command.value)


def test_a_sound_test_is_sent_for_a_minute_and_its_outcome_is_told(town: Town, an: Browser) -> None:
    answer = an.press("/ward/ha-dinh/thu-loa")
    [command], [line] = commands(town), lines(town)
    assert (answer.status_code, command.kind, line["action"]) == (303, "test", "ward.test")
    assert command.expires_at == MORNING + timedelta(minutes=1)
    do(town, "test", after=1, outcome="busy")
    assert "Thử loa , an: trạm đang phát hoặc sắp phát" in an.text("/ward/ha-dinh")


@pytest.mark.parametrize(
    ("minutes", "state", "words"),
    [(-0.5, "on_air", "Đang phát; hãy chờ hết bài"), (0.3, "released", "Sắp tới giờ phát")],
)
def test_no_sound_test_beside_an_airing(
    town: Town, an: Browser, minutes: float, state: str, words: str
) -> None:
    make_airing(town.house, town.ha_dinh, "Thu gom rác", minutes, state=state)
    answer = an.press("/ward/ha-dinh/thu-loa")
    assert (answer.status_code, words in answer.text, commands(town)) == (409, True, [])


@pytest.mark.parametrize(
    ("hour", "rehearsal", "refused"), [(22, False, True), (22, True, False), (7, False, False)]
)
def test_no_sound_test_in_quiet_hours(hour: int, *, rehearsal: bool, refused: bool) -> None:
    rules = Rules(ZoneInfo("Asia/Ho_Chi_Minh"), rehearsal=rehearsal)
    now = datetime(2026, 11, 23, hour, tzinfo=rules.zone)
    why = not_test(None, None, Sent(), rules, now)
    assert ("giờ yên tĩnh" in (why or "")) is refused


def test_a_skip_waits_for_a_station_that_is_away(town: Town, an: Browser) -> None:
    airing = make_airing(town.house, town.ha_dinh, "Tiêm chủng", 60)
    town.clock.advance(120)
    an.press(f"/ward/ha-dinh/bo-qua/{airing}", reason="trung")
    assert commands(town)[0].expires_at == MORNING + timedelta(minutes=70)


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Hãy chọn lý do bỏ qua."),
        ({"reason": "la"}, "Hãy chọn lý do bỏ qua."),
        ({"reason": "khac"}, "Lý do đang để trống."),
        ({"reason": "khac", "note": "x" * 201}, "Lý do dài 201 ký tự"),
        ({"reason": "trung", "note": "a\x00b"}, "ký tự điều khiển"),
    ],
)
def test_no_skip_without_a_reason(town: Town, an: Browser, form: dict[str, str], words: str) -> None:
    airing = make_airing(town.house, town.ha_dinh, "Tiêm chủng", 60)
    answer = an.press(f"/ward/ha-dinh/bo-qua/{airing}", **form)
    assert (answer.status_code, words in answer.text, commands(town)) == (422, True, [])


@pytest.mark.parametrize(
    ("fields", "operator", "office"),
    [
        ({"level": "priority"}, 409, 303),
        ({"level": "emergency"}, 409, 409),
        ({"state": "played"}, 409, 409),
        ({"recalled_at": MORNING}, 409, 409),
    ],
)
def test_what_must_be_aired_or_is_over_is_not_skipped(
    town: Town, an: Browser, binh: Browser, fields: dict[str, Any], operator: int, office: int
) -> None:
    airing = make_airing(town.house, town.ha_dinh, "Tin", 60, **fields)
    path = f"/ward/ha-dinh/bo-qua/{airing}"
    answers = [who.press(path, reason="trung").status_code for who in (an, binh)]
    assert answers == [operator, office]


def test_a_skip_is_sent_once(town: Town, an: Browser) -> None:
    airing = make_airing(town.house, town.ha_dinh, "Tin", 60)
    answers = [an.press(f"/ward/ha-dinh/bo-qua/{airing}", reason="trung") for _ in range(2)]
    assert ([answer.status_code for answer in answers], len(commands(town))) == ([303, 409], 1)


def test_the_question_names_what_is_skipped(town: Town, an: Browser) -> None:
    airing = make_airing(town.house, town.ha_dinh, "Tiêm chủng", 60)
    assert "Bỏ qua lượt phát Tiêm chủng Phường Hạ Đình · 07:00, Thứ Hai 23/11" in an.text(
        f"/ward/ha-dinh/bo-qua/{airing}"
    )


def test_another_stations_airing_is_not_there(town: Town, an: Browser) -> None:
    airing = make_airing(town.house, town.khuong_dinh, "Tin", 60)
    assert an.press(f"/ward/ha-dinh/bo-qua/{airing}", reason="trung").status_code == 404


@pytest.mark.parametrize("path", ["tam-dung", "tiep-tuc", "dung-het", "am-luong", "thu-loa"])
def test_another_wards_buttons_do_nothing(town: Town, an: Browser, path: str) -> None:
    answer = an.press(f"/ward/khuong-dinh/{path}", value="60")
    assert (answer.status_code, commands(town), lines(town)) == (403, [], [])


@pytest.mark.parametrize("item", ["", "0" * 32])
def test_what_no_longer_plays_is_not_paused(town: Town, an: Browser, playing: str, item: str) -> None:
    answer = an.press("/ward/ha-dinh/tam-dung", item=item)
    assert (answer.status_code, commands(town)) == (409, [])


@pytest.mark.parametrize("value", ["", "-1", "101", "nhiều", "6.5", "²", "9" * 5000])
def test_a_volume_out_of_range_is_refused(town: Town, an: Browser, value: str) -> None:
    answer = an.press("/ward/ha-dinh/am-luong", value=value)
    assert (answer.status_code, commands(town)) == (422, [])


def test_a_form_without_its_token_does_nothing(town: Town, an: Browser) -> None:
    answer = an.client.post("/ward/ha-dinh/dung-het")
    assert (answer.status_code, commands(town)) == (400, [])


def test_a_pressed_button_waits_and_says_so(an: Browser, playing: str) -> None:
    an.press("/ward/ha-dinh/tam-dung", item=playing)
    text = an.text("/ward/ha-dinh")
    assert "Đã gửi lệnh “Tạm dừng” tới trạm Hạ Đình." in text
    assert "Tạm dừng: đã gửi lệnh, chờ trạm nhận." in text
    assert "06:00:00 Tạm dừng , an: chờ trạm nhận" in text


def test_a_pause_that_was_done_stops_the_time_left(town: Town, an: Browser, playing: str) -> None:
    an.press("/ward/ha-dinh/tam-dung", item=playing)
    do(town, "pause", after=1)
    town.clock.advance(20)
    text = an.text("/ward/ha-dinh")
    assert "Đang tạm dừng, an bắt đầu lúc 05:59:30 Thu gom rác còn 0:29" in text
    assert "Tạm dừng , an: trạm đã làm" in text


def test_a_volume_that_was_done_is_shown(town: Town, an: Browser) -> None:
    an.press("/ward/ha-dinh/am-luong", value="60")
    do(town, "volume", after=1)
    assert "Âm lượng đang đặt 60 trên 100" in an.text("/ward/ha-dinh")


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("nothing_to_do", "lúc đó không còn gì để làm"),
        ("expired", "tới trạm quá muộn; hãy bấm lại"),
        ("unsupported", "trạm không làm được"),
    ],
)
def test_a_refused_command_is_told(town: Town, an: Browser, outcome: str, words: str) -> None:
    an.press("/ward/ha-dinh/dung-het")
    do(town, "stop", after=1, outcome=outcome)
    assert f"Dừng hết , an: {words}" in an.text("/ward/ha-dinh")


def test_a_command_that_no_station_took_is_told(town: Town, an: Browser) -> None:
    an.press("/ward/ha-dinh/dung-het")
    town.clock.advance(301)
    assert "Dừng hết , an: trạm không nhận kịp; hãy bấm lại" in an.text("/ward/ha-dinh")


def test_the_reason_of_a_skip_is_shown_in_the_queue(town: Town, an: Browser) -> None:
    airing = make_airing(town.house, town.ha_dinh, "Tin", 60)
    an.press(f"/ward/ha-dinh/bo-qua/{airing}", reason="lanh-dao")
    assert "Đã gửi lệnh bỏ qua, chờ trạm nhận." in an.text("/ward/ha-dinh")


@pytest.mark.parametrize(
    ("seconds", "button", "shut"),
    [
        (0, "tam-dung", True),
        (0, "dung-het", False),
        (0, "am-luong", False),
        (0, "thu-loa", False),
        (120, "thu-loa", True),
        (120, "dung-het", True),
        (120, "am-luong", True),
    ],
)
def test_a_button_that_can_do_nothing_is_disabled(
    town: Town, an: Browser, seconds: int, button: str, *, shut: bool
) -> None:
    town.clock.advance(seconds)
    page = an.see("/ward/ha-dinh").text
    found = [tag for tag in page.split("<button")[1:] if f'formaction="/ward/ha-dinh/{button}"' in tag]
    assert {" disabled title=" in tag for tag in found} == {shut}
