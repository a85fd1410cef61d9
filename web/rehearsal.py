"""What a rehearsal starts with: the plan, the units and stations, people for each role, sample bulletins.

Everything goes through the same services as by hand.  Seeding happens once for a data folder.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from audio import reading
from content import bulletins, people, phrases, plans, units
from content.contracts.airings import Level
from content.models.audit import Setting
from content.models.people import Role, User
from content.models.phrase import PhraseUse
from content.models.plan import Programme
from content.models.unit import Unit
from scheduler import rulebook, stations, windows
from scheduler.rules import Rules
from web.house import House

DATA = Path(plans.__file__).parent / "data"
DISTRICT, WARD = "thanh-xuan", "ha-dinh"
VALID_DAYS = 13
BUDGET_MS = 15 * 60_000
EVERY_DAY = "FREQ=DAILY"
PROMPTER = "tap-duot"
SAMPLES = "rehearsal.samples"
_PEOPLE = (
    ("van-phong", "Phòng Văn hóa – Thông tin", ((Role.OFFICE, DISTRICT),)),
    ("lanh-dao", "Lãnh đạo duyệt", ((Role.APPROVER, DISTRICT),)),
    ("dai-ha-dinh", "Đài phường Hạ Đình", ((Role.OPERATOR, WARD),)),
    ("bien-tap", "Biên tập trang tin", ((Role.EDITOR, DISTRICT),)),
    ("truc-ban", "Trực ban khẩn cấp", ((Role.EMERGENCY, DISTRICT),)),
    ("quan-tri", "Quản trị hệ thống", ((Role.ADMIN, "ha-noi"),)),
)


@dataclass(frozen=True)
class Account:
    """A sample person with the password that is told once."""

    login: str
    name: str
    password: str


def seed(house: House) -> list[Account]:
    """Fill an empty database; return the people made, none when it was filled before."""
    with house.database.writing() as session:
        now = house.clock.now()
        if session.scalar(select(func.count()).select_from(Unit)):
            return []
        plans.import_plan(session, plans.SHIPPED, by="demo", now=now)
        units.import_units(session, units.SHIPPED, by="demo", now=now)
        rulebook.import_rules(session, rulebook.SHIPPED, by="demo", now=now)
        _make_stations(session, house, now)
        accounts = _make_people(session, now)
        _write_bulletins(session, house, now)
        return accounts


def _make_stations(session: Session, house: House, now: datetime) -> None:
    rules = Rules.of(house.settings)
    wards = session.scalars(select(Unit).where(Unit.kind == "ward").order_by(Unit.name))
    for ward in wards.all():
        name = ward.name.removeprefix("Phường ")
        station = stations.create_station(
            session, ward.id, title=f"Đài {name}", name=f"{ward.slug}-1", now=now
        )
        for title, start in (("Buổi sáng", "06:30"), ("Buổi chiều", "17:00")):
            windows.create_window(
                session,
                station,
                title=title,
                rrule=EVERY_DAY,
                local_start=start,
                budget_ms=BUDGET_MS,
                first_day=house.today(now),
                enforce_limits=False,
                rules=rules,
                now=now,
            )


def _make_people(session: Session, now: datetime) -> list[Account]:
    accounts = []
    for login, name, grants in _PEOPLE:
        password = people.generated_password()
        user = people.create_user(session, login, name=name, password=password, now=now, by="demo")
        for role, slug in grants:
            people.grant(session, user, role, units.by_slug(session, slug).id, by="demo", now=now)
        accounts.append(Account(login, name, password))
    _make_prompter(session, now)
    return accounts


def _make_prompter(session: Session, now: datetime) -> None:
    """Make the one in whose name the rehearsal itself acts; nobody knows the password."""
    name, password = "Chương trình tập dượt", people.generated_password()
    user = people.create_user(session, PROMPTER, name=name, password=password, now=now, by="demo")
    district = units.by_slug(session, DISTRICT)
    for role in (Role.OFFICE, Role.APPROVER):
        people.grant(session, user, role, district.id, by="demo", now=now)


def _write_bulletins(session: Session, house: House, now: datetime) -> None:
    author, district = people.by_login(session, "van-phong"), units.by_slug(session, DISTRICT)
    programmes = {programme.code: programme for programme in plans.current(session).programmes}
    approvable: dict[int, str] = {}
    for given in _load("bulletins.yaml")["bulletins"]:
        draft = _draft(given, programmes[given["programme"]], house.today(now))
        checked = draft.checked(session, text_limit=house.settings.text_limit)
        words = bulletins.SpokenWords(reading.spoken(checked.text), reading.Lexicon.shipped().version)
        bulletin = bulletins.create(session, district.id, author=author, draft=checked, spoken=words, now=now)
        if given["state"] == "approved":
            approvable[bulletin.id] = bulletin.latest.text_sha256
        if given["state"] != "draft":
            bulletins.submit(session, bulletin.latest, by=author, now=now, today=house.today(now))
    approvable |= _write_phrases(session, house, author, district.id, now)
    session.add(Setting(key=SAMPLES, value=json.dumps(approvable), updated_at=now))


def _write_phrases(
    session: Session, house: House, author: User, unit_id: int, now: datetime
) -> dict[int, str]:
    """Submit the sample phrases; return bulletin id → sha256 of its text."""
    today, programme = house.today(now), plans.current(session).programmes[0]
    made: dict[int, str] = {}
    for given in _load("phrases.yaml")["phrases"]:
        exercise, wording = given.get("exercise", False), (given["title"], given["text"])
        title, text = phrases.as_exercise(*wording) if exercise else wording
        told = {"programme": programme.code, "level": str(Level.EMERGENCY), "title": title, "text": text}
        draft = _draft(told, programme, today).checked(session, text_limit=house.settings.text_limit)
        words = bulletins.SpokenWords(reading.spoken(draft.text), reading.Lexicon.shipped().version)
        bulletin = bulletins.create(session, unit_id, author=author, draft=draft, spoken=words, now=now)
        use = PhraseUse(given["use"])
        phrases.put(session, bulletin, use=use, exercise=exercise, by=author, now=now)
        bulletins.submit(session, bulletin.latest, by=author, now=now, today=today)
        made[bulletin.id] = bulletin.latest.text_sha256
    return made


def _draft(given: dict[str, Any], programme: Programme, today: date) -> bulletins.Draft:
    last = today + timedelta(days=VALID_DAYS)
    return bulletins.Draft(programme.id, given["level"], given["title"], given["text"], today, last)


def invite_virtual_station(house: House, folder: Path) -> str | None:
    """Return a code for the ward's virtual station, None when it is enrolled at these very addresses."""
    with house.database.writing() as session:
        now, ward = house.clock.now(), units.by_slug(session, WARD)
        station = stations.stations_below(session, [ward.id], house.today(now))[0]
        if station.enrolled_at is not None and _knows_us(house, folder / "station.json"):
            return None
        site, keyid = house.settings.url_of_site, house.key.public.keyid
        return str(stations.invite(session, station, url=site, keyid=keyid, by="demo", now=now))


def _knows_us(house: House, record: Path) -> bool:
    """Tell whether the station's own record names the ports of this start."""
    try:
        kept = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return False
    bell, site = f"{house.settings.url_of_bell}/", house.settings.url_of_site
    return kept.get("centre_url") == site and str(kept.get("bell_url")).startswith(bell)


def samples(session: Session) -> dict[int, str]:
    """Return bulletin id → sha256 of its seeded text, of the samples the rehearsal itself may approve."""
    kept = session.get(Setting, SAMPLES)
    return {int(key): text for key, text in json.loads(kept.value).items()} if kept else {}


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DATA / name).read_text("utf-8"))
    return loaded
