"""As-run intake by the contract: again and again the same, gaps and forks refused, airings follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from content.contracts.airings import Kind, Reason, State, born_airing_id
from content.contracts.asrun import Event
from content.contracts.instants import format_instant
from content.contracts.signing import PrivateKey
from content.db import Database
from content.errors import ContractError
from scheduler import commands
from scheduler.alarms import open_alarms
from scheduler.intake import Answer, GapError, Posted, take_in, take_in_all
from scheduler.models.airing import Airing, AiringChange
from scheduler.models.asrun import AsRunRecord, ChainHead, Fork, Seal
from scheduler.models.command import Command
from scheduler.models.station import Station
from tests.postgres import BOTH
from tests.scheduler.factories import CHAIN, NOW, Pen, local, make_airing, make_station, open_pen

pytestmark = BOTH

LATER = NOW + timedelta(hours=2)
BORN = born_airing_id(Kind.LIVE, "7f000000-0000-4000-8000-000000000001")


@pytest.fixture
def station(session: Session) -> Station:
    return make_station(session)


@pytest.fixture
def pen(station: Station) -> Pen:
    return open_pen(station)


def count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def alarms(session: Session) -> list[str]:
    return [alarm.kind for alarm in open_alarms(session)]


def test_a_play_goes_from_released_to_played(session: Session, station: Station, pen: Pen) -> None:
    airing = make_airing(session, station)
    pen.play(airing.id, local("06:00"))
    assert take_in(session, station, pen.batch(), LATER) == Answer(CHAIN, 3)
    assert (airing.state, airing.started_at, airing.heard_ms) == ("played", local("06:00"), 60_000)
    states = session.scalars(select(AiringChange.state).order_by(AiringChange.id)).all()
    assert states == ["on_air", "played"]


def test_the_lines_are_kept_byte_for_byte(session: Session, station: Station, pen: Pen) -> None:
    pen.write(Event.BOOT, note="Khởi động")
    take_in(session, station, pen.batch(), LATER)
    kept = session.scalars(select(AsRunRecord.line).order_by(AsRunRecord.sequence)).all()
    assert kept == pen.lines


def test_the_same_batch_again_gives_the_same_answer(session: Session, station: Station, pen: Pen) -> None:
    pen.play(make_airing(session, station).id, local("06:00"))
    answers = {take_in(session, station, pen.batch(), LATER) for _ in range(3)}
    assert answers == {Answer(CHAIN, 3)}
    assert (count(session, AsRunRecord), count(session, Seal), count(session, AiringChange)) == (3, 1, 2)


def test_an_overlapping_batch_adds_only_what_is_new(session: Session, station: Station, pen: Pen) -> None:
    pen.write(Event.BOOT)
    take_in(session, station, pen.batch(), LATER)
    pen.write(Event.BOOT)
    assert take_in(session, station, pen.batch(2), LATER).acknowledged == 3
    assert count(session, AsRunRecord) == 3


def test_an_old_part_is_answered_with_how_far_we_are(session: Session, station: Station, pen: Pen) -> None:
    pen.write(Event.BOOT)
    take_in(session, station, pen.batch(), LATER)
    assert take_in(session, station, pen.batch(1, 1), LATER).acknowledged == 2


@pytest.mark.parametrize(("kept", "first", "expected"), [(2, 4, 3), (0, 2, 1)])
def test_a_gap_names_what_is_expected(
    session: Session, pen: Pen, *, kept: int, first: int, expected: int
) -> None:
    station = session.get_one(Station, pen.station)
    for _ in range(4):
        pen.write(Event.BOOT)
    if kept:
        take_in(session, station, pen.batch(1, kept), LATER)
    with pytest.raises(GapError) as caught:
        take_in(session, station, pen.batch(first), LATER)
    assert (caught.value.expected, count(session, AsRunRecord)) == (expected, kept)


def fork(station: Station, lines: int) -> Pen:
    """Return the pen of a machine that went its own way after `lines` common lines."""
    clone = open_pen(station)
    for n in range(2, 5):
        clone.write(Event.BOOT, note="bản sao" if n > lines else None)
    return clone


def test_a_fork_is_kept_apart_and_alarmed(session: Session, station: Station, pen: Pen) -> None:
    for _ in range(3):
        pen.write(Event.BOOT)
    take_in(session, station, pen.batch(), LATER)
    answer = take_in(session, station, fork(station, 2).batch(), LATER)
    assert (answer.status, answer.to_wire()["alarm"], answer.acknowledged) == (409, "fork", 4)
    forked = session.scalars(select(Fork.sequence).order_by(Fork.sequence)).all()
    assert (forked, alarms(session), count(session, AsRunRecord)) == ([3, 4], ["fork"], 4)


def test_a_fork_that_only_goes_on_is_seen_by_its_link(session: Session, station: Station, pen: Pen) -> None:
    pen.write(Event.BOOT, note="một")
    take_in(session, station, pen.batch(), LATER)
    clone = fork(station, 1)
    assert take_in(session, station, clone.batch(3), LATER).forked
    assert count(session, AsRunRecord) == 2


def test_a_fork_again_and_again_is_kept_once(session: Session, station: Station, pen: Pen) -> None:
    pen.write(Event.BOOT)
    take_in(session, station, pen.batch(), LATER)
    clone = fork(station, 1)
    for _ in range(3):
        take_in(session, station, clone.batch(), LATER)
    assert (count(session, Fork), alarms(session)) == (3, ["fork"])


def test_a_forked_play_moves_no_airing(session: Session, station: Station, pen: Pen) -> None:
    pen.write(Event.BOOT)
    take_in(session, station, pen.batch(), LATER)
    airing, clone = make_airing(session, station), open_pen(station)
    clone.play(airing.id, local("06:00"))
    take_in(session, station, clone.batch(), LATER)
    assert airing.state == State.RELEASED


def test_a_new_chain_is_opened_by_its_record(session: Session, station: Station, pen: Pen) -> None:
    take_in(session, station, pen.batch(), LATER)
    second = Pen(station.name, chain="11111111-0000-4000-8000-000000000001")
    second.write(Event.CHAIN, LATER, reason="journal lost")
    assert take_in(session, station, second.batch(), LATER).acknowledged == 1
    assert (count(session, ChainHead), alarms(session)) == (2, ["new_chain"])


def test_a_chain_without_its_opening_is_refused(session: Session, station: Station) -> None:
    bare = Pen(station.name)
    bare.write(Event.BOOT)
    with pytest.raises(ContractError):
        take_in(session, station, bare.batch(), LATER)


def test_another_station_s_batch_is_refused(session: Session, station: Station) -> None:
    other = open_pen(make_station(session))
    with pytest.raises(ContractError, match="trạm"):
        take_in(session, station, other.batch(), LATER)


def test_another_key_s_seal_is_refused(session: Session, station: Station) -> None:
    stranger = open_pen(station, key=PrivateKey(bytes(32)))
    with pytest.raises(ContractError):
        take_in(session, station, stranger.batch(), LATER)


@pytest.mark.parametrize("body", [b"", b"{}", b"\n\n", b"\xff\xfe", b'{"event":"seal"}\n{}\n'])
def test_rubbish_is_refused_and_changes_nothing(session: Session, station: Station, body: bytes) -> None:
    with pytest.raises(ContractError):
        take_in(session, station, body, LATER)
    assert count(session, AsRunRecord) == 0


def test_a_changed_line_is_refused(session: Session, station: Station, pen: Pen) -> None:
    pen.write(Event.BOOT, note="thật")
    with pytest.raises(ContractError):
        take_in(session, station, pen.batch().replace("thật".encode(), "giả".encode()), LATER)


def test_a_station_without_a_key_is_refused(session: Session, pen: Pen) -> None:
    bare = make_station(session, public_key=None)
    with pytest.raises(ContractError, match="khóa"):
        take_in(session, bare, pen.batch(), LATER)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (State.SKIPPED, Reason.OPERATOR),
        (State.MISSED, Reason.CLIP_MISSING),
        (State.CANCELLED, Reason.RECALLED),
        (State.PREEMPTED, Reason.EMERGENCY),
    ],
)
def test_what_did_not_play_says_why(
    session: Session, station: Station, pen: Pen, outcome: State, reason: Reason
) -> None:
    airing = make_airing(session, station)
    pen.write(
        Event.NOT_PLAYED,
        airing=airing.id,
        kind=Kind.BULLETIN,
        outcome=outcome,
        reason=reason,
        by="truc-ban",
        note="theo lệnh",
    )
    take_in(session, station, pen.batch(), LATER)
    assert (airing.state, airing.reason, airing.note) == (outcome, reason, "truc-ban · theo lệnh")


@pytest.mark.parametrize(
    ("clock", "off"),
    [
        ({"clock_ok": False, "clock_offset_ms": 3_600_000}, timedelta(hours=1)),
        ({"clock_ok": False, "clock_offset_ms": None}, timedelta()),
        ({"clock_ok": True, "clock_offset_ms": 40_000}, timedelta()),
    ],
)
def test_what_a_clock_that_was_off_told_is_set_right(
    session: Session, station: Station, pen: Pen, clock: dict[str, Any], off: timedelta
) -> None:
    airing = make_airing(session, station, level="emergency")
    at = local("05:00")
    pen.write(Event.STARTING, at, airing=airing.id, kind=Kind.BULLETIN)
    told = {"started_at": format_instant(at), "heard_ms": 60_000, "outcome": State.PLAYED}
    pen.write(Event.FINISHED, at, airing=airing.id, kind=Kind.BULLETIN, **told, **clock)
    take_in(session, station, pen.batch(), LATER)
    assert (airing.started_at, airing.ended_at) == (at + off, at + off)


@pytest.mark.parametrize("outcome", [State.PLAYED, None])
def test_an_airing_that_begins_again_in_another_chain_is_alarmed_and_counts_once(
    session: Session, station: Station, pen: Pen, outcome: State | None
) -> None:
    airing = make_airing(session, station)
    clone = open_pen(station, chain="0b7e9c1e-8a3f-4e0b-9a51-2f6d0c5b7a11")
    for one in (pen, clone):
        one.write(Event.STARTING, local("06:00"), airing=airing.id, kind=Kind.BULLETIN)
    take_in(session, station, pen.batch(), LATER)
    if outcome:
        pen.write(Event.FINISHED, LATER, airing=airing.id, kind=Kind.BULLETIN, outcome=outcome)
        take_in(session, station, pen.batch(), LATER)
    take_in(session, station, clone.batch(), LATER)
    assert (airing.state, alarms(session)) == (outcome or "on_air", ["contradiction"])


def test_a_final_state_stands_and_the_contradiction_is_alarmed(
    session: Session, station: Station, pen: Pen
) -> None:
    airing = make_airing(session, station, state="missed", reason="no_record")
    pen.play(airing.id, local("06:00"))
    take_in(session, station, pen.batch(), LATER)
    assert (airing.state, count(session, AsRunRecord)) == ("missed", 3)
    assert set(alarms(session)) == {"contradiction"}


@pytest.mark.parametrize("kind", [Kind.LIVE, Kind.DESK, Kind.TEST])
def test_an_airing_born_at_the_station_gets_its_row(
    session: Session, station: Station, pen: Pen, kind: Kind
) -> None:
    pen.play(BORN, local("09:00"), kind=kind, outcome=State.PARTIAL)
    take_in(session, station, pen.batch(), LATER)
    airing = session.get_one(Airing, BORN)
    assert (airing.kind, airing.state, airing.starts_at) == (kind, "partial", local("09:00"))
    assert (airing.unit_id, airing.order_id, alarms(session)) == (station.unit_id, None, [])


@pytest.mark.parametrize("apart", [False, True])
def test_what_was_born_at_the_station_is_as_long_as_it_was_heard(
    session: Session, station: Station, pen: Pen, *, apart: bool
) -> None:
    pen.play(BORN, local("09:00"), kind=Kind.TEST, heard_ms=4_000)
    for first, last in ((1, 2), (3, 3)) if apart else ((1, 3),):
        take_in(session, station, pen.batch(first, last), LATER)
    assert session.get_one(Airing, BORN).duration_ms == 4_000


def test_what_was_planned_keeps_its_length_whatever_the_station_calls_it(
    session: Session, station: Station, pen: Pen
) -> None:
    airing = make_airing(session, station)
    planned = airing.duration_ms
    pen.play(airing.id, local("06:00"), kind=Kind.TEST, heard_ms=4_000)
    take_in(session, station, pen.batch(), LATER)
    assert (airing.state, airing.heard_ms, airing.duration_ms) == ("played", 4_000, planned)


def test_an_unknown_bulletin_is_alarmed_and_kept_in_the_ledger(
    session: Session, station: Station, pen: Pen
) -> None:
    pen.play("0" * 32, local("06:00"))
    take_in(session, station, pen.batch(), LATER)
    assert (count(session, Airing), count(session, AsRunRecord)) == (0, 3)
    assert alarms(session) == ["unknown_airing"]


def test_nobody_reports_for_another_station(session: Session, station: Station, pen: Pen) -> None:
    foreign = make_airing(session, make_station(session))
    pen.play(foreign.id, local("06:00"))
    take_in(session, station, pen.batch(), LATER)
    assert (foreign.state, alarms(session)) == ("released", ["unknown_airing"])


@pytest.mark.parametrize(("reason", "outcome"), [(None, "done"), ("expired", "expired")])
def test_a_command_is_closed_by_its_record(
    session: Session, station: Station, pen: Pen, reason: str | None, outcome: str
) -> None:
    command = commands.send(session, station, "stop", by="truc", now=NOW)
    pen.write(Event.COMMAND, NOW, by="truc", reason=reason, note=f"stop {command.id}")
    take_in(session, station, pen.batch(), LATER)
    assert (command.done_at, command.outcome) == (NOW, outcome)


def test_a_station_s_alarm_is_heard(session: Session, station: Station, pen: Pen) -> None:
    pen.write(Event.ALARM, reason="clip_corrupt", note="aaaa")
    take_in(session, station, pen.batch(), LATER)
    [alarm] = open_alarms(session, station=station.name)
    assert (alarm.kind, alarm.detail) == ("station", "clip_corrupt aaaa")


def test_the_head_tells_how_far_the_chain_reaches(session: Session, station: Station, pen: Pen) -> None:
    pen.write(Event.BOOT, LATER)
    take_in(session, station, pen.batch(), LATER)
    [head] = session.scalars(select(ChainHead))
    assert (head.last, head.opened_at, head.reaches) == (2, NOW, LATER)


@pytest.mark.parametrize("attack", ["DELETE FROM as_run", "DELETE FROM seal", "UPDATE as_run SET at = at"])
def test_the_ledger_is_append_only(session: Session, station: Station, pen: Pen, attack: str) -> None:
    take_in(session, station, pen.batch(), LATER)
    with pytest.raises(DBAPIError, match="never altered"):
        session.execute(text(attack))


DESK_ACT = "6f1c2b9a-0000-4000-8000-00000000000a"


@pytest.mark.parametrize(
    ("note", "reason", "row"),
    [
        (f"volume {DESK_ACT} 40", None, ("volume", 40, "done")),
        (f"skip {DESK_ACT} Có việc tang ở tổ 3", None, ("skip", "Có việc tang ở tổ 3", "done")),
        (f"stop {DESK_ACT}", "nothing_to_do", ("stop", None, "nothing_to_do")),
    ],
)
def test_what_was_done_at_the_station_is_taken_in(
    session: Session, station: Station, pen: Pen, note: str, reason: str | None, row: tuple[str, Any, str]
) -> None:
    pen.write(Event.COMMAND, NOW, by="desk", reason=reason, note=note)
    take_in(session, station, pen.batch(), LATER)
    command = session.get_one(Command, DESK_ACT)
    assert (command.kind, command.value, command.outcome) == row
    assert (command.by, command.done_at, commands.pending(session, [station.name], NOW)) == ("desk", NOW, {})


@pytest.mark.parametrize("note", ["", "stop", "stop x", f"dance {DESK_ACT}", f"stop {DESK_ACT}x"])
def test_a_record_of_the_desk_in_no_known_form_is_kept_as_it_is(
    session: Session, station: Station, pen: Pen, note: str
) -> None:
    pen.write(Event.COMMAND, NOW, by="desk", note=note)
    take_in(session, station, pen.batch(), LATER)
    assert count(session, Command) == 0


@BOTH
def test_many_stations_at_once_each_for_itself(database: Database) -> None:
    """Whole, twice the same, a gap, a fork, a seal that lies, another's airing, and one that goes on."""
    with database.writing() as session:
        wards = [make_station(session) for _ in range(6)]
        plain, gap, forked, lying, thief, later = wards
        airings = [make_airing(session, ward) for ward in wards]
        pens = [open_pen(ward) for ward in wards]
        for ward in (forked, later):
            take_in(session, ward, pens[wards.index(ward)].batch(), LATER)
        for pen, airing in zip(pens, airings, strict=True):
            pen.play(airing.id, local("06:00"))
        clone = Pen(forked.name)
        clone.write(Event.CHAIN, NOW, reason="other")
        stolen = open_pen(thief)
        stolen.play(airings[0].id, local("06:00"))
        bodies = [
            (plain, pens[0].batch()),
            (gap, pens[1].batch(2)),
            (forked, clone.batch()),
            (lying, pens[3].batch().replace(b"played", b"missed")),
            (plain, pens[0].batch()),
            (thief, stolen.batch()),
            (later, pens[5].batch(2)),
        ]
        told = take_in_all(session, [Posted(*one) for one in bodies], LATER)
        kinds = [type(one).__name__ for one in told]
        last = [one.acknowledged for one in told if isinstance(one, Answer)]
        states = [airing.state for airing in airings]
        session.refresh(airings[0])
    assert kinds == ["Answer", "GapError", "Answer", "ContractError", "Answer", "Answer", "Answer"]
    assert last == [3, 1, 3, 3, 3]
    assert [one.forked for one in told if isinstance(one, Answer)] == [False, True, False, False, False]
    assert states == ["played", "released", "released", "released", "released", "played"]
    with database.reading() as session:
        assert sorted(alarms(session)) == ["fork", "unknown_airing"]
        assert (count(session, Seal), count(session, AsRunRecord)) == (5, 3 + 1 + 3 + 3)
