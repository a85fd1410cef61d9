"""A small town for the tests of the public site: units, a plan, articles, airings that were heard."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

import content
from content import plans
from content.clock import SteppedClock
from content.models.bulletin import Approval, Bulletin, Revision
from content.models.news import NewsItem
from content.models.people import User
from content.models.plan import Programme
from content.models.unit import Unit
from content.settings import Settings
from scheduler.models.airing import Airing
from scheduler.models.station import Station
from web.house import House
from web.tables import metadata

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""08:00 on Monday 23/11/2026 at the wards."""
PLAN = Path(content.__file__).parent / "data" / "plan.yaml"
TEXT = "Phường thu gom rác thải cồng kềnh từ 7h30 ngày 25/11.\n\nMời bà con mang ra điểm tập kết."


@dataclass(frozen=True)
class Town:
    """A house whose tables hold units, a plan and a writer."""

    house: House
    ward_id: int
    author_id: int

    def post(
        self,
        title: str = "Thu gom rác",
        *,
        programme: str = "05",
        publish_at: datetime = NOW - timedelta(hours=1),
        expire_at: datetime | None = None,
        summary: str = "Lịch thu gom cuối tuần",
        sound: bytes | None = None,
        text: str = TEXT,
    ) -> str:
        """Post an article with its approved clip; return its slug."""
        sound = sound or secrets.token_bytes(64)
        with self.house.database.writing() as session:
            found = plans.programme_by_code(session, programme)
            approval = self._approve(session, found, title=title, text=text, sound=sound)
            item = NewsItem(
                slug=f"tin-{approval.id}",
                approval_id=approval.id,
                unit_id=self.ward_id,
                programme_id=found.id,
                title=title,
                summary=summary,
                body=text,
                posted_by=self.author_id,
                posted_at=publish_at,
                publish_at=publish_at,
                expire_at=expire_at,
                updated_at=publish_at,
            )
            session.add(item)
            session.flush()
            return item.slug

    def recall(self, slug: str, at: datetime = NOW) -> None:
        """End the bulletin behind an article."""
        with self.house.database.writing() as session:
            item = session.query(NewsItem).filter_by(slug=slug).one()
            item.approval.revision.bulletin.recalled_at = at

    def air(
        self,
        title: str = "Thu gom rác",
        *,
        state: str = "played",
        kind: str = "bulletin",
        heard_ms: int | None = 72_000,
        started_at: datetime | None = NOW - timedelta(hours=2),
        approval_id: int | None = None,
    ) -> None:
        """Store an airing of the ward's station."""
        with self.house.database.writing() as session:
            session.add(
                Airing(
                    id=secrets.token_hex(16),
                    kind=kind,
                    level="normal",
                    station="ha-dinh-1",
                    unit_id=self.ward_id,
                    approval_id=approval_id,
                    starts_at=NOW - timedelta(hours=2),
                    not_after=NOW,
                    duration_ms=72_000,
                    title=title,
                    programme="05",
                    state=state,
                    rank=4,
                    started_at=started_at,
                    heard_ms=heard_ms,
                    created_at=NOW,
                    updated_at=NOW,
                )
            )

    def _approve(
        self, session: Session, programme: Programme, *, title: str, text: str, sound: bytes
    ) -> Approval:
        bulletin = Bulletin(unit_id=self.ward_id, created_by=self.author_id, created_at=NOW)
        session.add(bulletin)
        session.flush()
        digest = hashlib.sha256(text.encode()).hexdigest()
        revision = Revision(
            bulletin_id=bulletin.id,
            number=1,
            programme_id=programme.id,
            level="normal",
            title=title,
            text=text,
            text_sha256=digest,
            spoken=text,
            spoken_sha256=digest,
            lexicon_version="1",
            valid_from=date(2026, 11, 23),
            valid_to=date(2026, 11, 30),
            state="approved",
            author_id=self.author_id,
            updated_at=NOW,
        )
        session.add(revision)
        session.flush()
        approval = Approval(
            revision_id=revision.id,
            text_sha256=digest,
            spoken_sha256=digest,
            clip_sha256=self.house.library.put(sound),
            bytes=len(sound),
            duration_ms=72_400,
            media_type="audio/mpeg",
            voice="espeak",
            lexicon_version="1",
            decided_by=self.author_id,
            decided_at=NOW,
            heard_ms=72_000,
        )
        session.add(approval)
        session.flush()
        return approval


def build_town(folder: Path) -> None:
    """Store in `folder` one city, one ward with a station, a writer and the ten programmes."""
    house = _open(folder, "rehearsal")
    metadata.create_all(house.database.engine.execution_options(loaphuong_write=True))
    with house.database.writing() as session:
        city = Unit(slug="ha-noi", name="Hà Nội", kind="city", valid_from=date(2025, 7, 1))
        session.add(city)
        session.flush()
        ward = Unit(slug="ha-dinh", name="Phường Hạ Đình", kind="ward", valid_from=date(2025, 7, 1))
        ward.parent_id = city.id
        session.add_all([ward, User(login="lan", name="Nguyễn Thị Lan", password_hash="!", created_at=NOW)])
        session.flush()
        session.add(Station(name="ha-dinh-1", unit_id=ward.id, title="Cụm loa số 1", created_at=NOW))
        plans.import_plan(session, PLAN, by="system", now=NOW)
    house.close()


def open_town(folder: Path, *, mode: str = "rehearsal") -> Town:
    """Return the town that was built in `folder`."""
    house = _open(folder, mode)
    with house.database.reading() as session:
        ward = session.query(Unit).filter_by(slug="ha-dinh").one()
        author = session.query(User).filter_by(login="lan").one()
        return Town(house, ward.id, author.id)


def _open(folder: Path, mode: str) -> House:
    given = {"mode": mode, "data_dir": folder, "public_url": "https://loa.example"}
    return House.open(Settings.model_validate(given), SteppedClock(NOW))
