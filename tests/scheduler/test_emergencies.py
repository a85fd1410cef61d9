"""Emergencies: who may call, who must stand by it, the rounds, the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content import phrases
from content.contracts.airings import State
from content.contracts.manifest import Manifest, open_manifest
from content.errors import ConflictError, ForbiddenError, InvalidInputError
from content.models.audit import Audit
from content.models.bulletin import Bulletin, RevisionAuthor
from content.models.people import User
from content.models.phrase import Phrase, PhraseUse
from content.models.unit import Unit
from scheduler import alarms, emergencies, hurry, manifests, planning
from scheduler.calls import Area, Call
from scheduler.models.airing import Airing
from scheduler.models.emergency import Emergency
from scheduler.models.station import Station
from tests.scheduler.factories import (
    CENTRE,
    NOW,
    RULES,
    TERMS,
    add_revision,
    local,
    make_bulletin,
    make_scene,
    make_station,
    make_unit,
    make_user,
)

MINUTE = timedelta(minutes=1)


class Town:
    """Two wards with a station each, a leader, a second one, and phrases for both wards."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.city = make_unit(session, "thanh-pho", kind="city")
        self.wards = [make_unit(session, name, parent=self.city) for name in ("phuong-a", "phuong-b")]
        self.stations = [make_station(session, f"tram-{unit.slug}", unit=unit) for unit in self.wards]
        self.leader, self.second = make_user(session, "lanh-dao"), make_user(session, "pho")
        self.storm = self.phrase()
        self.serial = 0

    def words(self, title: str = "Bão vào", **more: Any) -> Bulletin:
        bulletin = make_bulletin(self.session, self.city, level="emergency", title=title, seconds=20, **more)
        self.session.expire(bulletin.latest)
        return bulletin

    def phrase(self, use: PhraseUse = PhraseUse.CALL, *, exercise: bool = False) -> Phrase:
        title = "Diễn tập: bão vào" if exercise else "Bão vào"
        words = self.words(title)
        if exercise:
            words.latest.text = "Đây là diễn tập. Bão vào."
        made = {"use": use, "exercise": exercise, "by": self.leader, "now": NOW}
        return phrases.put(self.session, words, **made)  # type: ignore[arg-type]

    def call(self, phrase: Phrase | None = None, **more: Any) -> Call:
        self.serial += 1
        given: dict[str, Any] = {
            "token": f"t{self.serial}",
            "bulletin_id": (phrase or self.storm).bulletin_id,
            "area": Area(units=[self.city.id]),
            "reason": "Bão số 3",
        }
        return Call(**{**given, **more})

    def ask(self, call: Call | None = None, *, by: User | None = None, now: datetime = NOW) -> Emergency:
        call = call or self.call()
        return emergencies.request(self.session, call, by=by or self.leader, rules=RULES, now=now)

    def end(self, emergency: Emergency, *, now: datetime, clear: int | None = None) -> list[str]:
        told: dict[str, Any] = {"reason": "Bão đã tan", "clear_id": clear, "rules": RULES, "now": now}
        return emergencies.end(self.session, emergency, by=self.second, **told)

    def tick(self, now: datetime) -> None:
        """Do what the scheduler does every second."""
        if not emergencies.needs_tick(self.session, now):
            return
        emergencies.tick(self.session, now, RULES)
        self.session.flush()

    def airings(self, *, station: int = 0) -> list[Airing]:
        query = select(Airing).where(Airing.station == self.stations[station].name)
        return list(self.session.scalars(query.order_by(Airing.starts_at, Airing.id)))

    def release(self, now: datetime) -> list[tuple[str, int]]:
        return manifests.release(self.session, now, TERMS, key=CENTRE)

    def hurry(self, now: datetime) -> list[tuple[str, int]]:
        names = [station.name for station in self.stations]
        return hurry.release_emergencies(self.session, names, now, TERMS, key=CENTRE)

    def manifest(self, station: int = 0) -> Manifest:
        found = manifests.current(self.session, self.stations[station].name)
        assert found is not None
        return open_manifest(found.payload, [CENTRE.public])


