"""Steps about what is to sound: approved, in validity, not recalled; or a relay that is permitted."""

from __future__ import annotations

from collections.abc import Iterator

from content.models.bulletin import Revision, RevisionState
from content.text import msgid
from scheduler.models.relay import RelaySource
from scheduler.why.case import Case
from scheduler.why.steps import Link, Step, Words

_STATES = {
    RevisionState.DRAFT: msgid("còn là bản nháp"),
    RevisionState.SUBMITTED: msgid("đang chờ duyệt"),
    RevisionState.RETURNED: msgid("đã bị trả lại"),
}
_TODO = {
    RevisionState.DRAFT: msgid("Hãy gửi duyệt bản tin."),
    RevisionState.SUBMITTED: msgid("Lãnh đạo cần nghe và duyệt bản tin."),
    RevisionState.RETURNED: msgid("Hãy sửa theo lý do trả lại rồi gửi duyệt lần nữa."),
}


def matter(case: Case) -> Iterator[Step]:
    """Give the steps about the bulletin or the relay source."""
    if case.source is not None:
        yield from _relay(case, case.source)
    elif case.bulletin is not None:
        yield from _bulletin(case, case.bulletin.latest)


def _bulletin(case: Case, latest: Revision) -> Iterator[Step]:
    link = Link("bulletin", latest.bulletin_id)
    facts = {"title": latest.title, "number": latest.number}
    yield _recalled(case, latest, link) or _approved(case, latest, link)
    day, valid = case.day, latest.valid_from <= case.day <= latest.valid_to
    yield Step(
        "valid",
        valid,
        msgid("“{title}” có hiệu lực từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}.")
        if valid
        else msgid(
            "Ngày {day:%d/%m/%Y} nằm ngoài hiệu lực của “{title}” ({first:%d/%m/%Y} – {last:%d/%m/%Y})."
        ),
        {**facts, "day": day, "first": latest.valid_from, "last": latest.valid_to},
        None if valid else msgid("Sửa hiệu lực của bản tin rồi duyệt lại, nếu vẫn cần phát."),
        link,
    )


def _recalled(case: Case, latest: Revision, link: Link) -> Step | None:
    bulletin = latest.bulletin
    if bulletin.recalled_at is None:
        return None
    done = case.audited(f"bulletin:{bulletin.id}", "bulletin.recall")
    return Step(
        "recalled_bulletin",
        False,
        msgid("“{title}” đã bị {by} thu hồi lúc {at:%H:%M %d/%m/%Y}: {reason}"),
        {
            "title": latest.title,
            "by": done[0] if done else "?",
            "at": case.local(bulletin.recalled_at),
            "reason": bulletin.recall_reason or "–",
        },
        msgid("Bản tin đã thu hồi không phát lại được; cần thì soạn bản tin mới."),
        link,
    )


def _approved(case: Case, latest: Revision, link: Link) -> Step:
    if case.approval is not None:
        return Step(
            "approved",
            True,
            msgid("“{title}”, bản {number}: {by} đã nghe và duyệt lúc {at:%H:%M %d/%m/%Y}."),
            {
                "title": latest.title,
                "number": latest.number,
                "by": case.name_of(case.approval.decided_by),
                "at": case.local(case.approval.decided_at),
            },
            link=link,
        )
    state = RevisionState(latest.state)
    return Step(
        "approved",
        False,
        msgid("“{title}” chưa được duyệt: bản {number} {state}."),
        {
            "title": latest.title,
            "number": latest.number,
            "state": Words(_STATES.get(state, _STATES[RevisionState.SUBMITTED])),
        },
        _TODO.get(state, _TODO[RevisionState.SUBMITTED]),
        link,
    )


def _relay(case: Case, source: RelaySource) -> Iterator[Step]:
    facts = {"name": source.name, "day": case.day, "first": source.first_day, "last": source.last_day}
    if source.permitted_at is None:
        yield Step(
            "permitted",
            False,
            msgid("Nguồn tiếp âm “{name}” chưa được lãnh đạo cho phép."),
            facts,
            msgid("Lãnh đạo cần cho phép nguồn tiếp âm này."),
        )
        return
    over = source.until is not None and case.rules.day_of(source.until) <= case.day
    within = source.first_day <= case.day and (source.last_day is None or case.day <= source.last_day)
    facts["by"], facts["at"] = case.name_of(source.permitted_by), case.local(source.permitted_at)
    if over or not within:
        yield Step(
            "permitted",
            False,
            msgid("Phép tiếp âm “{name}” không gồm ngày {day:%d/%m/%Y}."),
            facts,
            msgid("Xin phép tiếp âm cho ngày này, hoặc đổi ngày của lệnh."),
        )
    else:
        yield Step(
            "permitted",
            True,
            msgid("Nguồn tiếp âm “{name}”: {by} cho phép lúc {at:%H:%M %d/%m/%Y}."),
            facts,
        )
