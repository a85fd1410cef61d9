"""A station reports that it missed an airing: after the scheduler's next look all three ways have told it.

benchmarks/notices.py measures with real processes after how many seconds.
"""

from __future__ import annotations

import json

from content.clock import SteppedClock
from content.contracts.airings import Kind, Reason, State
from content.contracts.asrun import Event
from content.contracts.instants import format_instant
from content.models.people import Role
from tests.scheduler.factories import Pen
from tests.web.notices.conftest import Office
from tests.web.wards import MORNING, Ward, app_of, beat, make_airing, make_person
from web.notices import filing
from web.processes.noticing import Noticing

FIND_S, POST_S = 10, 2
"""How often the scheduler looks, and sends."""


def report_missed(office: Office, ward: Ward, airing: str) -> int:
    """Post the station's ledger, in which it says that the airing was missed; return the status."""
    pen = Pen(ward.name, key=ward.key)
    pen.write(Event.CHAIN, MORNING, reason="first")
    at = format_instant(MORNING)
    ends = {"outcome": State.MISSED, "reason": Reason.CLIP_MISSING, "planned_at": at}
    pen.write(Event.NOT_PLAYED, MORNING, airing=airing, kind=Kind.BULLETIN, **ends)
    path = f"/api/v1/stations/{ward.name}/as-run"
    return app_of(office.house).test_client().post(path, data=pen.batch(), headers=ward.bearer).status_code


def test_a_missed_airing_reaches_the_ward_by_every_way(
    office: Office, ward: Ward, clock: SteppedClock
) -> None:
    make_person(office.house, "an", (Role.OPERATOR, ward.unit_id))
    office.add("email", "dai@phuong.vn")
    office.add("webhook", office.receiver.url)
    beat(office.house, ward)
    noticing = Noticing(office.house, office.fenced, office.posts)
    noticing.find(clock.now())
    airing = make_airing(office.house, ward, "Thu gom rác", not_after=MORNING)
    assert report_missed(office, ward, airing) == 200
    for _ in range(FIND_S // POST_S + 1):
        clock.advance(POST_S)
        noticing.find(clock.now())
        noticing.send(clock.now())
    (_, body), (message,) = office.receiver.calls[0], office.mailbox.messages
    with office.house.database.reading() as session:
        (notice,) = filing.unseen(session, {ward.unit_id}, clock.now())
    told = "Lượt 06:00 ngày 23/11 “Thu gom rác” ở Đài Hạ Đình không phát."
    assert told in notice.text
    assert told in message.get_content()
    assert told in json.loads(body)["notices"][0]["text"]