def write(session: Session, bulletin: Bulletin, by: User) -> None:
    """Note who wrote, as saving does."""
    session.add(RevisionAuthor(revision_id=bulletin.latest.id, user_id=by.id))
    session.flush()


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


def test_one_person_calls_with_a_phrase_and_all_stations_of_the_area_are_given_it(town: Town) -> None:
    emergency = town.ask()
    assert (emergency.is_running, emergency.rounds, emergency.stations) == (
        True,
        1,
        ["tram-phuong-a", "tram-phuong-b"],
    )
    assert [(row.level, row.starts_at, row.state) for row in town.airings()] == [
        ("emergency", NOW, "planned")
    ]


def test_a_form_sent_twice_calls_once(town: Town) -> None:
    call = town.call()
    assert town.ask(call).id == town.ask(call).id
    assert len(town.airings()) == 1
    with pytest.raises(ConflictError):
        town.ask(call, by=town.second)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"area": Area()}, "units"),
        ({"area": Area(units=[4711])}, "units"),
        ({"area": Area(tags=["Không Phải"])}, "units"),
        ({"area": Area(stations=["khong-co"])}, "stations"),
        ({"bulletin_id": 4711}, "bulletin"),
        ({"repeat_minutes": 4, "until": NOW + timedelta(hours=1)}, "repeat"),
        ({"repeat_minutes": 10}, "until"),
        ({"repeat_minutes": 10, "until": NOW}, "until"),
        ({"repeat_minutes": 10, "until": NOW + timedelta(hours=13)}, "until"),
    ],
)
def test_what_cannot_be_called_is_told_by_its_field_and_calls_nothing(
    town: Town, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInputError) as told:
        town.ask(town.call(**change))
    assert told.value.field == field
    assert town.airings() == []


def test_words_that_are_no_emergency_are_not_called(town: Town, session: Session) -> None:
    plain = make_bulletin(session, town.city)
    with pytest.raises(InvalidInputError):
        town.ask(town.call(bulletin_id=plain.id))


def test_a_phrase_taken_away_is_not_called(town: Town, session: Session) -> None:
    phrases.retire(session, town.storm, by=town.leader, now=NOW)
    with pytest.raises(InvalidInputError):
        town.ask()


def test_a_call_in_quiet_hours_is_made(town: Town) -> None:
    town.ask(now=local("23:30"))
    assert [row.starts_at for row in town.airings()] == [local("23:30")]


def test_new_words_wait_for_a_second_person(town: Town) -> None:
    emergency = town.ask(town.call(bulletin_id=town.words().id))
    assert (emergency.started_at, town.airings()) == (None, [])
    told: dict[str, Any] = {"rules": RULES, "now": NOW + MINUTE}
    with pytest.raises(ForbiddenError):
        emergencies.confirm(town.session, emergency, by=town.leader, **told)
    emergencies.confirm(town.session, emergency, by=town.second, **told)
    assert (emergency.countersigned_by, len(town.airings())) == (town.second.id, 1)
    with pytest.raises(ConflictError):
        emergencies.confirm(town.session, emergency, by=town.second, **told)


def test_who_wrote_new_words_does_not_confirm_them(town: Town, session: Session) -> None:
    words = town.words()
    write(session, words, town.second)
    emergency = town.ask(town.call(bulletin_id=words.id))
    with pytest.raises(ForbiddenError):
        emergencies.confirm(session, emergency, by=town.second, rules=RULES, now=NOW)


def test_words_their_author_approved_himself_are_never_called(town: Town, session: Session) -> None:
    own = make_bulletin(session, town.city, level="emergency")
    write(session, own, own.latest.author)
    with pytest.raises(ForbiddenError):
        town.ask(town.call(bulletin_id=own.id))


def test_new_words_nobody_confirms_lapse(town: Town) -> None:
    emergency = town.ask(town.call(bulletin_id=town.words().id))
    town.tick(NOW + 29 * MINUTE)
    assert emergency.is_open
    town.tick(NOW + 31 * MINUTE)
    assert (emergency.is_open, town.airings()) == (False, [])


