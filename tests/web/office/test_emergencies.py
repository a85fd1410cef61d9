"""Emergencies in the office: who may call, what is asked before, who stands by it, how it ends."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from content import bulletins, people, phrases
from content.contracts.manifest import open_manifest
from content.models.people import Grant, Role, User
from content.models.phrase import PhraseUse
from scheduler import hurry, manifests, stations
from scheduler.models.airing import Airing, AiringChange
from scheduler.models.emergency import Emergency
from scheduler.models.manifest import Manifest
from scheduler.models.station import Station
from tests.web.hall import NOW, Browser, Hall, Page, sound_hash
from web import calling
from web.processes.releasing import terms_of

REASON = "Bão số 3 đổi hướng"
STATIONS = ("ha-dinh-1", "ha-dinh-2")


@pytest.fixture
def leader(hall: Hall) -> Browser:
    return hall.browser("lan")


@pytest.fixture
def deputy(hall: Hall) -> Browser:
    """Return the browser of another one who may call in Thanh Xuân, by the permission alone."""
    with hall.house.database.writing() as session:
        user = User(login="pho", name="Phó trực", password_hash="-", created_at=NOW)
        user.grants = [Grant(role=Role.EMERGENCY, unit_id=hall.unit_id("thanh-xuan"))]
        session.add(user)
    return hall.browser("pho")


def phrase(
    hall: Hall, use: PhraseUse = PhraseUse.CALL, *, exercise: bool = False, unit: str = "thanh-xuan"
) -> int:
    """Store an approved phrase; return its bulletin's id."""
    title, text = ("Diễn tập: bão vào", "Đây là diễn tập. Bão vào.") if exercise else ("Bão vào", "Bão vào.")
    made = hall.bulletin("approved", unit=unit, level="emergency", title=title, text=text)
    with hall.house.database.writing() as session:
        bulletin = bulletins.get(session, made)
        by = people.by_login(session, "an")
        phrases.put(session, bulletin, use=use, exercise=exercise, by=by, now=NOW)
    return made


def enrol(hall: Hall, *names: str) -> None:
    """Let stations have a manifest, as enrolled ones have."""
    with hall.house.database.writing() as session:
        for name in names:
            station = session.get_one(Station, name)
            station.enrolled_at = station.heard_at = NOW
        manifests.release(session, NOW, terms_of(hall.house), key=hall.house.key)


def look(hall: Hall, browser: Browser, made: int, **changes: Any) -> TestResponse:
    given = {"units": [str(hall.unit_id("ha-dinh"))], "reason": REASON, "repeat": "", **changes}
    path = f"/office/khan-cap/phat/{made}"
    return browser.send(path, f"{path}/xem", **given)


def call(hall: Hall, browser: Browser, made: int, *, times: int = 1, **changes: Any) -> TestResponse:
    """Go through the form and the question, and press the button `times` times."""
    path = f"/office/khan-cap/phat/{made}"
    asked = Page(look(hall, browser, made, **changes), path).form(path)
    answers = [browser.client.post(asked.action, data=asked.fields) for _ in range(times)]
    assert len({answer.location for answer in answers}) == 1
    return answers[-1]


def stored(hall: Hall) -> Emergency:
    with hall.house.database.reading() as session:
        return session.scalars(select(Emergency)).one()


def airings(hall: Hall) -> list[tuple[str, str, int | None]]:
    with hall.house.database.reading() as session:
        rows = session.scalars(select(Airing).order_by(Airing.starts_at))
        return [(row.station, row.state, row.released_generation) for row in rows]


def test_what_would_happen_is_said_before_and_nothing_is_kept(hall: Hall, leader: Browser) -> None:
    made = phrase(hall)
    enrol(hall, "ha-dinh-1")
    before = hall.counts()
    answer = look(hall, leader, made, units=[str(hall.unit_id("thanh-xuan"))])
    words = Page(answer, "/").words
    assert hall.counts() == before
    for told in (
        "1 đơn vị",
        "1 trạm loa",
        "1 đang nối mạng",
        "Phường Hạ Đình",
        REASON,
        "PHÁT NGAY tại 1 trạm",
    ):
        assert told in words
    assert f"{sound_hash()}.mp3" in answer.text


