"""The step about a week's approval: whether an approver has let this airing go out as it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from content.contracts.airings import Level, Reason, State
from content.text import msgid
from scheduler import weeks
from scheduler.models.airing import Airing
from scheduler.models.week_plan import WeekPlan
from scheduler.why.case import Case
from scheduler.why.steps import Link, Step

APPROVED = msgid("Lượt này nằm trong kế hoạch tuần của {unit} đã được duyệt lúc {at:%H:%M %d/%m/%Y}.")
WAITING: dict[str, tuple[str, str]] = {
    weeks.OPEN: (
        msgid("Kế hoạch tuần từ {monday:%d/%m/%Y} của {unit} chưa được trình duyệt nên chưa giao cho trạm."),
        msgid("Văn phòng trình kế hoạch tuần, lãnh đạo duyệt ở trang Duyệt tuần."),
    ),
    weeks.SUBMITTED: (
        msgid(
            "Kế hoạch tuần từ {monday:%d/%m/%Y} của {unit} đã trình, chưa được duyệt nên chưa giao cho trạm."
        ),
        msgid("Lãnh đạo cần duyệt kế hoạch tuần ở trang Duyệt tuần."),
    ),
    weeks.CHANGED: (
        msgid(
            "Lượt này thêm hoặc đổi sau khi kế hoạch tuần từ {monday:%d/%m/%Y} của {unit} được duyệt; "
            "chờ duyệt lại nên chưa giao cho trạm."
        ),
        msgid("Văn phòng trình lại kế hoạch tuần, lãnh đạo duyệt ở trang Duyệt tuần."),
    ),
}
"""State of the week → what it means for the airing, and what to do now."""
TOO_LATE = (
    msgid("Kế hoạch tuần từ {monday:%d/%m/%Y} của {unit} không được duyệt kịp giờ phát."),
    msgid("Đặt lại lệnh phát cho ngày sau, nếu vẫn cần; trình và duyệt tuần trước khi tuần bắt đầu."),
)


def week(case: Case, row: Airing) -> Step | None:
    """Return the step, None where no week's approval stands between the airing and its station."""
    if not _asks(row):
        return None
    found = case.week_plan(case.rules.day_of(row.starts_at))
    if found is None:
        return None
    unit_id, plan = found
    day = case.rules.day_of(row.starts_at)
    monday = day - timedelta(days=day.weekday())
    facts: dict[str, Any] = {"unit": case.tree.units[unit_id].name, "monday": monday}
    link = Link("week", f"{unit_id}/{monday.isoformat()}")
    if plan is not None and plan.approved_at is not None and _is_let_go(case, row, plan):
        facts["at"] = case.local(plan.approved_at)
        return Step("week", True, APPROVED, facts, link=link, n=row.n)
    told, todo = TOO_LATE if row.state == State.MISSED else WAITING[_state(plan)]
    return Step("week", False, told, facts, todo, link, row.n)


def _asks(row: Airing) -> bool:
    """Tell whether an approval decides: what was released, or called out at once, is past it."""
    if row.level == Level.EMERGENCY:
        return False
    never = row.state == State.MISSED and row.reason == Reason.NOT_RELEASED
    return never or row.rank == State.PLANNED.rank


def _is_let_go(case: Case, row: Airing, plan: WeekPlan) -> bool:
    """Tell whether the approval holds the airing as it stands, and for one that was missed: came in time."""
    in_time = row.state != State.MISSED or (plan.approved_at or case.now) <= row.not_after
    return in_time and weeks.holds(case.session, plan, row)


def _state(plan: WeekPlan | None) -> str:
    if plan is not None and plan.state == weeks.SUBMITTED:
        return weeks.SUBMITTED
    return weeks.CHANGED if plan is not None and plan.approved_at is not None else weeks.OPEN
