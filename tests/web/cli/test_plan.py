"""`loaphuong plan`: a file twice is once, a file that is no plan changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from content import plans
from content.models.plan import Plan, Programme, Target
from tests.web.cli.conftest import Command, open_house

COUNTS = "10 chương trình, 177 chỉ tiêu, 18 nhiệm vụ tổ chức"


def rows(folder: Path) -> list[int | None]:
    house = open_house(folder)
    with house.database.reading() as session:
        found = [session.scalar(select(func.count()).select_from(kind)) for kind in (Plan, Programme, Target)]
    house.close()
    return found


def test_the_same_file_twice_is_loaded_once(run: Command, data: Path) -> None:
    first, second = (run("plan", "import", str(plans.SHIPPED)) for _ in range(2))
    assert first.out.startswith("Đã nạp")
    assert second.out.startswith("Không có gì mới")
    assert COUNTS in first.out
    assert rows(data) == [1, 10, 177]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"plan: [1, 2",
        b"a: &a [*a]",
        b"!!python/object/apply:os.system ['true']",
        plans.SHIPPED.read_bytes()[:5000],
        plans.SHIPPED.read_bytes().replace(b"05-01", b"nam-mot"),
    ],
)
def test_a_file_that_is_no_plan_is_one_line_and_changes_nothing(
    run: Command, data: Path, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "khong-phai.yaml"
    file.write_bytes(content)
    ran = run("plan", "import", str(file))
    assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
    assert str(file) in ran.err
    assert rows(data) == [0, 0, 0]


@pytest.mark.parametrize("name", ["khong-co.yaml", "."])
def test_a_file_that_cannot_be_read_is_one_line(run: Command, data: Path, name: str) -> None:
    ran = run("plan", "import", name)
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert ran.err.startswith("loaphuong: Không đọc được tệp")


def test_the_plan_is_shown(run: Command, data: Path) -> None:
    run("plan", "import", str(plans.SHIPPED))
    out = run("plan", "show").out
    assert COUNTS in out
    assert [line[:2] for line in out.splitlines() if line[:2].isdigit()] == [f"{n:02}" for n in range(1, 11)]


def test_before_a_plan_is_loaded_it_says_what_to_do(run: Command, data: Path) -> None:
    ran = run("plan", "show")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "loaphuong plan import FILE" in ran.err
