"""The rules of broadcasting: shipped, made, ended, and told for a unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

import content
from content import audit
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.files import yaml_file
from content.models.unit import Unit
from content.text import REASON_LIMIT, body, msgid
from content.units import TAG, Tree, load_tree
from scheduler.limits import (
    DAY_MINUTES,
    LEVEL,
    QUIET,
    SENSITIVE,
    SESSION_MINUTES,
    SESSIONS,
    TOGETHER,
    WEEKDAYS,
    Ruling,
    handed_over,
)
from scheduler.models.rule import Rule
from scheduler.models.station import Station

SHIPPED = Path(content.__file__).parent / "data" / "rules.yaml"
LocalTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Weekdays = Annotated[str, Field(pattern=r"^1?2?3?4?5?6?7?$", min_length=1)]
Decibels = Annotated[int, Field(ge=-60_000, le=0)]
Kind = Literal[
    "sessions_per_day",
    "minutes_per_session",
    "minutes_per_day",
    "weekdays",
    "quiet",
    "sensitive",
    "never_together",
    "level_cap",
]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Most(_Form):
    most: int = Field(ge=1, le=1440)


class _Weekdays(_Form):
    weekdays: Weekdays


class _Span(_Form):
    start: LocalTime
    end: LocalTime


class _Sensitive(_Form):
    spans: list[_Span] = Field(max_length=8)
    weekdays: Weekdays = "1234567"
    level_cap_mdb: Decibels | None = None


class _Together(_Form):
    stations: list[str] = Field(min_length=2, max_length=50)


class _Level(_Form):
    mdb: Decibels


_VALUES: dict[str, type[_Form]] = {
    SESSIONS: _Most,
    SESSION_MINUTES: _Most,
    DAY_MINUTES: _Most,
    WEEKDAYS: _Weekdays,
    QUIET: _Span,
    SENSITIVE: _Sensitive,
    TOGETHER: _Together,
    LEVEL: _Level,
}
_WRONG = {
    "most": msgid("Nhiều nhất phải là một số từ 1 đến 1440."),
    "weekdays": msgid("Hãy chọn ít nhất một thứ trong tuần."),
    "start": msgid("Giờ bắt đầu phải viết như 21:00."),
    "end": msgid("Giờ kết thúc phải viết như 06:00."),
    "spans": msgid("Các khoảng giờ phải viết như 07:00–11:30, 13:30–16:30, nhiều nhất 8 khoảng."),
    "stations": msgid("Hãy chọn từ 2 đến 50 trạm."),
    "mdb": msgid("Mức giảm phải từ 0 đến 60 dB."),
    "level_cap_mdb": msgid("Mức giảm phải từ 0 đến 60 dB."),
}
"""Part of a rule's value → what is told when it is not right."""


@dataclass(frozen=True)
class Book:
    """Every rule that was not ended, and the tree by which they reach the units."""

    rulings: tuple[Ruling, ...]
    tree: Tree
    _known: dict[int, tuple[Ruling, ...]] = field(default_factory=dict, repr=False, compare=False)

    def of_unit(self, unit_id: int) -> tuple[Ruling, ...]:
        """Return the rules that reach a unit, whatever their days; once merged, those of its successor."""
        if unit_id not in self._known:
            above, tags = self.tree.path(unit_id), self.tree.tags(unit_id)
            own = tuple(r for r in self.rulings if _reaches(r, above, tags))
            here = self.tree.units[unit_id]
            if here.successor_id is not None and here.valid_to is not None:
                own = handed_over(own, self.of_unit(here.successor_id), here.valid_to)
            self._known[unit_id] = own
        return self._known[unit_id]

    def on(self, unit_id: int, day: date) -> tuple[Ruling, ...]:
        """Return the rules that hold at a unit on `day`."""
        return tuple(ruling for ruling in self.of_unit(unit_id) if ruling.holds(day))


def load_book(session: Session, tree: Tree | None = None) -> Book:
    """Read every rule that was not ended."""
    query = select(Rule).where(Rule.ended_at.is_(None)).order_by(Rule.id)
    return Book(tuple(ruling_of(rule) for rule in session.scalars(query)), tree or load_tree(session))


def ruling_of(rule: Rule) -> Ruling:
    """Return a row as a value."""
    return Ruling(
        rule.id,
        rule.kind,
        rule.value,
        rule.citation,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        unit_id=rule.unit_id,
        tag=rule.tag,
    )