def test_who_called_does_not_countersign(town: Town) -> None:
    emergency = town.ask()
    with pytest.raises(ForbiddenError):
        emergencies.countersign(town.session, emergency, by=town.leader, now=NOW)
    emergencies.countersign(town.session, emergency, by=town.second, now=NOW + MINUTE)
    with pytest.raises(ConflictError):
        emergencies.countersign(town.session, emergency, by=town.second, now=NOW + MINUTE)


@pytest.mark.parametrize(("minutes", "reported"), [(14, False), (15, True)])
def test_what_nobody_countersigns_within_15_minutes_is_reported_once(
    town: Town, minutes: int, reported: bool
) -> None:
    emergency = town.ask()
    for _ in range(2):
        town.tick(NOW + minutes * MINUTE)
    assert (emergency.reported_at is not None) == reported
    assert [alarm.kind for alarm in alarms.open_alarms(town.session)] == ["emergency_unsigned"] * reported
    lines = town.session.scalars(select(Audit.action).where(Audit.action == "emergency.unsigned")).all()
    assert len(lines) == reported


def test_what_was_countersigned_is_not_reported(town: Town) -> None:
    emergency = town.ask()
    emergencies.countersign(town.session, emergency, by=town.second, now=NOW + 14 * MINUTE)
    town.tick(NOW + 20 * MINUTE)
    assert emergency.reported_at is None


def test_a_late_countersignature_clears_the_alarm_and_the_report_stays(town: Town) -> None:
    emergency = town.ask()
    town.tick(NOW + 16 * MINUTE)
    assert emergencies.unsigned(town.session) == [emergency]
    emergencies.countersign(town.session, emergency, by=town.second, now=NOW + 17 * MINUTE)
    assert (alarms.open_alarms(town.session), emergencies.unsigned(town.session)) == ([], [])
    assert emergency.reported_at == NOW + 16 * MINUTE


def test_rounds_are_placed_ahead_once_and_none_after_the_end(town: Town) -> None:
    town.ask(town.call(repeat_minutes=10, until=NOW + 30 * MINUTE))
    town.tick(NOW + timedelta(seconds=1))
    town.tick(NOW + timedelta(seconds=2))
    starts = [row.starts_at for row in town.airings()]
    assert starts == [NOW + n * 10 * MINUTE for n in range(4)]
    assert [row.not_after - row.starts_at for row in town.airings()] == [10 * MINUTE] * 4


def test_the_planner_leaves_calls_alone(town: Town) -> None:
    town.ask(town.call(area=Area(stations=[town.stations[0].name])))
    planning.replan(town.session, NOW, RULES)
    assert ([row.state for row in town.airings()], town.airings(station=1)) == (["planned"], [])


def test_the_end_takes_back_what_has_not_sounded_and_gives_the_all_clear(town: Town) -> None:
    clear = town.phrase(PhraseUse.ALL_CLEAR)
    town.release(NOW)
    emergency = town.ask(town.call(repeat_minutes=10, until=NOW + 30 * MINUTE))
    town.hurry(NOW)
    told = town.end(emergency, now=NOW + MINUTE, clear=clear.bulletin_id)
    assert told == emergency.stations
    town.hurry(NOW + MINUTE)
    first, last = town.airings()
    assert (first.recalled_at, last.starts_at) == (NOW + MINUTE, NOW + MINUTE)
    manifest = town.manifest()
    assert ([item.id for item in manifest.items], manifest.cancelled) == ([last.id], (first.id,))


def test_nothing_is_placed_after_the_end(town: Town) -> None:
    emergency = town.ask(town.call(repeat_minutes=10, until=NOW + 30 * MINUTE))
    town.end(emergency, now=NOW)
    town.tick(NOW + MINUTE)
    assert [row.state for row in town.airings()] == ["cancelled"]
    with pytest.raises(ConflictError):
        town.end(emergency, now=NOW)


