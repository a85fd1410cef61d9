"""Alarms: what a person should look at, and saying that he has."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content import audit
from content.models.people import Role
from scheduler import alarms, stations
from scheduler.models.alarm import Alarm
from web import context
from web.alarm_words import alarm_detail, alarm_words
from web.noted_words import noted_words
from web.office.blueprint import office

office.app_template_global("words_of_alarm")(alarm_words)
office.app_template_global("detail_of_alarm")(alarm_detail)
office.app_template_filter("noted")(noted_words)


@office.post("/canh-bao/<int:alarm_id>/da-xem")
def clear_alarm(alarm_id: int) -> ResponseReturnValue:
    """Close an alarm that the person has seen to."""
    session, found = context.session(), alarms.get(context.session(), alarm_id)
    _require(found)
    alarms.clear(session, alarm_id, now=context.now())
    person = context.person().login
    subject = f"alarm:{alarm_id}"
    audit.record(session, "alarm.clear", actor=person, subject=subject, now=context.now(), kind=found.kind)
    flash(gettext("Đã ghi là đã xem xét cảnh báo."), "success")
    if found.station is not None and request.args.get("tram") == found.station:
        return redirect(url_for("office.station", name=found.station), 303)
    return redirect(url_for("office.home"), 303)


def seen_alarms() -> list[Alarm]:
    """Return the open alarms of the stations the person works for, newest first."""
    seen = context.rights().unit_ids(Role.OFFICE, Role.ADMIN)
    session = context.session()
    units = {line.name: line.unit_id for line in stations.stations_below(session, seen, context.today())}
    return [alarm for alarm in alarms.open_alarms(session) if alarm.station is None or alarm.station in units]


def _require(found: Alarm) -> None:
    if found.station is None:
        return
    unit_id = stations.get(context.session(), found.station).unit_id
    role = Role.ADMIN if context.rights().may(Role.ADMIN, unit_id) else Role.OFFICE
    context.rights().require(role, unit_id)
