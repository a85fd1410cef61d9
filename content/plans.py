"""Loading a plan from a file, as a new version when it differs, and reading what is loaded."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import audit
from content.errors import NotFoundError
from content.files import parse_yaml, read_file
from content.models.plan import Duty, Plan, Programme, Target

SHIPPED = Path(__file__).parent / "data" / "plan.yaml"
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Bound = Literal["gt", "gte", "lt", "lte", "eq", "approx", "range"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Target(_Strict):
    code: str = Field(pattern=r"^\d\d-\d\d$")
    name: Text
    comparator: Bound | Literal["change", "per_year_growth"]
    bound: Bound | None = None
    direction: str = ""
    group: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    unit: Text
    due: str = Field(pattern=r"^(\d{4}(-\d{4})?|yearly)$")
    text: Text


class _Programme(_Strict):
    code: str = Field(pattern=r"^\d\d$")
    title: Text
    short_title: Text
    targets: list[_Target]


class _Duty(_Strict):
    body: Text
    text: Text
    channels: list[str]


class _Term(_Strict):
    start: int = Field(alias="from", ge=1945, le=2200)
    end: int = Field(alias="to", ge=1945, le=2200)


class _Head(_Strict):
    key: str = Field(pattern=r"^[a-z0-9-]{3,60}$")
    title: Text
    issuer: Text
    source: Text
    term: _Term


class _File(_Strict):
    plan: _Head
    programmes: list[_Programme] = Field(min_length=1)
    duties: list[_Duty] = []


@dataclass(frozen=True)
class Imported:
    """What an import did: the plan's row, and whether a new version was made."""

    plan: Plan
    new: bool


def import_plan(session: Session, path: Path, *, by: str, now: datetime) -> Imported:
    """Load the plan in `path`; the same bytes again change nothing, other bytes are a new version."""
    data = read_file(path, what="kế hoạch")
    given = parse_yaml(path, data, _File, what="kế hoạch")
    digest = hashlib.sha256(data).hexdigest()
    same = select(Plan).where(Plan.key == given.plan.key, Plan.sha256 == digest)
    standing = session.scalars(same).first()
    if standing is not None:
        return Imported(standing, new=False)
    plan = _store(session, given, digest, now)
    audit.record(
        session,
        "plan.import",
        actor=by,
        subject=f"plan:{plan.id}",
        now=now,
        key=plan.key,
        version=plan.version,
        sha256=digest,
    )
    return Imported(plan, new=True)


def current(session: Session) -> Plan:
    """Return the newest version of the plan imported last, or raise NotFoundError."""
    plan = session.scalars(select(Plan).order_by(Plan.id.desc()).limit(1)).first()
    if plan is None:
        raise NotFoundError("Chưa nạp kế hoạch nào; hãy chạy: loaphuong plan import FILE")
    return plan


def programme_by_code(session: Session, code: str) -> Programme:
    """Return a programme of the current plan, or raise NotFoundError."""
    found = next((p for p in current(session).programmes if p.code == code), None)
    if found is None:
        raise NotFoundError("Không có chương trình “{code}”.", code=code)
    return found


def _store(session: Session, given: _File, digest: str, now: datetime) -> Plan:
    head = given.plan
    newest = session.scalar(select(func.max(Plan.version)).where(Plan.key == head.key)) or 0
    plan = Plan(
        key=head.key,
        version=newest + 1,
        title=head.title,
        issuer=head.issuer,
        source=head.source,
        term_from=head.term.start,
        term_to=head.term.end,
        sha256=digest,
        imported_at=now,
        programmes=[_programme_row(programme) for programme in given.programmes],
        duties=[
            Duty(position=n, body=duty.body, text=duty.text, channels=",".join(duty.channels))
            for n, duty in enumerate(given.duties, start=1)
        ],
    )
    session.add(plan)
    session.flush()
    return plan


def _programme_row(given: _Programme) -> Programme:
    targets = [
        Target(
            position=n,
            code=t.code,
            group_name=t.group,
            name=t.name,
            comparator=t.comparator,
            bound=t.bound or t.comparator,
            direction=t.direction,
            low=t.low,
            high=t.high,
            unit=t.unit,
            due=t.due,
            text=t.text,
        )
        for n, t in enumerate(given.targets, start=1)
    ]
    return Programme(code=given.code, title=given.title, short_title=given.short_title, targets=targets)
