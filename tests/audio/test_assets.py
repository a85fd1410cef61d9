"""Openings and closings: the nearest unit's, the programme's own before that of all."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from audio import assets
from audio.models import Asset, AssetRole
from content import bulletins
from content.errors import ConflictError, InvalidInputError, NotFoundError
from content.models.bulletin import Bulletin, BulletinKind
from content.models.people import User
from content.models.plan import Plan
from content.models.unit import Unit
from tests.factories import LAST_DAY, NOW, TODAY, make_approval, make_draft, make_plan, make_unit, make_user


@dataclass
class Studio:
    session: Session
    city: Unit
    ward: Unit
    plan: Plan
    writer: User
    leader: User

    def ident(
        self, unit: Unit, *, approved: bool = True, kind: BulletinKind = BulletinKind.IDENT
    ) -> Bulletin:
        made = bulletins.create(
            self.session,
            unit.id,
            author=self.writer,
            draft=make_draft(self.plan),
            spoken=bulletins.SpokenWords("lời mở đầu", "v1"),
            now=NOW,
            kind=kind,
        )
        if approved:
            make_approval(self.session, made, self.leader)
        return made

    def put(self, unit: Unit, programme_id: int | None = None, *, approved: bool = True) -> Bulletin:
        """Let an ident open the unit's broadcasts."""
        made = self.ident(unit, approved=approved)
        role = AssetRole.OPENING
        assets.put(self.session, made, role=role, programme_id=programme_id, by=self.writer, now=NOW)
        return made

    def take_over(self, bulletin: Bulletin) -> None:
        """Let an ident replace the former, as its approval does."""
        assets.take_over(self.session, bulletin, by=self.leader, now=NOW, day=TODAY)

    def standing(self, unit: Unit | None = None) -> list[int]:
        """Return the bulletins that stand for the unit, the ward by default."""
        return [asset.bulletin_id for asset in assets.listing(self.session, [(unit or self.ward).id])]

    @property
    def programme_id(self) -> int:
        return self.plan.programmes[0].id

    def heard(self, role: AssetRole = AssetRole.OPENING) -> int | None:
        """Return the bulletin that opens the ward's broadcast of the first programme."""
        found = assets.standing(
            self.session, self.ward.id, programme_id=self.programme_id, role=role, day=TODAY
        )
        return found.revision.bulletin_id if found else None


@pytest.fixture
def studio(session: Session) -> Studio:
    city = make_unit(session, "Thành phố", kind="city")
    ward = make_unit(session, "Phường", parent=city)
    people = (make_user(session, "nguoi-viet"), make_user(session, "lanh-dao"))
    return Studio(session, city, ward, make_plan(session), *people)


def test_where_nothing_stands_nothing_is_heard(studio: Studio) -> None:
    assert studio.heard() is None


def test_the_unit_above_is_heard_where_the_ward_has_none(studio: Studio) -> None:
    assert studio.put(studio.city).id == studio.heard()


def test_the_nearest_unit_counts(studio: Studio) -> None:
    studio.put(studio.city, studio.programme_id)
    assert studio.put(studio.ward).id == studio.heard()


def test_the_programmes_own_comes_first(studio: Studio) -> None:
    own = studio.put(studio.ward, studio.programme_id)
    studio.put(studio.ward)
    assert own.id == studio.heard()


def test_another_programmes_is_not_heard(studio: Studio) -> None:
    studio.put(studio.ward, studio.plan.programmes[1].id)
    assert studio.heard() is None


def test_a_closing_opens_nothing(studio: Studio) -> None:
    studio.put(studio.ward)
    assert studio.heard(AssetRole.CLOSING) is None


def test_one_without_approval_is_passed_over(studio: Studio) -> None:
    above = studio.put(studio.city)
    studio.put(studio.ward, approved=False)
    assert above.id == studio.heard()


def test_a_new_one_takes_the_place_of_the_former_when_it_is_approved(studio: Studio) -> None:
    former, newer = studio.put(studio.ward), studio.put(studio.ward, approved=False)
    assert (studio.heard(), studio.standing()) == (former.id, [former.id, newer.id])
    make_approval(studio.session, newer, studio.leader)
    studio.take_over(newer)
    assert (studio.heard(), studio.standing()) == (newer.id, [newer.id])


def test_a_former_one_that_is_approved_late_leaves_the_newer(studio: Studio) -> None:
    former, newer = studio.put(studio.ward), studio.put(studio.ward, approved=False)
    studio.take_over(former)
    assert studio.standing() == [former.id, newer.id]


def test_one_of_another_place_is_not_replaced(studio: Studio) -> None:
    own, of_all, above = (
        studio.put(studio.ward, studio.programme_id),
        studio.put(studio.ward),
        studio.put(studio.city),
    )
    newer = studio.put(studio.ward)
    studio.take_over(newer)
    assert studio.standing() == [own.id, newer.id]
    assert studio.standing(studio.city) == [above.id]
    assert of_all.id not in studio.standing()


def test_one_that_is_valid_later_waits_for_its_day(studio: Studio) -> None:
    former, newer = studio.put(studio.ward), studio.put(studio.ward)
    newer.latest.valid_from = LAST_DAY
    studio.take_over(newer)
    assert (studio.heard(), studio.standing()) == (former.id, [former.id, newer.id])


def test_one_that_was_retired_is_not_heard_and_ends_once(studio: Studio) -> None:
    studio.put(studio.ward)
    (asset,) = assets.listing(studio.session, [studio.ward.id])
    assets.retire(studio.session, asset, by=studio.writer, now=NOW)
    assert studio.heard() is None
    with pytest.raises(ConflictError):
        assets.retire(studio.session, asset, by=studio.writer, now=NOW)


def test_its_validity_is_that_of_its_wording(studio: Studio) -> None:
    studio.put(studio.ward)
    late = LAST_DAY.replace(month=12)
    programme_id, role = studio.programme_id, AssetRole.OPENING
    assert (
        assets.standing(studio.session, studio.ward.id, programme_id=programme_id, role=role, day=late)
        is None
    )


def test_a_message_is_no_opening(studio: Studio) -> None:
    message = studio.ident(studio.ward, kind=BulletinKind.BULLETIN)
    with pytest.raises(InvalidInputError):
        assets.put(
            studio.session, message, role=AssetRole.OPENING, programme_id=None, by=studio.writer, now=NOW
        )


def test_what_is_not_there_is_told(studio: Studio) -> None:
    with pytest.raises(NotFoundError):
        assets.get(studio.session, 7)
    studio.put(studio.ward)
    assert isinstance(assets.get(studio.session, 1), Asset)