def create_rule(
    session: Session,
    *,
    kind: str,
    value: dict[str, Any],
    valid_from: date,
    citation: str,
    by: str,
    now: datetime,
    valid_to: date | None = None,
    unit_id: int | None = None,
    tag: str | None = None,
    source_url: str | None = None,
    key: str | None = None,
) -> Rule:
    """Store a rule for a unit and below, for units with a tag, or for all; InvalidInputError names the field.

    What is planned already is not touched here: the planner reads the log and plans again.
    """
    _check_scope(session, unit_id, tag)
    if valid_to is not None and valid_to < valid_from:
        raise InvalidInputError("Ngày cuối sớm hơn ngày đầu.", field="valid_to")
    if source_url and not source_url.startswith(("https://", "http://")):
        raise InvalidInputError("Địa chỉ nguồn phải bắt đầu bằng https://.", field="source_url")
    rule = Rule(
        key=key,
        kind=kind,
        value=_checked(session, kind, value),
        unit_id=unit_id,
        tag=tag or None,
        valid_from=valid_from,
        valid_to=valid_to,
        citation=body(citation, field="citation", what="Căn cứ", limit=REASON_LIMIT),
        source_url=source_url or None,
        created_by=by,
        created_at=now,
    )
    session.add(rule)
    session.flush()
    _note(session, "rule.create", rule, by=by, now=now, kind=kind, value=rule.value)
    return rule


def end_rule(session: Session, rule: Rule, *, by: str, now: datetime) -> None:
    """Let a rule hold no longer; its row stays, for what was decided by it."""
    if rule.ended_at is not None:
        raise ConflictError("Quy định số {id} đã hết hiệu lực.", id=rule.id)
    rule.ended_at = now
    _note(session, "rule.end", rule, by=by, now=now)


def get(session: Session, rule_id: int) -> Rule:
    """Return a rule, or raise NotFoundError."""
    rule = session.get(Rule, rule_id)
    if rule is None:
        raise NotFoundError("Không có quy định số {id}.", id=rule_id)
    return rule


def listing(session: Session, *, ended: bool = False) -> list[Rule]:
    """Return the rules in force, with `ended` those before them too, in the order they were made."""
    query = select(Rule).order_by(Rule.id)
    return list(session.scalars(query if ended else query.where(Rule.ended_at.is_(None))))


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    kind: Kind
    value: dict[str, Any]
    tag: str | None = None
    valid_from: date
    valid_to: date | None = None
    citation: str = Field(min_length=1)
    source_url: str | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    rules: list[_Given] = Field(min_length=1)


def import_rules(session: Session, path: Path, *, by: str, now: datetime) -> list[Rule]:
    """Store the rules of a YAML file that are not there yet under their key, ended ones included."""
    known = set(session.scalars(select(Rule.key)))
    given = [one for one in yaml_file(path, _File, what="danh sách quy định").rules if one.key not in known]
    return [create_rule(session, **one.model_dump(), by=by, now=now) for one in given]


def _reaches(ruling: Ruling, above: Sequence[int], tags: frozenset[str]) -> bool:
    if ruling.unit_id is not None:
        return ruling.unit_id in above
    return ruling.tag is None or ruling.tag in tags


def _check_scope(session: Session, unit_id: int | None, tag: str | None) -> None:
    if unit_id is not None and tag:
        raise InvalidInputError("Chọn đơn vị hoặc nhãn, không cả hai.", field="tag")
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise InvalidInputError("Không có đơn vị đó.", field="unit_id")
    if tag and not TAG.fullmatch(tag):
        raise InvalidInputError("Nhãn “{tag}” phải dạng noi-thanh.", field="tag", tag=tag[:40])


def _checked(session: Session, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    form = _VALUES.get(kind)
    if form is None:
        raise InvalidInputError("Hãy chọn loại quy định.", field="kind")
    try:
        checked = form.model_validate(value).model_dump(exclude_none=True)
    except ValidationError as error:
        first, *_ = error.errors()[0]["loc"] or ("",)
        told = _WRONG.get(str(first), msgid("Giá trị của quy định không đúng dạng."))
        raise InvalidInputError(told, field=str(first) if first in _WRONG else "value") from error
    for name in checked.get("stations", []):
        if session.get(Station, name) is None:
            raise InvalidInputError("Không có trạm “{name}”.", field="value", name=name[:80])
    return checked


def _note(session: Session, action: str, rule: Rule, *, by: str, now: datetime, **more: object) -> None:
    audit.record(session, action, actor=by, subject=f"rule:{rule.id}", now=now, **more)
