"""How fast texts are read aloud to words: characters a second on a bulletin and on hostile repeats.

Run: `python benchmarks/reading_speed.py [FILE]`; without a file it reads the cases of the tests.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parent.parent))

from audio.reading import read

_CASES = Path(__file__).parent.parent / "tests" / "audio" / "reading" / "cases.tsv"
_SIZE = 200_000
_HOSTILE = ("7", "-", "[(", "1-", "A-", "KÍNH ", "a.", "7h-", "\n", "0912 ")


def _bulletin() -> str:
    """Join the written sides of the cases."""
    with _CASES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return "\n".join(row["written"].replace("\\n", "\n") for row in rows)


def _speed(text: str) -> float:
    """Give characters a second for one reading of a text."""
    begun = perf_counter()
    read(text)
    return len(text) / (perf_counter() - begun)


def main() -> None:
    """Print the speeds."""
    text = Path(sys.argv[1]).read_text(encoding="utf-8") if len(sys.argv) > 1 else _bulletin()
    _speed(text[:1000])
    print(f"bulletin, {len(text):,} characters: {max(_speed(text) for _ in range(5)):,.0f} characters/s")
    long = (text * (1_000_000 // len(text) + 1))[:1_000_000]
    print(f"a million characters: {_speed(long):,.0f} characters/s")
    for unit in _HOSTILE:
        half, whole = (_speed((unit * size)[:size]) for size in (_SIZE // 2, _SIZE))
        print(f"{unit!r:12} {half:12,.0f} characters/s, twice as long {whole:12,.0f}")


if __name__ == "__main__":
    main()
