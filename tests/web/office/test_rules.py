"""Rules of the office: listed with what they reach, added and ended by the administrator."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from scheduler.models.rule import Rule
from tests.web.hall import Browser, Hall, Page

PAGE = "/office/quy-dinh"
NEW = f"{PAGE}/moi"


@pytest.fixture
def admin(hall: Hall) -> Browser:
    return hall.browser("quan")


def add(admin: Browser, kind: str = "minutes_per_session", **fields: Any) -> Any:
    given = {"most": "10", "valid_from": "2026-11-01", "citation": "Quyết định 41/2014", **fields}
    return admin.post(NEW, kind=kind, **given)


def kept(hall: Hall) -> Rule:
    with hall.house.database.reading() as session:
        return session.scalars(select(Rule).order_by(Rule.id.desc())).first()  # type: ignore[return-value]


KINDS: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("sessions_per_day", {"most": "2"}, {"most": 2}, "Nhiều nhất 2 buổi mỗi ngày"),
    ("minutes_per_session", {}, {"most": 10}, "Nhiều nhất 10 phút mỗi buổi"),
    ("minutes_per_day", {"most": "45"}, {"most": 45}, "Nhiều nhất 45 phút mỗi ngày"),
    (
        "weekdays",
        {"weekdays": ["1", "2", "3", "4", "5"]},
        {"weekdays": "12345"},
        "Chỉ phát thứ Hai đến thứ Sáu",
    ),
    ("weekdays", {"weekdays": ["7"]}, {"weekdays": "7"}, "Chỉ phát Chủ Nhật"),
    (
        "quiet",
        {"start": "21:00", "end": "06:00"},
        {"start": "21:00", "end": "06:00"},
        "Không phát từ 21:00 đến 06:00",
    ),
    ("level_cap", {"decibels": "6"}, {"mdb": -6000}, "Không quá -6 dB"),
    (
        "sensitive",
        {"spans": "07:00–11:30, 13:30-16:30", "weekdays": ["1", "2"], "decibels": "6"},
        {
            "spans": [{"start": "07:00", "end": "11:30"}, {"start": "13:30", "end": "16:30"}],
            "weekdays": "12",
            "level_cap_mdb": -6000,
        },
        "Không phát 07:00–11:30, 13:30–16:30, thứ Hai, thứ Ba; giờ khác không quá -6 dB",
    ),
    (
        "never_together",
        {"stations": ["ha-dinh-1", "dinh-cong-1"]},
        {"stations": ["ha-dinh-1", "dinh-cong-1"]},
        "Không phát cùng lúc: ha-dinh-1, dinh-cong-1",
    ),
]


@pytest.mark.parametrize(("kind", "fields", "value", "said"), KINDS)
def test_a_rule_of_every_kind(
    hall: Hall, admin: Browser, kind: str, fields: dict[str, Any], value: dict[str, Any], said: str
) -> None:
    assert add(admin, kind, **fields).location == f"{PAGE}/1"
    assert kept(hall).value == value
    assert said in admin.see(PAGE).words


@pytest.mark.parametrize("kind", sorted({kind for kind, *_ in KINDS}))
def test_the_form_of_every_kind(admin: Browser, kind: str) -> None:
    assert admin.see(f"{NEW}?loai={kind}").form(NEW).fields["kind"] == [kind]


def test_a_rule_tells_what_it_reaches(hall: Hall, admin: Browser, writer: Browser) -> None:
    add(admin, place=str(hall.unit_id("thanh-xuan")))
    assert "Đang ràng buộc 1 Phường Hạ Đình" in writer.see(f"{PAGE}/1").words
    add(admin, place="nhan:benh-vien")
    assert "Đơn vị có nhãn benh-vien 0 phường, cụm" in writer.see(PAGE).words


def test_a_rule_is_ended_and_kept(hall: Hall, admin: Browser) -> None:
    add(admin)
    admin.send(f"{PAGE}/1", f"{PAGE}/1/ngung")
    assert "Nhiều nhất 10 phút" not in admin.see(PAGE).words
    assert "Nhiều nhất 10 phút" in admin.see(f"{PAGE}?cu=1").words


def test_the_shipped_rules_are_taken_in_once(admin: Browser) -> None:
    admin.send(PAGE, f"{PAGE}/kem-theo")
    page = admin.see(PAGE)
    assert "QCVN 26:2010/BTNMT" in page.words
    assert all(form.action != f"{PAGE}/kem-theo" for form in page.forms)


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("minutes_per_session", {"most": "x"}, "most"),
        ("minutes_per_session", {"most": "0"}, "most"),
        ("minutes_per_session", {"citation": ""}, "citation"),
        ("minutes_per_session", {"valid_to": "2026-10-01"}, "valid_to"),
        ("minutes_per_session", {"source_url": "ftp://x"}, "source_url"),
        ("minutes_per_session", {"place": "9999"}, "place"),
        ("weekdays", {}, "weekdays"),
        ("sensitive", {"spans": "sáng"}, "spans"),
        ("level_cap", {}, "decibels"),
        ("never_together", {"stations": ["x", "y"]}, "value"),
    ],
)
def test_what_is_refused(admin: Browser, kind: str, changes: dict[str, Any], field: str) -> None:
    answer = add(admin, kind, **changes)
    assert answer.status_code == 422
    told = Page(answer, NEW).error_of(field)
    assert (bool(told), "most" in told, "mdb" in told) == (True, False, False)


@pytest.mark.parametrize("login", ["an", "lan", "oanh", "em"])
def test_only_who_administers_everything_makes_rules(hall: Hall, login: str) -> None:
    assert add(hall.browser(login)).status_code == 403
    assert hall.browser(login).get(NEW).status_code == 403
