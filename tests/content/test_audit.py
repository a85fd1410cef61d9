"""The audit log: chained from its first row, and a change anywhere shows."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from content import audit
from content.contracts.fields import ZEROS
from content.models.guards import drop_statements
from tests.factories import NOW


def write(session: Session, count: int) -> None:
    for n in range(count):
        audit.record(session, "bulletin.save", actor="van-phong", subject=f"bulletin:{n % 2}", now=NOW, n=n)


def test_the_first_row_names_zeros(session: Session) -> None:
    row = audit.record(session, "a", actor="b", subject="c:1", now=NOW)
    assert (row.sequence, row.previous) == (1, ZEROS)


def test_each_row_names_the_one_before(session: Session) -> None:
    write(session, 3)
    newest, middle, _ = audit.latest(session, limit=3)
    assert newest.previous == audit.line_hash(middle.line)
    assert audit.verify(session) == audit.AuditVerdict(3)


def test_a_changed_row_is_found(session: Session) -> None:
    write(session, 3)
    session.execute(text(drop_statements("audit", "sqlite")[0]))
    session.execute(text("UPDATE audit SET line = replace(line, 'van-phong', 'lanh-dao') WHERE sequence = 2"))
    session.expire_all()
    assert audit.verify(session).first_bad == 2


def test_a_missing_row_is_found(session: Session) -> None:
    write(session, 3)
    session.execute(text(drop_statements("audit", "sqlite")[1]))
    session.execute(text("DELETE FROM audit WHERE sequence = 1"))
    session.expire_all()
    assert audit.verify(session).first_bad == 1


def test_a_subject_has_its_own_story(session: Session) -> None:
    write(session, 4)
    assert [row.sequence for row in audit.of_subject(session, "bulletin:1")] == [2, 4]


def test_pages_go_back_in_time(session: Session) -> None:
    write(session, 4)
    assert [row.sequence for row in audit.latest(session, limit=2, before=4)] == [3, 2]
