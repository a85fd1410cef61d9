"""The local page over HTTP: who comes in, what is refused, what is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.clock import SteppedClock
from content.contracts.airings import Level
from tests.station.desk.conftest import PIN, Visitor
from tests.station.fakes import NOON, make_item, make_manifest
from tests.station.ward import Ward

SOON = NOON + timedelta(seconds=20)


def test_a_stranger_is_led_to_the_door(visitor: Visitor) -> None:
    status, headers, _ = visitor.ask("GET", "/")
    assert (status, headers["Location"]) == (303, "/vao")
    assert "PIN của trạm" in visitor.ask("GET", "/vao")[2].decode()


@pytest.mark.parametrize(("method", "path"), [("GET", "/trang-thai"), ("POST", "/lenh")])
def test_a_stranger_sees_and_does_nothing(visitor: Visitor, method: str, path: str) -> None:
    assert visitor.ask(method, path, b"{}" if method == "POST" else b"")[0] == 401


def test_a_session_that_was_made_up_is_none(visitor: Visitor) -> None:
    visitor.session = "1700000000.00.11"
    assert visitor.ask("GET", "/trang-thai")[0] == 401


def test_the_right_pin_opens(operator: Visitor) -> None:
    assert operator.state()["station"] == "ha-dinh-1"
    assert len(operator.token) == 64


def test_wrong_pins_have_to_wait(visitor: Visitor, lock_clock: SteppedClock) -> None:
    assert [visitor.enter("000000") for _ in range(4)] == [403, 403, 403, 429]
    status, headers, _ = visitor.ask("POST", "/vao", f"pin={PIN}".encode())
    assert (status, headers["Retry-After"]) == (429, "3")
    lock_clock.advance(2)
    assert visitor.enter() == 303


def test_leaving_takes_the_cookie_away(operator: Visitor) -> None:
    status, headers, _ = operator.ask("POST", "/ra")
    assert (status, "Max-Age=0" in headers["Set-Cookie"]) == (303, True)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1", "127.0.0.1:1", ""])
def test_a_name_bent_to_this_machine_is_refused(operator: Visitor, host: str) -> None:
    assert operator.ask("GET", "/trang-thai", Host=host)[0] == 403


def test_localhost_is_this_machine(operator: Visitor) -> None:
    assert operator.ask("GET", "/trang-thai", Host=f"localhost:{operator.port}")[0] == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
@pytest.mark.parametrize("path", ["/lenh", "/vao", "/ra"])
def test_another_site_s_request_is_refused(operator: Visitor, origin: str, path: str) -> None:
    assert operator.ask("POST", path, b"{}", Origin=origin)[0] == 403


def test_a_request_without_the_page_s_token_is_refused(operator: Visitor) -> None:
    operator.token = "0" * 64
    assert operator.act("stop") == (403, "Trang đã cũ; hãy tải lại trang rồi bấm lại.")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"kind": 7}', b'{"kind": "stop", "item": 7}'])
def test_a_body_of_another_form_is_refused(operator: Visitor, body: bytes) -> None:
    status, _, _ = operator.ask("POST", "/lenh", body, **{"X-Loaphuong-Token": operator.token})
    assert status == 422


def test_a_body_too_long_is_not_read(operator: Visitor) -> None:
    assert operator.ask("POST", "/lenh", b"x" * 5000, **{"X-Loaphuong-Token": operator.token})[0] == 422


@pytest.mark.parametrize("path", ["/../desk.py", "/desk.html", "/station.key", "/desk.css?x"])
def test_nothing_is_served_but_what_is_named(visitor: Visitor, path: str) -> None:
    assert visitor.ask("GET", path)[0] == 404


@pytest.mark.parametrize("path", ["/desk.css", "/desk.js", "/icons.svg", "/mark.svg", "/latin-400.woff2"])
def test_the_page_s_own_files_are_served(visitor: Visitor, path: str) -> None:
    status, _, body = visitor.ask("GET", path)
    assert (status, len(body) > 100) == (200, True)


def test_no_script_but_its_own_runs(visitor: Visitor) -> None:
    _, headers, page = visitor.ask("GET", "/vao")
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
    assert headers["Cache-Control"] == "no-store"
    assert b"style=" not in page


def test_stop_silences_and_is_journalled_by_the_desk(operator: Visitor, ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.spend(25)
    assert operator.act("stop") == (200, "Đã dừng hết.")
    assert ward.ends() == [(1, "partial", "operator")]
    record = ward.records[-1]
    assert (record.event, record.by, record.reason) == ("command", "desk", None)
    assert (record.note or "").split()[0] == "stop"


def test_a_skip_needs_a_reason_that_is_kept(operator: Visitor, ward: Ward) -> None:
    item = make_item(at=SOON)
    ward.deliver(make_manifest(item))
    assert operator.act("skip", item=item.id, value="  ") == (422, "Hãy chọn lý do bỏ qua.")
    assert operator.act("skip", item=item.id, value="Có việc tang") == (200, "Đã bỏ qua lượt này.")
    assert ward.ends() == [(1, "skipped", "operator")]
    assert (ward.records[-1].airing, (ward.records[-1].note or "").split(" ", 2)[2]) == (
        item.id,
        "Có việc tang",
    )


@pytest.mark.parametrize("level", [Level.PRIORITY, Level.EMERGENCY])
def test_what_must_be_aired_is_not_skipped_here(operator: Visitor, ward: Ward, level: Level) -> None:
    item = make_item(at=SOON, level=level)
    ward.deliver(make_manifest(item))
    status, message = operator.act("skip", item=item.id, value="thôi")
    assert (status, "phải phát" in message) == (409, True)


@pytest.mark.parametrize(
    ("kind", "more", "status"),
    [
        ("stop", {}, 409),
        ("pause", {}, 409),
        ("skip", {"item": "0" * 32, "value": "thôi"}, 409),
        ("volume", {}, 422),
        ("volume", {"value": 101}, 422),
        ("volume", {"value": "cao"}, 422),
        ("volume", {"value": 40}, 200),
        ("live", {}, 422),
    ],
)
def test_what_cannot_be_done_is_told(
    operator: Visitor, kind: str, more: dict[str, object], status: int
) -> None:
    assert operator.act(kind, **more)[0] == status


def test_a_volume_that_is_none_writes_nothing(operator: Visitor, ward: Ward) -> None:
    before = len(ward.records)
    assert operator.act("volume", value=-1) == (422, "Âm lượng là số từ 0 đến 100.")
    assert len(ward.records) == before


def test_a_volume_set_here_is_kept(operator: Visitor, ward: Ward) -> None:
    operator.act("volume", value=40)
    assert (ward.player.volume, operator.state()["volume"]) == (40, 40)


def test_pausing_and_going_on(operator: Visitor, ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.spend(22)
    assert operator.act("pause")[0] == 200
    assert operator.state()["now"]["paused"]
    assert operator.act("resume")[0] == 200
    assert not operator.state()["now"]["paused"]


def test_what_the_journal_cannot_take_is_told_and_owed(operator: Visitor, ward: Ward) -> None:
    ward.deliver(make_manifest(make_item(at=SOON)))
    ward.spend(25)
    database = ward.agent.journal.chain._db._db
    database.execute("pragma query_only = on")
    status, message = operator.act("stop")
    assert (status, "đĩa" in message) == (500, True)
    assert ward.player.position() == 0
    database.execute("pragma query_only = off")
    ward.spend(1)
    assert ward.ends() == [(1, "partial", "operator")]
    assert [record.by for record in ward.records if record.event == "command"] == ["desk"]
