"""Why a hearing has no place: what the planner notes, and the words for it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from content.text import msgid
from scheduler.hearings import Hearing
from scheduler.shares import Measures
from scheduler.timeline import Spans, Timeline, touched_until

NO_BROADCAST, TOO_LONG, NO_ROOM, REPEATED = "no_broadcast", "too_long", "no_room", "repeated"
TOO_LATE, NOT_PICKED, FIXED_TAKEN, OUT_OF_HOURS = "too_late", "not_picked", "fixed_taken", "out_of_hours"
OVER_RULE, SILENT = "over_rule", "silent"
KNOWN = {
    NO_ROOM: msgid("các buổi phát được phép đã đầy"),
    TOO_LONG: msgid("bản thu dài hơn mọi buổi phát được phép"),
    NO_BROADCAST: msgid("những ngày được phép không có buổi phát nào"),
    REPEATED: msgid("cùng bản tin này đã hoặc sẽ phát quá gần đó"),
    FIXED_TAKEN: msgid("giờ cố định đã có bản tin khác"),
    OUT_OF_HOURS: msgid("nằm ngoài giờ được phép của nguồn tiếp âm"),
    NOT_PICKED: msgid("phường chưa chọn bản tin này"),
    SILENT: msgid("giờ đó trạm phải im lặng: giờ yên tĩnh, quy định, hoặc trạm bên cạnh đang phát"),
    OVER_RULE: msgid("quy định không cho thêm buổi phát ngoài các khung giờ trong ngày"),
    TOO_LATE: msgid("không còn kịp trước khi hết buổi"),
}
"""Reason → words, after “chưa có chỗ:”."""


def why_not_then(
    hearing: Hearing, at: int, line: Timeline, *, silence: Spans, measures: Measures, now: int
) -> str:
    """Return why a hearing that is bound to the instant `at` (ms) has no place."""
    ends = at + hearing.ticket.length
    if at + measures.fixed_slack < now:
        return TOO_LATE
    if hearing.hours and not hearing.hours[0][0] <= at <= ends <= hearing.hours[0][1]:
        return OUT_OF_HOURS
    if touched_until(silence, at, ends):
        return SILENT
    return FIXED_TAKEN if line.earliest(at, ends, hearing.ticket.length) is None else REPEATED


def why_in_none(
    hearing: Hearing,
    spans: Sequence[tuple[int, int, int]],
    line: Timeline,
    heard: Collection[tuple[int, int]],
) -> tuple[str, dict[str, int]]:
    """Return why a hearing has no place in the broadcasts it may be given in, and the facts (seconds).

    `spans`: (broadcast, from, to); `heard`: (wording, broadcast).
    """
    length = hearing.ticket.length
    if not spans:
        return NO_BROADCAST, {}
    longest = max(ends - begins for _, begins, ends in spans)
    if longest < length:
        reason = OUT_OF_HOURS if hearing.hours else TOO_LONG
        return reason, {"needed": -(-length // 1000), "longest": max(longest, 0) // 1000}
    gaps = [line.longest_gap(begins, ends) for _, begins, ends in spans]
    if max(gaps) < length:
        return NO_ROOM, {"needed": -(-length // 1000), "longest": max(0, *gaps) // 1000}
    return (REPEATED if _is_near(hearing, spans, line, heard) else TOO_LATE), {}


def _is_near(
    hearing: Hearing,
    spans: Sequence[tuple[int, int, int]],
    line: Timeline,
    heard: Collection[tuple[int, int]],
) -> bool:
    """Tell whether the same wording stands in every broadcast with room, or too near to it."""
    wording, length = hearing.ticket.wording, hearing.ticket.length
    free = [span for span in spans if (wording, span[0]) not in heard]
    return all(line.earliest(begins, ends, length, wording=wording) is None for _, begins, ends in free)