@pytest.mark.parametrize("wrong", ["call", "exercise", "none"])
def test_only_an_all_clear_ends_a_call_aloud(town: Town, wrong: str) -> None:
    made = {
        "call": lambda: town.phrase().bulletin_id,
        "exercise": lambda: town.phrase(PhraseUse.ALL_CLEAR, exercise=True).bulletin_id,
        "none": lambda: town.words().id,
    }[wrong]()
    emergency = town.ask()
    with pytest.raises(InvalidInputError):
        town.end(emergency, now=NOW, clear=made)


def test_an_all_clear_is_never_called_with(town: Town) -> None:
    with pytest.raises(InvalidInputError):
        town.ask(town.call(town.phrase(PhraseUse.ALL_CLEAR)))


def test_a_call_runs_out_when_no_round_may_begin_any_more(town: Town) -> None:
    emergency = town.ask()
    town.tick(NOW + 60 * MINUTE)
    assert emergency.is_open
    town.tick(NOW + 61 * MINUTE)
    assert (emergency.is_open, emergency.ended_by) == (False, None)


def exercised(town: Town, **more: Any) -> Emergency:
    phrase = town.phrase(exercise=True)
    given = {"area": Area(stations=[town.stations[0].name]), **more}
    return town.ask(town.call(phrase, **given), now=local("09:00"))


def test_an_exercise_sounds_at_the_chosen_stations_and_says_what_it_is(town: Town) -> None:
    emergency = exercised(town)
    assert (emergency.exercise, emergency.title) == (True, "Diễn tập: bão vào")
    assert ([row.title for row in town.airings()], town.airings(station=1)) == (["Diễn tập: bão vào"], [])


@pytest.mark.parametrize("where", ["units", "all", "repeat", "both"])
def test_an_exercise_is_never_everywhere_and_never_repeated(town: Town, where: str) -> None:
    area = {
        "units": Area(units=[town.wards[0].id]),
        "all": Area(stations=[station.name for station in town.stations]),
        "repeat": Area(stations=[town.stations[0].name]),
        "both": Area(units=[town.wards[0].id], stations=[town.stations[0].name]),
    }[where]
    more = {"repeat_minutes": 10, "until": local("10:00")} if where == "repeat" else {}
    with pytest.raises(InvalidInputError):
        exercised(town, area=area, **more)


@pytest.mark.parametrize("at", ["20:55", "22:00", "05:59"])
def test_an_exercise_never_sounds_in_quiet_hours(town: Town, at: str) -> None:
    call = town.call(town.phrase(exercise=True), area=Area(stations=[town.stations[0].name]))
    with pytest.raises(InvalidInputError):
        town.ask(call, now=local(at))


def test_an_exercise_that_does_not_say_so_is_none(town: Town, session: Session) -> None:
    words = town.words("Bão vào")
    with pytest.raises(InvalidInputError):
        phrases.put(session, words, use=PhraseUse.CALL, exercise=True, by=town.leader, now=NOW)


def test_a_second_call_during_the_first_is_another_one(town: Town) -> None:
    town.ask()
    town.ask(now=NOW + MINUTE)
    assert [row.starts_at for row in town.airings()] == [NOW, NOW + MINUTE]
    assert len(emergencies.calling(town.session)) == 2


def test_a_call_is_added_to_the_manifest_and_one_drawn_whole_follows(session: Session, town: Town) -> None:
    town.release(NOW)
    town.ask()
    assert town.hurry(NOW) == [(name, 2) for name in ("tram-phuong-a", "tram-phuong-b")]
    (row,) = town.airings()
    assert (row.state, row.released_generation) == ("released", 2)
    manifest = town.manifest()
    assert ([item.id for item in manifest.items], manifest.issued_at) == ([row.id], NOW)
    assert town.release(NOW + timedelta(seconds=1)) == []
    assert len(town.release(NOW + timedelta(seconds=6))) == 2
    assert [item.id for item in town.manifest().items] == [row.id]
    assert town.release(NOW + timedelta(seconds=7)) == []


