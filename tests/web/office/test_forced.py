"""Planning by force: told first, done by who plans there, written down; nobody else sees the button."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from content.models.audit import Audit
from scheduler import planning
from scheduler.models.airing import Airing
from scheduler.models.window import Window
from scheduler.rules import Rules
from scheduler.windows import set_exdates
from tests.scheduler.factories import local
from tests.web.hall import TODAY, Browser, Hall

DAY = f"/office/tuan/ha-dinh-1/{TODAY}"
FORCE = "/office/xep-lai?tram=ha-dinh-1"


def test_nothing_to_change_is_said(writer: Browser) -> None:
    assert "Không có gì để xếp lại" in writer.see(FORCE).words
    assert "Xếp lại ngay…" in writer.see(DAY).links("//main")
    assert "Xếp lại ngay…" in writer.see("/office/tuan").links("//main")


@pytest.fixture(autouse=True)
def _lock_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing move in the next two hours, as in production."""
    monkeypatch.setenv("LOAPHUONG_LOCK_IN_MINUTES", "120")


@pytest.fixture
def locked(hall: Hall, writer: Browser) -> Hall:
    """Plan the afternoon of today, come near to it, and leave the day out: only force takes it back."""
    made = hall.bulletin("approved", title="Rác cồng kềnh")
    writer.send(f"/office/ban-tin/{made}/lenh-phat", units=[str(hall.unit_id("ha-dinh"))])
    hall.clock.advance(8 * 3600)
    rules, now = Rules.of(hall.house.settings), hall.clock.now()
    with hall.house.database.writing() as session:
        window = session.scalars(select(Window).where(Window.station == "ha-dinh-1")).one()
        set_exdates(session, window, [TODAY.isoformat()], rules=rules, now=now, by="an")
        planning.plan(session, now, rules)
    return hall


def today(hall: Hall) -> list[str]:
    """Return the states of what lies on the ward's afternoon."""
    with hall.house.database.reading() as session:
        return list(session.scalars(select(Airing.state).where(Airing.starts_at == local("17:00"))))


def test_what_would_change_is_told_and_then_done(locked: Hall, writer: Browser) -> None:
    words = writer.see(FORCE).words
    assert "1 trong 2 giờ tới" in words
    assert "Đổi giờ: Rác cồng kềnh, 17:00" in words
    assert today(locked) == ["planned"]
    assert writer.send(FORCE).location == DAY
    assert today(locked) == []


def test_the_window_s_page_tells_what_still_sounds_and_leads_to_it(locked: Hall, writer: Browser) -> None:
    with locked.house.database.reading() as session:
        page = f"/office/khung-gio/{session.scalars(select(Airing.window_id)).first()}"
    assert "Xem và xếp lại ngay…" in writer.see(page).links("//main")
    writer.send(FORCE)
    assert "vẫn ở buổi đã bỏ" not in writer.see(page).words


def test_who_did_it_stands_in_the_log(locked: Hall, writer: Browser) -> None:
    writer.send(FORCE)
    with locked.house.database.reading() as session:
        line = session.scalars(select(Audit).where(Audit.action == "plan.force")).one()
        assert (line.actor, line.subject) == ("an", "station:ha-dinh-1")


@pytest.mark.parametrize(("login", "status"), [("lan", 403), ("oanh", 403), ("em", 403), ("bich", 404)])
def test_who_does_not_plan_there_may_not(hall: Hall, login: str, status: int) -> None:
    browser = hall.browser(login)
    assert browser.get(FORCE).status_code == status
    assert browser.post(FORCE).status_code == status


def test_a_unit_is_planned_with_all_below(hall: Hall) -> None:
    page = hall.browser("quan").see(f"/office/xep-lai?don-vi={hall.unit_id('ha-noi')}")
    assert "Thành phố Hà Nội" in page.words
    assert hall.browser("quan").get("/office/xep-lai?don-vi=999").status_code == 404
    assert hall.browser("an").get("/office/xep-lai").status_code == 404
