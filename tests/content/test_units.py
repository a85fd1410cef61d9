"""The unit tree: subtrees on a day, and wards that merge (made-up ones)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from content import units
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.unit import Unit
from tests.factories import NOW, TODAY, make_unit

WARDS = [
    "ha-dinh",
    "khuong-dinh",
    "khuong-mai",
    "khuong-trung",
    "kim-giang",
    "nhan-chinh",
    "phuong-liet",
    "thanh-xuan-bac",
    "thanh-xuan-nam",
    "thanh-xuan-trung",
    "thuong-dinh",
]
LOG: dict[str, Any] = {"by": "quan-tri", "now": NOW}
BEFORE, MERGED, AFTER = date(2025, 6, 30), date(2025, 7, 1), date(2025, 7, 2)


@pytest.fixture
def town(session: Session) -> dict[str, Unit]:
    city = make_unit(session, "Thành phố Mẫu", kind="city")
    first = make_unit(session, "Phường Một", parent=city)
    second = make_unit(session, "Phường Hai", parent=city)
    third = make_unit(session, "Phường Ba", parent=city)
    merged = make_unit(session, "Phường Một Hai", parent=city, valid_from=MERGED)
    units.merge(session, [first, second], merged, on=MERGED, **LOG)
    return {"city": city, "first": first, "second": second, "third": third, "merged": merged}


def names(found: list[Unit]) -> set[str]:
    return {unit.slug for unit in found}


def test_before_the_merger_the_old_wards_stand(session: Session, town: dict[str, Unit]) -> None:
    found = units.subtree(session, [town["city"].id], BEFORE)
    assert names(found) == {"thanh-pho-mau", "phuong-mot", "phuong-hai", "phuong-ba"}


def test_after_the_merger_the_new_ward_stands(session: Session, town: dict[str, Unit]) -> None:
    found = units.subtree(session, [town["city"].id], AFTER)
    assert names(found) == {"thanh-pho-mau", "phuong-ba", "phuong-mot-hai"}


def test_an_old_name_reaches_its_successor_once(session: Session, town: dict[str, Unit]) -> None:
    found = units.subtree(session, [town["first"].id, town["second"].id], AFTER)
    assert [unit.slug for unit in found] == ["phuong-mot-hai"]


def test_a_future_ward_is_nobody_today(session: Session, town: dict[str, Unit]) -> None:
    assert units.subtree(session, [town["merged"].id], BEFORE) == []


def test_a_ward_merges_once(session: Session, town: dict[str, Unit]) -> None:
    with pytest.raises(ConflictError):
        units.merge(session, [town["first"]], town["third"], on=AFTER, **LOG)


def test_a_successor_must_stand_on_the_day(session: Session, town: dict[str, Unit]) -> None:
    with pytest.raises(InvalidInputError):
        units.merge(session, [town["third"]], town["merged"], on=BEFORE, **LOG)


def test_an_unknown_slug_is_told(session: Session) -> None:
    with pytest.raises(NotFoundError):
        units.by_slug(session, "khong-co")


def test_the_shipped_units(session: Session) -> None:
    made = units.import_units(session, units.SHIPPED, by="test", now=NOW)
    city = units.by_slug(session, "ha-noi")
    wards = [unit.slug for unit in units.subtree(session, [city.id], TODAY) if unit.kind == "ward"]
    assert len(made) == 13
    assert sorted(wards) == sorted(WARDS)
    assert all(unit.valid_to is None for unit in made)


def test_importing_again_makes_nothing(session: Session) -> None:
    units.import_units(session, units.SHIPPED, by="test", now=NOW)
    assert units.import_units(session, units.SHIPPED, by="test", now=NOW) == []


@pytest.mark.parametrize(
    "content",
    [
        "units: []",
        "units: [{slug: A B, name: X, kind: ward, valid_from: 2021-01-01}]",
        "units: [{slug: a, name: X, kind: village, valid_from: 2021-01-01}]",
        "units: [{slug: a, name: X, kind: ward, parent: nobody, valid_from: 2021-01-01}]",
    ],
)
def test_a_file_that_is_no_list_of_units_is_told(session: Session, tmp_path: Path, content: str) -> None:
    file = tmp_path / "units.yaml"
    file.write_text(content)
    with pytest.raises(InvalidInputError):
        units.import_units(session, file, by="test", now=NOW)


def test_tags_come_down_from_above(session: Session, town: dict[str, Unit]) -> None:
    units.set_tags(session, town["city"], ["noi-thanh", "noi-thanh"], **LOG)
    units.set_tags(session, town["third"], ["benh-vien"], **LOG)
    tree = units.load_tree(session)
    assert tree.tags(town["third"].id) == {"noi-thanh", "benh-vien"}
    assert names(tree.tagged(["benh-vien", "cho"], AFTER)) == {town["third"].slug}


@pytest.mark.parametrize("tags", [["Nội thành"], ["-x"], [""], [f"nhan-{n}" for n in range(21)]])
def test_bad_tags_are_refused(session: Session, town: dict[str, Unit], tags: list[str]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        units.set_tags(session, town["city"], tags, **LOG)
    assert caught.value.field == "tags"


def test_a_unit_may_want_its_weeks_approved(session: Session, town: dict[str, Unit]) -> None:
    units.set_week_approval(session, town["city"], wanted=True, **LOG)
    assert town["city"].week_approval


def test_the_shipped_wards_are_inner_ones(session: Session) -> None:
    units.import_units(session, units.SHIPPED, **LOG)
    assert "noi-thanh" in units.load_tree(session).tags(units.by_slug(session, "ha-dinh").id)
