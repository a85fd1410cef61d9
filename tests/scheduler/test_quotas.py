"""Weekly airtime of programmes: the nearest quota counts."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content.errors import InvalidInputError
from content.models.audit import Audit
from scheduler.quotas import listing, load_quotas, set_quota
from tests.scheduler.factories import NOW, make_programme, make_unit

BY = "van-phong"


def test_the_nearest_quota_counts(session: Session) -> None:
    programme, ward = make_programme(session), make_unit(session)
    set_quota(session, programme, 600, by=BY, now=NOW)
    set_quota(session, programme, 900, unit_id=ward.id, by=BY, now=NOW)
    quotas = load_quotas(session)
    assert [quotas.of("03", [ward.id]), quotas.of("03", [99]), quotas.of("04", []), quotas.of(None, [])] == [
        *(900, 600, 0, 0)
    ]


def test_a_quota_is_set_again_and_taken_away(session: Session) -> None:
    programme = make_programme(session)
    for seconds in (600, 700, None, None):
        set_quota(session, programme, seconds, by=BY, now=NOW)
    assert (listing(session, [programme.id]), load_quotas(session).of("03", [])) == ([], 0)
    assert len(session.scalars(select(Audit).where(Audit.action == "quota.set")).all()) == 4


def test_quotas_are_listed(session: Session) -> None:
    programme, ward = make_programme(session), make_unit(session)
    set_quota(session, programme, 900, unit_id=ward.id, by=BY, now=NOW)
    set_quota(session, programme, 600, by=BY, now=NOW)
    assert [quota.seconds_per_week for quota in listing(session, [programme.id])] == [600, 900]


@pytest.mark.parametrize(
    ("seconds", "unit", "field"),
    [(-1, None, "seconds_per_week"), (604_801, None, "seconds_per_week"), (1, 9, "unit_id")],
)
def test_a_bad_quota_is_refused(session: Session, seconds: int, unit: int | None, field: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        set_quota(session, make_programme(session), seconds, unit_id=unit, by=BY, now=NOW)
    assert caught.value.field == field
