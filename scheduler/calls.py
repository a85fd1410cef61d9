"""What a person asks of an emergency, and every check of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content import bulletins, phrases
from content.contracts.airings import Level
from content.errors import ForbiddenError, InvalidInputError
from content.models.bulletin import Approval
from content.models.phrase import Phrase, PhraseUse
from content.text import REASON_LIMIT, body
from content.units import TAG, load_tree
from scheduler import rounds
from scheduler.models.station import Station
from scheduler.quiet import blocked_until
from scheduler.rules import Rules
from scheduler.stations import stations_below


@dataclass(frozen=True)
class Area:
    """Which stations are called: all of some units and tags, or those of them that are named."""

    units: Sequence[int] = ()
    tags: Sequence[str] = ()
    stations: Sequence[str] = ()


@dataclass(frozen=True)
class Call:
    """What a form asks for; `until` is the last instant at which a round may begin, None without repeats."""

    token: str
    bulletin_id: int
    area: Area
    reason: str
    repeat_minutes: int | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Checked:
    """A call that may be made: the approval that sounds, the phrase (None: new words) and the stations."""

    approval: Approval
    phrase: Phrase | None
    stations: tuple[Station, ...]
    reason: str
    until: datetime

    @property
    def exercise(self) -> bool:
        """Whether it is only practised."""
        return self.phrase is not None and self.phrase.exercise


def check(session: Session, call: Call, rules: Rules, now: datetime) -> Checked:
    """Return the call checked, or raise InvalidInputError whose `field` is the part at fault."""
    day = rules.day_of(now)
    approval, phrase = approval_of(session, call.bulletin_id, day), _phrase(session, call.bulletin_id)
    until = _until(call, approval, now)
    if approval.revision.valid_to < rules.day_of(until):
        raise InvalidInputError(
            "Câu này hết hiệu lực trước giờ kết thúc; hãy chọn giờ sớm hơn.", field="until"
        )
    found = reach(session, call.area, day)
    if not found:
        raise InvalidInputError("Vùng đã chọn chưa có trạm nào.", field="units")
    if phrase is not None:
        _check_below(session, phrase, found)
    if phrase is not None and phrase.exercise:
        _check_exercise(session, call, approval, rules, now)
    reason = body(call.reason, field="reason", what="Lý do", limit=REASON_LIMIT)
    return Checked(approval, phrase, tuple(found), reason, until)


def approval_of(session: Session, bulletin_id: int, day: date) -> Approval:
    """Return the approval by which emergency words may sound on `day`; the author's own does not do."""
    approval = bulletins.standing_approvals(session, [bulletin_id], day).get(bulletin_id)
    if approval is None or approval.revision.level != Level.EMERGENCY:
        raise InvalidInputError(
            "Chỉ phát khẩn cấp được câu ở mức khẩn cấp, đã duyệt và còn hiệu lực.", field="bulletin"
        )
    if approval.decided_by in bulletins.authors_of(session, bulletin_id):
        raise ForbiddenError("Lời này do chính người viết duyệt; tin khẩn cấp cần người khác duyệt.")
    return approval


def reach(session: Session, area: Area, day: date) -> list[Station]:
    """Return the stations in use that an area holds on `day`, by name; InvalidInputError when it is none."""
    tree = load_tree(session)
    if not set(area.units) <= set(tree.units):
        raise InvalidInputError("Không có đơn vị đó.", field="units")
    if any(not TAG.fullmatch(tag) for tag in area.tags):
        raise InvalidInputError("Nhãn đơn vị phải dạng noi-thanh.", field="units")
    if area.stations:
        return _named(session, area.stations)
    if not area.units and not area.tags:
        raise InvalidInputError("Hãy chọn ít nhất một phường, nhãn hoặc trạm.", field="units")
    tagged = [unit.id for unit in tree.tagged(area.tags, day)] if area.tags else []
    return stations_below(session, [*area.units, *tagged], day)


def still_there(session: Session, names: Sequence[str]) -> list[Station]:
    """Return those of the stations that are still in use, by name."""
    query = select(Station).where(Station.name.in_(set(names)), Station.retired_at.is_(None))
    return list(session.scalars(query.order_by(Station.name)))


def _named(session: Session, names: Sequence[str]) -> list[Station]:
    found = still_there(session, names)
    if {station.name for station in found} != set(names):
        raise InvalidInputError("Có trạm không còn dùng; hãy chọn lại.", field="stations")
    return found


def _phrase(session: Session, bulletin_id: int) -> Phrase | None:
    phrase = phrases.of_bulletin(session, bulletin_id)
    if phrase is not None and phrase.retired_at is not None:
        raise InvalidInputError("Câu khẩn cấp này đã được gỡ.", field="bulletin")
    if phrase is not None and phrase.use != PhraseUse.CALL:
        raise InvalidInputError("Câu báo yên chỉ phát khi kết thúc một lần khẩn cấp.", field="bulletin")
    return phrase


def _check_below(session: Session, phrase: Phrase, stations: Sequence[Station]) -> None:
    """Keep a phrase to its unit and all below: only there was it approved for, and lies its clip ready."""
    tree = load_tree(session)
    if any(phrase.unit_id not in tree.path(station.unit_id) for station in stations):
        raise InvalidInputError(
            "Câu này của {unit}; chỉ phát được tại đó và các đơn vị bên dưới.",
            field="units",
            unit=tree.units[phrase.unit_id].name,
        )


def _until(call: Call, approval: Approval, now: datetime) -> datetime:
    if call.repeat_minutes is None:
        return now
    least = max(rounds.LEAST_MINUTES, -(-approval.duration_ms // 60_000))
    if not least <= call.repeat_minutes <= rounds.LONGEST // timedelta(minutes=1):
        raise InvalidInputError("Nhắc lại cách nhau ít nhất {least} phút.", field="repeat", least=least)
    if call.until is None or not now < call.until <= now + rounds.LONGEST:
        raise InvalidInputError(
            "Hãy chọn giờ thôi nhắc lại, trong vòng {hours} giờ tới.",
            field="until",
            hours=rounds.LONGEST // timedelta(hours=1),
        )
    return call.until


def _check_exercise(session: Session, call: Call, approval: Approval, rules: Rules, now: datetime) -> None:
    """Let an exercise sound once, at stations chosen one by one but not at all, and out of quiet hours."""
    revision, area = approval.revision, call.area
    phrases.require_exercise(revision.title, revision.text)
    if not area.stations or area.units or area.tags:
        raise InvalidInputError("Diễn tập chỉ ở những trạm được chọn từng trạm.", field="stations")
    in_use = session.scalar(select(func.count()).where(Station.retired_at.is_(None))) or 0
    if len(set(area.stations)) >= in_use > 1:
        raise InvalidInputError("Diễn tập không phát ở tất cả các trạm; hãy bớt trạm.", field="stations")
    if call.repeat_minutes is not None:
        raise InvalidInputError("Diễn tập chỉ phát một lần, không nhắc lại.", field="repeat")
    last = rounds.latest(now, None, exercise=True) + timedelta(milliseconds=approval.duration_ms)
    if not rules.rehearsal and blocked_until(now, last, rules.quiet, rules.zone):
        raise InvalidInputError("Diễn tập không phát trong hoặc sát giờ yên tĩnh.", field="stations")
