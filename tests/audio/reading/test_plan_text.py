"""A whole plan as it is read aloud, against a reading that a person has gone through line by line.

`plan_text.txt` is the plan of the propaganda board of the district party committee of Thanh Xuân, Hà Nội, for
making known the ten programmes of the city's party committee (2021; an official document, free of copyright
under article 15 of the law on intellectual property). The signer and an e-mail address are left out; the
slips of the scan stand as they came. A slash in the reading is a breath drawn inside a sentence.

After a change of the rules, look at what changed before keeping it:
`python -m tests.audio.reading.test_plan_text > tests/audio/reading/plan_text_spoken.txt; git diff`
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from audio.reading import Reading, read
from audio.reading.breaths import LONGEST
from tests.audio.reading.snapshots import RESIDUE, changes, write

_HERE = Path(__file__).parent
_REVIEWED = _HERE / "plan_text_spoken.txt"
_ENDS = re.compile(r"[.?!]$")


def _reading() -> Reading:
    return read((_HERE / "plan_text.txt").read_text(encoding="utf-8"))


def _cuts(reading: Reading) -> set[int]:
    """Give where a breath is drawn inside a sentence."""
    return {
        next_one for (start, end), (next_one, _) in pairwise(reading.sentences)
        if not _ENDS.search(reading.spoken[start:end])
    }  # fmt: skip


def _line_ends(reading: Reading) -> Iterator[int]:
    """Give where in the spoken words each written line ends, the pause at its end included."""
    shift = 0
    for span in reading.spans:
        if "\n" in span.written:
            yield span.start + shift + len(span.spoken)
        shift += len(span.spoken) - len(span.written)
    yield len(reading.spoken)


def _spoken() -> list[str]:
    """Give the words of each written line that is not empty, a slash before each breath inside a sentence."""
    reading = _reading()
    ends, cuts, spoken = [0, *_line_ends(reading)], _cuts(reading), reading.spoken
    lines = [
        "".join("/ " * (place in cuts) + spoken[place] for place in range(start, end))
        for start, end in pairwise(ends)
    ]
    return [line.strip() for line in lines if line.strip()]


def test_the_plan_is_read_as_it_was_reviewed() -> None:
    changed = changes(_REVIEWED, _spoken(), module=__name__)
    assert not changed, changed


def test_nothing_unsaid_is_left() -> None:
    assert RESIDUE.search(_reading().spoken) is None


def test_every_written_line_is_read() -> None:
    written = (_HERE / "plan_text.txt").read_text(encoding="utf-8").splitlines()
    assert len(_spoken()) == sum(1 for line in written if line.strip())


def test_no_breath_is_too_long() -> None:
    reading = _reading()
    said = [reading.spoken[start:end] for start, end in reading.sentences]
    assert [one for one in said if len(one.split()) > LONGEST] == []


def test_only_slips_of_the_scan_are_left_to_look_at() -> None:
    assert {warning.code for warning in _reading().warnings} == {"ocr_slip"}


if __name__ == "__main__":
    write(_spoken())
