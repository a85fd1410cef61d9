"""The log: newest first, page by page, and whether its chain is whole."""

from __future__ import annotations

from sqlalchemy import text

from content import audit
from tests.web.hall import NOW, Hall

LOG = "/office/nhat-ky"


def test_the_newest_line_stands_first(hall: Hall) -> None:
    hall.bulletin("approved")
    words = hall.browser("quan").see(LOG).words
    assert words.index("bulletin.approve") < words.index("bulletin.create") < words.index("plan.import")


def test_a_whole_chain_is_said_to_be_whole(hall: Hall) -> None:
    browser = hall.browser("quan")
    with hall.house.database.reading() as session:
        lines = session.scalar(text("SELECT count(*) FROM audit"))
    assert f"Chuỗi nguyên vẹn: {lines} dòng." in browser.see(f"{LOG}?kiem=1").words


def test_a_line_that_was_altered_is_found(hall: Hall) -> None:
    with hall.house.database.writing() as session:
        session.execute(text("DROP TRIGGER guard_audit_update"))
        session.execute(text("UPDATE audit SET line = replace(line, 'plan.import', 'plan.export')"))
    assert "Chuỗi đứt tại dòng 1." in hall.browser("quan").see(f"{LOG}?kiem=1").words


def test_a_long_log_goes_on(hall: Hall) -> None:
    with hall.house.database.writing() as session:
        for n in range(100):
            audit.record(session, "test.note", actor="quan", subject=f"test:{n}", now=NOW, note="<b>đậm</b>")
    first = hall.browser("quan").see(LOG)
    assert "plan.import" not in first.words
    assert "note: <b>đậm</b>" in first.words
    assert "plan.import" in hall.browser("quan").see(f"{LOG}?truoc=3").words
