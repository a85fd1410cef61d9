"""The plan and the sample bulletins as they are read aloud, against a snapshot that a person has read.

After a change of the rules, look at what changed before keeping it:
`python -m tests.audio.reading.test_plan_spoken > tests/audio/reading/plan_spoken.txt; git diff`
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import yaml

from audio.reading import read
from tests.audio.reading.snapshots import RESIDUE, changes, write

_SNAPSHOT = Path(__file__).with_name("plan_spoken.txt")


def _texts() -> Iterator[tuple[str, str]]:
    """Give the place and the text of everything that may be read aloud."""
    data = files("content") / "data"
    plan = yaml.safe_load((data / "plan.yaml").read_text(encoding="utf-8"))
    yield "plan", plan["plan"]["title"]
    for programme in plan["programmes"]:
        yield programme["code"], programme["title"]
        for target in programme["targets"]:
            yield target["code"], target["text"]
    bulletins = yaml.safe_load((data / "bulletins.yaml").read_text(encoding="utf-8"))["bulletins"]
    for place, bulletin in enumerate(bulletins, 1):
        yield f"bulletin {place}", f"{bulletin['title']}.\n{bulletin['text']}"


def _spoken() -> list[str]:
    """Give one line for each text: its place and its spoken words."""
    return [f"{place}\t{read(text).spoken}" for place, text in _texts()]


def test_the_plan_is_read_as_it_was_reviewed() -> None:
    changed = changes(_SNAPSHOT, _spoken(), module=__name__)
    assert not changed, changed


def test_nothing_unsaid_is_left_in_the_plan() -> None:
    assert [line for line in _spoken() if RESIDUE.search(line.partition("\t")[2])] == []


def test_nothing_in_the_plan_is_unknown() -> None:
    warnings = [(place, warning) for place, text in _texts() for warning in read(text).warnings]
    assert [(place, warning.written) for place, warning in warnings if warning.code != "ocr_slip"] == []


if __name__ == "__main__":
    write(_spoken())
