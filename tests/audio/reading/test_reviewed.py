"""The plan and the sample bulletins as they are read aloud, against the readings a person has gone through.

After a change of the rules, look at what differs before keeping it: `python -m tests.audio.reading.reviewed`,
and the same with the file of a whole plan's text; then both with `--renew`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audio.reading.reviewed import (
    PLAN,
    PLAN_TEXT,
    differing,
    digest,
    faults,
    main,
    plan_lines,
    plan_texts,
    renew,
    text_lines,
)

_TEXT = "# THÔNG BÁO\n\nTổ 5 họp lúc 8h.\n  Kính mời bà con!\n"


def test_the_plan_is_read_as_it_was_reviewed() -> None:
    told = differing(PLAN, plan_lines())
    assert not told, "\n\n".join(told)


def test_nothing_in_the_plan_is_unsaid_unknown_or_too_long() -> None:
    assert [(place, fault) for place, text in plan_texts() for fault in faults(text)] == []


def test_a_whole_text_is_compared_line_by_line() -> None:
    assert text_lines(_TEXT) == [
        ("# THÔNG BÁO", "Thông báo."),
        ("Tổ 5 họp lúc 8h.", "Tổ năm họp lúc tám giờ."),
        ("  Kính mời bà con!", "Kính mời bà con!"),
    ]


def test_a_reading_that_differs_is_told(tmp_path: Path) -> None:
    kept = tmp_path / "kept.sha256"
    renew(kept, [("một", "một"), ("2", "hai")])
    assert differing(kept, [("một", "một"), ("2", "ba")]) == [
        "written  2\nspoken   ba",
        "1 reviewed readings are not met any more",
    ]


def test_a_renewed_reading_is_as_reviewed(tmp_path: Path) -> None:
    kept = tmp_path / "kept.sha256"
    renew(kept, text_lines(_TEXT))
    assert differing(kept, text_lines(_TEXT)) == []


@pytest.mark.parametrize(
    ("text", "found"), [("Chuẩn XQZT.", ["unknown_abbreviation: XQZT"]), ("Phân đấu đạt 5 cây.", [])]
)
def test_faults(text: str, found: list[str]) -> None:
    assert faults(text) == found


def test_the_command_tells_another_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(_TEXT, encoding="utf-8")
    assert main([str(path)]) == 1
    assert "spoken   Tổ năm họp lúc tám giờ." in capsys.readouterr().out


def test_every_line_of_the_whole_text_has_one_digest() -> None:
    kept = PLAN_TEXT.read_text(encoding="ascii").split()
    assert {len(line) for line in kept} == {len(digest(("", "")))}