def test_a_call_keeps_what_the_station_had_to_play(session: Session) -> None:
    scene = make_scene(session)
    planning.replan(session, NOW, RULES)
    manifests.release(session, NOW, TERMS, key=CENTRE)
    town = Town(session)
    scene.unit.parent_id = town.city.id
    session.flush()
    town.ask(town.call(area=Area(units=[scene.unit.id])))
    hurry.release_emergencies(session, [scene.station.name], NOW, TERMS, key=CENTRE)
    found = manifests.current(session, scene.station.name)
    assert found is not None
    levels = [item.level for item in open_manifest(found.payload, [CENTRE.public]).items]
    assert levels == ["emergency", "normal"]


def test_a_station_without_a_manifest_is_given_one(town: Town) -> None:
    town.ask()
    assert town.hurry(NOW) == [("tram-phuong-a", 1), ("tram-phuong-b", 1)]


def test_a_station_ahead_of_us_is_given_a_whole_one(town: Town) -> None:
    town.release(NOW)
    town.stations[0].generation = 9
    town.ask()
    assert sorted(town.hurry(NOW)) == [("tram-phuong-a", 10), ("tram-phuong-b", 2)]


def test_nothing_is_signed_whose_approval_fell_in_between(town: Town, session: Session) -> None:
    town.release(NOW)
    town.ask()
    add_revision(session, town.storm.bulletin, state="draft", level="emergency")
    town.hurry(NOW)
    assert [row.state for row in town.airings()] == ["cancelled"]


def test_clips_of_approved_phrases_are_kept_ready_below_their_unit(session: Session, town: Town) -> None:
    town.release(NOW - MINUTE)
    approval = town.storm.bulletin.latest.approval
    assert approval is not None
    assert [clip.sha256 for clip in town.manifest().standby] == [approval.clip_sha256]
    other = town.phrase()
    assert len(town.release(NOW)) == 2
    assert len(town.manifest().standby) == 2
    phrases.retire(session, other, by=town.leader, now=NOW + 2 * MINUTE)
    town.release(NOW + 2 * MINUTE)
    assert len(town.manifest().standby) == 1
    assert town.release(NOW + 3 * MINUTE) == []


def test_phrases_of_a_ward_are_not_kept_elsewhere(session: Session, town: Town) -> None:
    elsewhere: Unit = make_unit(session, "noi-khac")
    station: Station = make_station(session, unit=elsewhere)
    town.release(NOW)
    found = manifests.current(session, station.name)
    assert found is not None
    assert open_manifest(found.payload, [CENTRE.public]).standby == ()


def test_a_phrase_is_called_below_its_unit_only(session: Session, town: Town) -> None:
    elsewhere = make_station(session, unit=make_unit(session, "noi-khac"))
    with pytest.raises(InvalidInputError):
        town.ask(town.call(area=Area(stations=[elsewhere.name])))


def test_a_call_reaches_by_tag(session: Session, town: Town) -> None:
    town.wards[1].tags = ["ven-song"]
    session.flush()
    emergency = town.ask(town.call(area=Area(tags=["ven-song"])))
    assert emergency.stations == ["tram-phuong-b"]


def test_what_was_over_is_no_more_shown(town: Town) -> None:
    emergency = town.ask()
    emergencies.countersign(town.session, emergency, by=town.second, now=NOW)
    town.end(emergency, now=NOW + MINUTE)
    assert emergencies.calling(town.session) == []
    assert not emergencies.needs_tick(town.session, NOW + 90 * MINUTE)


def test_until_moves_with_a_late_confirmation(town: Town) -> None:
    until = NOW + 30 * MINUTE
    call = replace(town.call(bulletin_id=town.words().id), repeat_minutes=10, until=until)
    emergency = town.ask(call)
    emergencies.confirm(town.session, emergency, by=town.second, rules=RULES, now=NOW + 5 * MINUTE)
    assert emergency.until == until + 5 * MINUTE
    assert State(town.airings()[0].state) is State.PLANNED
