"""How fast texts are read aloud to words, beside the package sea-g2p in the same run.

Run: `python benchmarks/reading_speed.py [FILE]` after `pip install '.[bench]'`; without a file it reads the
cases of the tests, without sea-g2p it shows our own figures alone. It only prints.
"""

from __future__ import annotations

import csv
import importlib
import importlib.util
import sys
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from audio.reading import read, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_CASES = Path(__file__).parent.parent / "tests" / "audio" / "reading" / "cases.tsv"
_PASSES = 9
_TYPED = 5_000
_LENGTHS = (10_000, 100_000, 1_000_000)
_REPEATED = 200_000
_HOSTILE = (
    *("7", "-", "[(", "1-", "A-", "KÍNH ", "a.", "7h-", "\n", "0912 ", "12/", "H.", "(UBND) ", "T2 "),
    *("1.", "1) ", "5 - "),
)


def _cases() -> str:
    """Join the written sides of the cases."""
    with _CASES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return "\n".join(row["written"].replace("\\n", "\n") for row in rows)


def _seconds(say: Callable[[str], object], paragraphs: Sequence[str]) -> float:
    """Give the seconds one pass over some paragraphs takes."""
    begun = perf_counter()
    for paragraph in paragraphs:
        say(paragraph)
    return perf_counter() - begun


def _other() -> Callable[[str], object] | None:
    """Give the normaliser of sea-g2p, if it is installed."""
    if importlib.util.find_spec("sea_g2p") is None:
        return None
    normalize: Callable[[str], object] = importlib.import_module("sea_g2p").Normalizer(lang="vi").normalize
    return normalize


def _compare(text: str) -> None:
    """Print both speeds over a text, their passes taken in turn."""
    paragraphs = [line for line in text.split("\n") if line.strip()]
    size = sum(map(len, paragraphs))
    other = _other()
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(_PASSES):
        ours.append(size / _seconds(spoken, paragraphs))
        if other is not None:
            theirs.append(size / _seconds(other, paragraphs))
    print(f"text of {size:,} characters, {len(paragraphs)} paragraphs, median of {_PASSES} passes in turn")
    print(f"  audio.reading        {median(ours):12,.0f} characters/s")
    if other is None:
        print("  sea-g2p              not installed")
        return
    print(f"  sea-g2p Normalizer   {median(theirs):12,.0f} characters/s")
    ratios = [mine / their for mine, their in zip(ours, theirs, strict=True)]
    print(f"  ratio                {median(ratios):12.1f}   ({min(ratios):.1f} to {max(ratios):.1f})")


def _filled(text: str, length: int) -> str:
    """Repeat a text up to a length."""
    return (text * (length // len(text) + 1))[:length]


def _live(text: str) -> None:
    """Print how long the reading of a bulletin takes while somebody types it."""
    typed = _filled(text, _TYPED)
    took = sorted(_seconds(read, [typed]) * 1000 for _ in range(50))
    print(f"live reading of {_TYPED:,} characters: median {median(took):.1f} ms, slowest {took[-1]:.1f} ms")


def _lengths(text: str) -> None:
    """Print the speed at growing lengths: it stays the same where time is linear."""
    print("one text at growing lengths")
    for length in _LENGTHS:
        long = _filled(text, length)
        took = median(_seconds(read, [long]) for _ in range(3))
        print(f"  {length:12,} characters {took * 1000:10.1f} ms {length / took:12,.0f} characters/s")


def _repeats() -> None:
    """Print the time for hostile repeats, and for twice as many of them."""
    print(f"hostile repeats, {_REPEATED // 2:,} and {_REPEATED:,} characters")
    for unit in _HOSTILE:
        half, whole = (
            min(_seconds(read, [_filled(unit, size)]) for _ in range(3))
            for size in (_REPEATED // 2, _REPEATED)
        )
        print(f"  {unit!r:12} {half * 1000:10.1f} ms {whole * 1000:10.1f} ms   x {whole / half:.1f}")


def main() -> None:
    """Print the figures."""
    text = Path(sys.argv[1]).read_text(encoding="utf-8") if len(sys.argv) > 1 else _cases()
    spoken(text[:2000])
    _compare(text)
    _live(text)
    _lengths(text)
    _repeats()


if __name__ == "__main__":
    main()
