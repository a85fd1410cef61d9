"""The plan: exact, whole, versioned, and no half-loaded file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import plans
from content.errors import InvalidInputError, NotFoundError
from content.files import LARGEST_BYTES
from content.models.plan import Plan, Programme, Target
from tests.factories import NOW, make_plan

COUNTS = {"01": 20, "02": 16, "03": 26, "04": 30, "05": 13, "06": 23, "07": 6, "08": 28, "09": 0, "10": 15}


def load(session: Session, path: Path) -> plans.Imported:
    return plans.import_plan(session, path, by="test", now=NOW)


def test_ten_programmes_and_177_targets(session: Session) -> None:
    plan = make_plan(session)
    assert {p.code: len(p.targets) for p in plan.programmes} == COUNTS
    assert sum(COUNTS.values()) == 177


def test_titles_are_exact(session: Session) -> None:
    make_plan(session)
    title = plans.programme_by_code(session, "07").title
    wanted = (
        "Đẩy mạnh phát triển khoa học, công nghệ và đổi mới sáng tạo trên địa bàn thành phố Hà Nội giai đoạn"
    )
    assert title == f"{wanted} 2021 - 2025"


@pytest.mark.parametrize(
    ("code", "comparator", "low", "high", "unit", "due"),
    [
        ("01-01", "gt", 75, None, "%", "yearly"),
        ("01-02", "range", 9000, 10000, "đảng viên", "yearly"),
        ("01-17", "gt", 85, None, "%", "2023"),
        ("02-01", "per_year_growth", "7.5", "8.0", "%", "2025"),
        ("02-13", "approx", 3000, 3000, "kWh/người/năm", "2025"),
        ("08-01", "lt", None, 3, "%", "2025"),
    ],
)
def test_targets(
    session: Session, code: str, comparator: str, low: object, high: object, unit: str, due: str
) -> None:
    make_plan(session)
    target = session.scalars(select(Target).where(Target.code == code)).one()
    wanted = tuple(None if end is None else Decimal(str(end)) for end in (low, high))
    assert (target.comparator, target.low, target.high, target.unit, target.due) == (
        comparator,
        *wanted,
        unit,
        due,
    )


def test_duties_of_section_four(session: Session) -> None:
    duties = make_plan(session).duties
    assert len(duties) == 18
    assert any("loudspeaker_system" in duty.channels for duty in duties)


def test_no_person_is_named() -> None:
    text = plans.SHIPPED.read_text("utf-8")
    assert "@" not in text


def test_the_same_file_again_changes_nothing(session: Session) -> None:
    first, second = load(session, plans.SHIPPED), load(session, plans.SHIPPED)
    assert (second.new, second.plan.id) == (False, first.plan.id)
    assert session.scalar(select(func.count()).select_from(Programme)) == 10


def test_another_content_is_a_new_version(session: Session, tmp_path: Path) -> None:
    load(session, plans.SHIPPED)
    changed = tmp_path / "plan.yaml"
    changed.write_text(plans.SHIPPED.read_text("utf-8").replace("low: 75", "low: 76", 1), "utf-8")
    assert load(session, changed).plan.version == 2
    assert plans.current(session).version == 2
    assert session.scalar(select(func.count()).select_from(Plan)) == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"- just\n- a list",
        b"plan: {key: x}",
        b"a: &a [*a]",
        b"!!python/object:os.system {}",
        b"plan: {key: mau-thu, title: T, issuer: I, source: S, term: {from: 2021, to: 2025}}\nprogrammes: []",
    ],
)
def test_what_is_no_plan_is_told_and_changes_nothing(
    session: Session, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match="không phải một kế hoạch"):
        load(session, file)
    assert session.scalar(select(func.count()).select_from(Plan)) == 0


def test_a_missing_file_is_told(session: Session, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="Không đọc được"):
        load(session, tmp_path / "nothing.yaml")


def test_a_huge_file_is_told(session: Session, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes(b"#" * (LARGEST_BYTES + 1))
    with pytest.raises(InvalidInputError, match="quá lớn"):
        load(session, file)


def test_no_plan_yet_says_what_to_do(session: Session) -> None:
    with pytest.raises(NotFoundError, match="plan import"):
        plans.current(session)


def test_an_unknown_programme_is_told(session: Session) -> None:
    make_plan(session)
    with pytest.raises(NotFoundError):
        plans.programme_by_code(session, "11")