@pytest.mark.parametrize(
    ("hour", "told"), [(1, "không chạm giờ yên tĩnh"), (15, "Có lượt rơi vào giờ yên tĩnh")]
)
def test_quiet_hours_are_told(hall: Hall, leader: Browser, hour: int, told: str) -> None:
    made = phrase(hall)
    hall.clock.advance((hour - 1) * 3600)
    assert told in Page(look(hall, leader, made), "/").words


def test_offline_stations_are_named(hall: Hall, leader: Browser) -> None:
    words = Page(look(hall, leader, phrase(hall)), "/").words
    assert "0 đang nối mạng" in words
    assert "Không nối được Hạ Đình" in words


def test_pressed_twice_it_is_called_once_and_signed_in_the_same_request(hall: Hall, leader: Browser) -> None:
    made = phrase(hall)
    enrol(hall, "ha-dinh-1")
    answer = call(hall, leader, made, times=2)
    assert (answer.status_code, answer.location) == (303, "/office/khan-cap/1")
    assert airings(hall) == [("ha-dinh-1", "released", 2)]
    with hall.house.database.reading() as session:
        signed = manifests.current(session, "ha-dinh-1")
        assert signed is not None
        (item,) = open_manifest(signed.payload, [hall.house.key.public]).items
    assert (item.level, item.starts_at, item.title) == ("emergency", stored(hall).started_at, "Bão vào")


def generations(hall: Hall) -> dict[str, int]:
    with hall.house.database.reading() as session:
        rows = session.execute(
            select(Manifest.station, func.max(Manifest.generation)).group_by(Manifest.station)
        )
        return {station: generation for station, generation in rows}  # noqa: C416 (typed)


def releases(hall: Hall) -> int:
    """Return how often the history says that an airing was released."""
    with hall.house.database.reading() as session:
        released = select(func.count()).select_from(AiringChange).where(AiringChange.state == "released")
        return session.scalar(released) or 0


class Failing:
    """Signs for so many parts, then fails once."""

    def __init__(self, parts: int) -> None:
        self._parts, self._sign = parts, hurry.release_emergencies

    def __call__(self, *given: Any, **more: Any) -> object:
        self._parts -= 1
        if self._parts == -1:
            raise sqlite3.OperationalError("database is locked")
        return self._sign(*given, **more)


