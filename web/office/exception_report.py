"""The report of exceptions in a period: for reading, for paper, and as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import NamedTuple

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from content.errors import InvalidInputError
from scheduler.board import excused
from scheduler.board.excused import Entry
from scheduler.models.station import Station
from scheduler.rules import Rules
from web import context, forms, places, rule_words
from web.errors import message_of
from web.office.blueprint import office

LONGEST = timedelta(days=366)
SHOWN_USES = 31
_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Period(NamedTuple):
    """The days of a report, both counted."""

    first: date
    last: date


@office.get("/ngoai-le/bao-cao")
def exception_report() -> ResponseReturnValue:
    """Show the exceptions that were allowed in a period, and what made use of them."""
    places.require_sight()
    try:
        period = _period()
    except InvalidInputError as error:
        return _page(_this_month(), [], {error.field or "last_day": message_of(error)}), 422
    return _page(period, _entries(period))


@office.get("/ngoai-le/bao-cao.csv")
def exception_table() -> ResponseReturnValue:
    """Answer the same as a table (CSV in UTF-8 with a mark, as spreadsheets want it), a line a broadcast."""
    places.require_sight()
    period, out = _period(), io.StringIO()
    csv.writer(out).writerows(_table(_entries(period)))
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    name = f"ngoai-le-{period.first.isoformat()}-{period.last.isoformat()}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(period: Period, entries: list[Entry], problem: dict[str, str] | None = None) -> str:
    return render_template(
        "office/exception_report.html",
        period=period,
        typed={"tu": request.args.get("tu"), "den": request.args.get("den")},
        entries=entries,
        units=context.rights().tree.units,
        words=rule_words,
        titles=_titles(entries),
        shown=SHOWN_USES,
        problem=problem or {},
    )


def _titles(entries: list[Entry]) -> dict[str, str]:
    names = {use.station for entry in entries for use in entry.uses[:SHOWN_USES]}
    query = select(Station.name, Station.title).where(Station.name.in_(names))
    found = context.session().execute(query) if names else ()
    return {name: title for name, title in found}  # noqa: C416 (typed)


def _entries(period: Period) -> list[Entry]:
    units = context.rights().unit_ids(*places.SEES)
    return excused.report(context.session(), units, *period, rules=Rules.of(context.house().settings))


def _period() -> Period:
    """Return the days asked for, the month of today when none are."""
    first = forms.maybe_day(request.args, "tu", what=gettext("Từ ngày"))
    last = forms.maybe_day(request.args, "den", what=gettext("Đến hết ngày"))
    month = _this_month()
    period = Period(first or month.first, last or max(first or month.last, month.last))
    if not timedelta() <= period.last - period.first <= LONGEST:
        raise InvalidInputError(
            "Ngày cuối phải sau ngày đầu, không quá {days} ngày.", field="den", days=LONGEST.days
        )
    return period


def _this_month() -> Period:
    first = context.today().replace(day=1)
    return Period(first, (first + timedelta(days=32)).replace(day=1) - timedelta(days=1))


def _table(entries: list[Entry]) -> Iterator[list[object]]:
    yield [
        gettext("Số"),
        gettext("Đơn vị"),
        gettext("Từ ngày"),
        gettext("Đến hết ngày"),
        gettext("Quy định"),
        gettext("Căn cứ"),
        gettext("Lý do"),
        gettext("Người xin"),
        gettext("Xin lúc"),
        gettext("Người duyệt"),
        gettext("Duyệt lúc"),
        gettext("Dùng cho"),
        gettext("Trạm"),
        gettext("Buổi phát"),
        gettext("Lượt phát"),
        gettext("Đã phát"),
    ]
    for entry in entries:
        yield from _rows(entry)


def _rows(entry: Entry) -> Iterator[list[object]]:
    row = entry.exception
    told: list[object] = [
        row.id,
        context.rights().tree.units[row.unit_id].name,
        row.first_day.isoformat(),
        row.last_day.isoformat(),
        rule_words.value_words(entry.rule),
        entry.rule.citation,
        row.reason,
        entry.asked_by,
        _wall(row.asked_at),
        entry.approved_by,
        _wall(row.approved_at),
        _used_for(entry),
    ]
    safe = [_plain(cell) for cell in told]
    if not entry.uses:
        yield [*safe, "", "", 0, 0]
    for use in entry.uses:
        yield [*safe, use.station, _wall(use.starts_at), len(use.airings), use.heard]


def _used_for(entry: Entry) -> str:
    if entry.window is not None:
        said: str = gettext("khung giờ “%(title)s”", title=entry.window.title)
        return said
    if entry.exception.order_id is None:
        return str(gettext("chưa dùng"))
    return str(gettext("lệnh phát số %(id)s", id=entry.exception.order_id))


def _wall(at: datetime | None) -> str:
    return "" if at is None else f"{at.astimezone(context.house().settings.zone):%Y-%m-%d %H:%M}"


def _plain(cell: object) -> object:
    """Keep a spreadsheet from taking words that people typed for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_BEGINS_FORMULA) else cell
