"""Readings that a person has gone through, kept as digests, and what no longer sounds as it was reviewed.

`python -m tests.audio.reading.reviewed FILE` reads the text of a whole plan, line by line, against
`plan_text.sha256`; without FILE it reads the plan and bulletins that come with the program against
`plan_spoken.sha256`. It prints, as written and as spoken, every line whose reading differs. After looking at
them `--renew` keeps the new readings. A slash in a reading is a breath drawn inside a sentence.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import yaml

from audio.reading import Reading, read
from audio.reading.breaths import LONGEST

HERE = Path(__file__).parent
PLAN, PLAN_TEXT = HERE / "plan_spoken.sha256", HERE / "plan_text.sha256"
RESIDUE = re.compile(r"[^a-zA-ZÀ-ỹđĐ .,;:?!]")
_ENDS = re.compile(r"[.?!]$")
_SHORT = 16

Line = tuple[str, str]


def plan_texts() -> Iterator[Line]:
    """Give the place and the text of everything in the program's data that may be read aloud."""
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


def plan_lines() -> list[Line]:
    """Give the texts of the program's data and their spoken words."""
    return [(f"{place}\t{text}", read(text).spoken) for place, text in plan_texts()]


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


def text_lines(text: str) -> list[Line]:
    """Give each line of a whole text that is not empty and its words, read in one go."""
    reading = read(text)
    cuts, spoken = _cuts(reading), reading.spoken
    said = (
        "".join("/ " * (place in cuts) + spoken[place] for place in range(start, end)).strip()
        for start, end in pairwise([0, *_line_ends(reading)])
    )
    written = (line for line in text.splitlines() if line.strip())
    return list(zip(written, filter(None, said), strict=True))


def digest(line: Line) -> str:
    """Give a short digest of what is written and how it is said."""
    return hashlib.sha256("\t".join(line).encode()).hexdigest()[:_SHORT]


def differing(reviewed: Path, lines: Sequence[Line]) -> list[str]:
    """Tell the lines whose reading is not a reviewed one, and how many reviewed ones are gone."""
    kept = Counter(reviewed.read_text(encoding="ascii").split())
    found: list[str] = []
    for line in lines:
        if kept[digest(line)] > 0:
            kept[digest(line)] -= 1
        else:
            found.append(f"written  {line[0]}\nspoken   {line[1]}")
    gone = kept.total()
    return [*found, *([f"{gone} reviewed readings are not met any more"] if gone else [])]


def renew(reviewed: Path, lines: Sequence[Line]) -> None:
    """Keep the readings as they are now."""
    reviewed.write_text("".join(f"{digest(line)}\n" for line in lines), encoding="ascii")


def faults(text: str) -> list[str]:
    """Tell what no reading of a plan may have: signs left over, breaths too long, anything unknown."""
    reading = read(text)
    said = (reading.spoken[start:end] for start, end in reading.sentences)
    return [
        *(f"left over: {match.group()!r}" for match in RESIDUE.finditer(reading.spoken)),
        *(f"too long: {one}" for one in said if len(one.split()) > LONGEST),
        *(f"{w.code}: {w.written}" for w in reading.warnings if w.code != "ocr_slip"),
    ]


def main(arguments: list[str]) -> int:
    """Print what differs from the review and what is at fault; give 1 when there is anything."""
    paths = [Path(argument) for argument in arguments if argument != "--renew"]
    texts = [path.read_text(encoding="utf-8") for path in paths] or [text for _, text in plan_texts()]
    reviewed, lines = (PLAN_TEXT, text_lines("\n".join(texts))) if paths else (PLAN, plan_lines())
    if "--renew" in arguments:
        renew(reviewed, lines)
    told = [*differing(reviewed, lines), *(fault for text in texts for fault in faults(text))]
    sys.stdout.write("\n\n".join([*told, f"{len(lines)} lines against {reviewed.name}\n"]))
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