@pytest.fixture
def everywhere(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Return the fields that call at every station of Thanh Xuân, each a part of its own."""
    monkeypatch.setattr(calling, "PART", 1)
    with hall.house.database.writing() as session:
        stations.create_station(
            session, hall.unit_id("ha-dinh"), title="Hạ Đình 2", name=STATIONS[1], now=NOW
        )
    enrol(hall, *STATIONS)
    return {"units": [str(hall.unit_id("thanh-xuan"))]}


def test_many_stations_are_signed_for_part_by_part(
    hall: Hall, leader: Browser, everywhere: dict[str, Any]
) -> None:
    assert call(hall, leader, phrase(hall), **everywhere).status_code == 303
    assert generations(hall) == dict.fromkeys(STATIONS, 2)


def test_the_scheduler_may_sign_between_two_parts(
    hall: Hall, leader: Browser, everywhere: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: list[object] = []
    sign = hurry.release_emergencies

    def scheduler_first(*given: Any, **more: Any) -> object:
        if parts:
            with hall.house.database.writing() as session:
                manifests.release(session, NOW, terms_of(hall.house), key=hall.house.key)
        parts.append(given)
        return sign(*given, **more)

    monkeypatch.setattr(hurry, "release_emergencies", scheduler_first)
    assert call(hall, leader, phrase(hall), **everywhere).status_code == 303
    assert len(parts) == len(STATIONS)
    assert sorted(airings(hall)) == [(name, "released", 2) for name in STATIONS]
    assert releases(hall) == len(STATIONS)


def test_what_fails_at_the_first_part_has_not_happened(
    hall: Hall, leader: Browser, everywhere: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hurry, "release_emergencies", Failing(0))
    assert call(hall, leader, phrase(hall), **everywhere).status_code == 500
    assert (airings(hall), generations(hall)) == ([], dict.fromkeys(STATIONS, 1))


def test_what_fails_at_a_later_part_is_signed_by_the_scheduler(
    hall: Hall, leader: Browser, everywhere: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hurry, "release_emergencies", Failing(1))
    assert call(hall, leader, phrase(hall), **everywhere).status_code == 500
    assert stored(hall).is_running
    assert sorted((state, generation) for _, state, generation in airings(hall)) == [
        ("planned", None),
        ("released", 2),
    ]
    with hall.house.database.writing() as session:
        manifests.release(session, NOW, terms_of(hall.house), key=hall.house.key)
    assert sorted(airings(hall)) == [(name, "released", 2) for name in STATIONS]


def test_what_fails_at_a_later_part_is_signed_when_the_form_is_sent_again(
    hall: Hall, leader: Browser, everywhere: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hurry, "release_emergencies", Failing(1))
    made = phrase(hall)
    path = f"/office/khan-cap/phat/{made}"
    asked = Page(look(hall, leader, made, **everywhere), path).form(path)
    answers = [leader.client.post(asked.action, data=asked.fields) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (500, None),
        (303, "/office/khan-cap/1"),
    ]
    assert sorted(airings(hall)) == [(name, "released", 2) for name in STATIONS]


@pytest.mark.parametrize("login", ["an", "oanh", "em", "quan", "bich"])
def test_who_has_not_the_right_calls_nothing(hall: Hall, login: str) -> None:
    made = phrase(hall)
    browser, units = hall.browser(login), str(hall.unit_id("ha-dinh"))
    answer = browser.post(f"/office/khan-cap/phat/{made}", units=units, reason=REASON, repeat="")
    assert (answer.status_code, airings(hall)) == (403, [])


def test_nobody_calls_where_he_has_no_right(hall: Hall, leader: Browser) -> None:
    made = phrase(hall, unit="ha-noi")
    fields = {"units": str(hall.unit_id("dinh-cong")), "reason": REASON, "repeat": ""}
    assert leader.post(f"/office/khan-cap/phat/{made}", **fields).status_code == 403
    assert airings(hall) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"units": []}, "units"),
        ({"units": ["4711"]}, "units"),
        ({"units": ["phường"]}, "units"),
        ({"repeat": "x"}, "repeat"),
        ({"repeat": "10", "until": ""}, "until"),
        ({"repeat": "10", "until": "hôm nay"}, "until"),
    ],
)
def test_what_cannot_be_called_is_told_beside_its_field(
    hall: Hall, leader: Browser, changes: dict[str, Any], field: str
) -> None:
    made = phrase(hall)
    before = hall.counts()
    answer = look(hall, leader, made, **changes)
    assert (answer.status_code, hall.counts()) == (422, before)
    assert Page(answer, "/").error_of(field)


def test_the_second_person_is_called_on_every_page_and_countersigns(
    hall: Hall, leader: Browser, deputy: Browser
) -> None:
    call(hall, leader, phrase(hall))
    assert "Mời bạn xem và xác nhận" in deputy.see("/office/").words
    assert "Mời bạn xem và xác nhận" not in leader.see("/office/").words
    page = "/office/khan-cap/1"
    assert deputy.send(page, f"{page}/dong-y").status_code == 303
    assert "Phó trực" in leader.see(page).words
    assert "Mời bạn xem và xác nhận" not in deputy.see("/office/").words


def test_who_called_cannot_countersign(hall: Hall, leader: Browser) -> None:
    call(hall, leader, phrase(hall))
    assert leader.post("/office/khan-cap/1/dong-y").status_code == 403
    assert stored(hall).countersigned_by is None


def test_new_words_sound_only_after_a_second_person(hall: Hall, writer: Browser, deputy: Browser) -> None:
    made = hall.bulletin("approved", unit="thanh-xuan", level="emergency", title="Vỡ đê")
    enrol(hall, "ha-dinh-1")
    call(hall, writer, made)
    assert airings(hall) == []
    page = "/office/khan-cap/1"
    assert writer.post(f"{page}/bat-dau").status_code == 403
    assert "xác nhận lời mới" in deputy.see("/office/").words
    assert deputy.send(page, f"{page}/bat-dau").status_code == 303
    assert airings(hall) == [("ha-dinh-1", "released", 2)]


def test_it_ends_with_a_reason_and_an_all_clear(hall: Hall, leader: Browser) -> None:
    made, clear = phrase(hall), phrase(hall, PhraseUse.ALL_CLEAR)
    enrol(hall, "ha-dinh-1")
    call(hall, leader, made)
    page = "/office/khan-cap/1"
    refused = leader.send(page, f"{page}/ket-thuc", reason="")
    assert refused.status_code == 422
    hall.clock.advance(60)
    assert leader.send(page, f"{page}/ket-thuc", reason="Bão tan", clear=str(clear)).status_code == 303
    assert [state for _, state, _ in airings(hall)] == ["released", "released"]
    assert "Bão tan" in leader.see(page).words
    with hall.house.database.reading() as session:
        signed = manifests.current(session, "ha-dinh-1")
        assert signed is not None
        told = open_manifest(signed.payload, [hall.house.key.public])
    assert (len(told.items), len(told.cancelled)) == (1, 1)


def test_an_exercise_asks_for_stations_and_is_shown_as_one(hall: Hall, leader: Browser) -> None:
    made = phrase(hall, exercise=True)
    assert leader.see(f"/office/khan-cap/phat/{made}").form(f"/office/khan-cap/phat/{made}/xem")
    answer = look(hall, leader, made, units=[], stations=["ha-dinh-1"])
    assert "Diễn tập ngay tại 1 trạm" in Page(answer, "/").words
    call(hall, leader, made, units=[], stations=["ha-dinh-1"])
    for path in ("/office/", "/office/khan-cap", "/office/khan-cap/1", "/office/luot-phat"):
        assert "Diễn tập" in leader.see(path).words
    wide = look(hall, leader, made, units=[], stations=["ha-dinh-1", "dinh-cong-1"])
    assert wide.status_code == 422


def test_the_state_tells_every_station(hall: Hall, leader: Browser) -> None:
    made = phrase(hall)
    enrol(hall, "ha-dinh-1")
    call(hall, leader, made)
    live = "/office/khan-cap/1/dien-bien"
    assert "Đã giao, trạm chưa nhận" in leader.see(live).words
    with hall.house.database.writing() as session:
        session.get_one(Station, "ha-dinh-1").generation = 2
    assert "Trạm đã nhận" in leader.see(live).words
    with hall.house.database.writing() as session:
        row = session.scalars(select(Airing)).one()
        row.state, row.rank, row.started_at = "on_air", 3, row.starts_at
    words = leader.see(live).words
    assert "trạm chậm nhất: 0.00 s" in words
    assert "Đang phát" in words


def test_somebody_elses_emergency_is_not_shown(hall: Hall, leader: Browser) -> None:
    call(hall, leader, phrase(hall))
    other = hall.browser("bich")
    assert other.get("/office/khan-cap/1").status_code == 404
    assert "khẩn cấp" not in other.see("/office/khan-cap/nhac").words


def test_a_phrase_is_written_in_the_library_and_waits_for_approval(hall: Hall, writer: Browser) -> None:
    path = "/office/khan-cap/cau/moi"
    fields = {"unit": str(hall.unit_id("thanh-xuan")), "use": "call", "exercise": "1"}
    answer = writer.send(path, title="Ngập", text="Nước lên nhanh.", **fields)
    assert answer.status_code == 303
    words = writer.see("/office/khan-cap/cau").words
    assert "Diễn tập: Ngập" in words
    assert "chưa dùng: chờ duyệt" in words
    assert "Chưa duyệt" not in words


@pytest.mark.parametrize(
    ("changes", "field"), [({"text": ""}, "text"), ({"title": ""}, "title"), ({"use": "x"}, "use")]
)
def test_what_is_no_phrase_is_told(hall: Hall, writer: Browser, changes: dict[str, str], field: str) -> None:
    path, before = "/office/khan-cap/cau/moi", hall.counts()
    given = {"unit": str(hall.unit_id("thanh-xuan")), "title": "Ngập", "text": "Nước lên.", **changes}
    answer = writer.send(path, **given)
    assert (answer.status_code, hall.counts()) == (422, before)
    assert Page(answer, path).error_of(field)


def test_a_phrase_is_heard_by_who_may_use_it_and_taken_away_by_its_office(
    hall: Hall, leader: Browser, writer: Browser
) -> None:
    phrase(hall)
    sound = f"/office/khan-cap/cau/1/{sound_hash()}.mp3"
    with leader.get(sound) as answer:
        assert answer.status_code == 200
    assert hall.browser("bich").get(sound).status_code == 403
    assert leader.get(f"/office/khan-cap/cau/1/{'0' * 64}.mp3").status_code == 404
    assert leader.post("/office/khan-cap/cau/1/go").status_code == 403
    assert writer.post("/office/khan-cap/cau/1/go").status_code == 303
    assert "Bão vào" not in leader.see("/office/khan-cap").words


def test_a_phrase_is_neither_ordered_nor_posted(hall: Hall, writer: Browser) -> None:
    made = phrase(hall)
    assert writer.get(f"/office/ban-tin/{made}/lenh-phat").status_code == 409
    assert hall.browser("em").get(f"/office/ban-tin/{made}/dang-tin").status_code == 409


def test_an_emergency_is_not_ordered_by_the_form_of_orders(hall: Hall, writer: Browser) -> None:
    made = hall.bulletin("approved", level="emergency")
    path = f"/office/ban-tin/{made}/lenh-phat"
    answer = writer.send(path, units=[str(hall.unit_id("ha-dinh"))], level="emergency")
    assert "trang Khẩn cấp" in Page(answer, path).error_of("level")
    assert airings(hall) == []


def test_the_permission_alone_lets_one_call(hall: Hall) -> None:
    ward = hall.unit_id("ha-dinh")
    with hall.house.database.writing() as session:
        user = people.by_login(session, "an")
        people.grant(session, user, Role.EMERGENCY, ward, by="quan", now=NOW)
    assert look(hall, hall.browser("an"), phrase(hall)).status_code == 200


def end_first(hall: Hall, state: str, *, heard_ms: int = 1500) -> None:
    """Let the one airing end as told; its station goes on being heard."""
    with hall.house.database.writing() as session:
        row = session.scalars(select(Airing)).one()
        row.state, row.rank, row.started_at, row.heard_ms = state, 4, row.starts_at, heard_ms


def test_a_call_that_was_cut_short_is_not_heard_and_can_be_called_again_there(
    hall: Hall, leader: Browser
) -> None:
    made = phrase(hall)
    enrol(hall, "ha-dinh-1")
    call(hall, leader, made)
    end_first(hall, "interrupted")
    page = leader.see("/office/khan-cap/1")
    for told in ("Bị ngắt giữa chừng", "bị ngắt sau 1,5 giây", "0 / 1", "Phát lại tại 1 trạm này…"):
        assert told in page.words
    form = leader.see(f"/office/khan-cap/phat/{made}?tram=ha-dinh-1&ly-do=Ph%C3%A1t+l%E1%BA%A1i")
    sent = form.form(f"/office/khan-cap/phat/{made}/xem").fields
    assert (sent["stations"], sent["reason"]) == (["ha-dinh-1"], ["Phát lại"])


def test_the_banner_says_what_is_true(hall: Hall, leader: Browser, deputy: Browser) -> None:
    enrol(hall, "ha-dinh-1")
    call(hall, leader, phrase(hall))
    assert "Đang phát khẩn cấp: Bão vào" in leader.see("/office/").words
    with hall.house.database.writing() as session:
        session.get_one(Station, "ha-dinh-1").heard_at = None
    assert (
        "Chưa phát trọn ở trạm nào, chờ 1 trạm không liên lạc được: Bão vào" in leader.see("/office/").words
    )
    end_first(hall, "played")
    assert "Bão vào" not in leader.see("/office/khan-cap/nhac").words
    assert "Đã phát xong tại 1/1 trạm: Bão vào" in deputy.see("/office/khan-cap/nhac").words


def test_several_calls_are_one_banner_and_an_exercise_is_not_the_first(hall: Hall, leader: Browser) -> None:
    enrol(hall, "ha-dinh-1")
    call(hall, leader, phrase(hall))
    call(hall, leader, phrase(hall, exercise=True), units=[], stations=["ha-dinh-1"])
    words = leader.see("/office/khan-cap/nhac").words
    assert words.startswith("Đang phát khẩn cấp: Bão vào")
    assert "và 1 lần khác" in words
