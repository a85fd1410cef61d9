"""The table of cases, class by class, and the examples each rule gives of itself."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from audio.reading import Lexicon, read, spoken
from audio.reading.rules import RULES

_TABLE = Path(__file__).with_name("cases.tsv")


def _cases() -> list[tuple[str, str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [(row["class"], row["written"].replace("\\n", "\n"), row["spoken"]) for row in rows]


def _examples() -> list[tuple[str, str, str]]:
    return [(rule.name, written, said) for rule in RULES for written, said in rule.examples]


@pytest.mark.parametrize(("rule", "written", "said"), _cases())
def test_case(rule: str, written: str, said: str) -> None:
    reading = read(written)
    assert reading.spoken == said
    assert rule == "pause" or rule in {span.rule for span in reading.spans}


@pytest.mark.parametrize(("rule", "written", "said"), _examples())
def test_example_of_a_rule(rule: str, written: str, said: str) -> None:
    reading = read(written)
    assert reading.spoken == said
    assert rule in {span.rule for span in reading.spans}


def test_the_table_is_wide() -> None:
    cases = _cases()
    assert len(cases) >= 300
    assert len({rule for rule, _, _ in cases}) >= 20


@pytest.mark.parametrize("written", sorted(Lexicon.shipped().entries))
def test_every_way_of_the_lexicon_is_sayable_as_it_stands(written: str) -> None:
    for said in Lexicon.shipped().ways(written):
        assert spoken(said) == said
