"""Rules of broadcasting: which hold where, since when, by which paper; administrators add and end them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content.errors import InvalidInputError
from content.models.people import Role
from content.models.unit import Unit
from scheduler import exceptions as allowed
from scheduler import rulebook
from scheduler.limits import LEVEL, QUIET, SENSITIVE, SESSION_MINUTES, TOGETHER, WEEKDAYS
from scheduler.models.rule import Rule
from scheduler.rulebook import load_book
from web import context, forms, places, rule_words
from web.errors import message_of
from web.office.blueprint import office

_TAG = "nhan:"


@office.get("/quy-dinh")
def rules() -> ResponseReturnValue:
    """List the rules in force, with those ended when asked, and what each reaches."""
    places.require_sight()
    ended = "cu" in request.args
    found = rulebook.listing(context.session(), ended=ended)
    return render_template(
        "office/rules.html",
        rules=[(rule, _reached(rule)) for rule in found],
        ended=ended,
        words=rule_words,
        scope=_scope,
        today=context.today(),
        may=_may(),
        unshipped=_may() and not rulebook.listing(context.session(), ended=True),
    )


@office.get("/quy-dinh/moi")
def new_rule() -> ResponseReturnValue:
    """Show the form of a new rule of the kind chosen."""
    return _form({"valid_from": context.today().isoformat()})


@office.post("/quy-dinh/moi")
def create_rule() -> ResponseReturnValue:
    """Keep a rule; the planner plans again where it reaches."""
    _require_admin()
    form = request.form
    try:
        unit_id, tag = _place()
        made = rulebook.create_rule(
            context.session(),
            kind=forms.text(form, "kind"),
            value=_value(forms.text(form, "kind")),
            valid_from=forms.day(form, "valid_from", what=gettext("Có hiệu lực từ")),
            valid_to=forms.maybe_day(form, "valid_to", what=gettext("Đến hết ngày")),
            citation=forms.text(form, "citation"),
            source_url=forms.text(form, "source_url").strip() or None,
            unit_id=unit_id,
            tag=tag,
            by=context.person().login,
            now=context.now(),
        )
    except InvalidInputError as error:
        return _form(form, error), 422
    flash(gettext("Đã thêm quy định; lịch phát được xếp lại theo quy định này."), "success")
    return redirect(url_for("office.rule", rule_id=made.id), 303)


@office.post("/quy-dinh/kem-theo")
def import_shipped_rules() -> ResponseReturnValue:
    """Take in the rules that come with the program."""
    _require_admin()
    made = rulebook.import_rules(
        context.session(), rulebook.SHIPPED, by=context.person().login, now=context.now()
    )
    flash(gettext("Đã nạp %(n)s quy định kèm theo chương trình.", n=len(made)), "success")
    return redirect(url_for("office.rules"), 303)


@office.get("/quy-dinh/<int:rule_id>")
def rule(rule_id: int) -> ResponseReturnValue:
    """Show a rule: what it says, by which paper, which units it holds for, its exceptions."""
    places.require_sight()
    found = rulebook.get(context.session(), rule_id)
    seen = context.rights().unit_ids(*places.SEES)
    listed = [one for one in allowed.of_rule(context.session(), found.id) if one.unit_id in seen]
    return render_template(
        "office/rule.html",
        rule=found,
        words=rule_words,
        scope=_scope(found),
        reached=_reached(found),
        exceptions=listed,
        units=context.rights().tree.units,
        may=_may(),
        may_ask=found.ended_at is None and found.kind != QUIET and context.rights().holds(Role.OFFICE),
    )


@office.post("/quy-dinh/<int:rule_id>/ngung")
def end_rule(rule_id: int) -> ResponseReturnValue:
    """Let a rule hold no longer."""
    _require_admin()
    found = rulebook.get(context.session(), rule_id)
    rulebook.end_rule(context.session(), found, by=context.person().login, now=context.now())
    flash(gettext("Quy định đã hết hiệu lực; quy định cũ vẫn lưu để tra cứu."), "success")
    return redirect(url_for("office.rule", rule_id=found.id), 303)


def _may() -> bool:
    return context.rights().may_everywhere(Role.ADMIN)


def _require_admin() -> None:
    if not _may():
        roots = [unit.id for unit in context.rights().tree.units.values() if unit.parent_id is None]
        context.rights().require(Role.ADMIN, roots[0])


def _reached(found: Rule) -> list[Unit]:
    """Return the wards and clusters in being that a rule holds for, of those the person sees."""
    tree, today = context.rights().tree, context.today()
    seen = context.rights().unit_ids(*places.SEES)
    book = load_book(context.session(), tree)
    return [
        unit
        for unit in tree.units.values()
        if unit.id in seen
        and unit.in_being(today)
        and unit.kind in {"ward", "cluster"}
        and any(ruling.id == found.id for ruling in book.of_unit(unit.id))
    ]


def _scope(found: Rule) -> str:
    units = context.rights().tree.units
    if found.unit_id is not None:
        return str(gettext("%(unit)s và cấp dưới", unit=units[found.unit_id].name))
    if found.tag:
        return str(gettext("Đơn vị có nhãn %(tag)s", tag=found.tag))
    return str(gettext("Mọi nơi"))


def _place() -> tuple[int | None, str | None]:
    given = forms.text(request.form, "place")
    if given.startswith(_TAG):
        return None, given.removeprefix(_TAG)
    return (forms.number(request.form, "place", what=gettext("Áp dụng cho")), None) if given else (None, None)


def _value(kind: str) -> dict[str, Any]:
    """Return the value that a rule of `kind` has, of the fields shown for it."""
    form = request.form
    if kind == WEEKDAYS:
        return {"weekdays": "".join(sorted(set(form.getlist("weekdays"))))}
    if kind == QUIET:
        return {"start": forms.text(form, "start"), "end": forms.text(form, "end")}
    if kind == SENSITIVE:
        return rule_words.sensitive(forms.text(form, "spans"), form.getlist("weekdays"), _decibels())
    if kind == TOGETHER:
        return {"stations": form.getlist("stations")}
    if kind == LEVEL:
        return {"mdb": _decibels()}
    return {"most": forms.number(form, "most", what=gettext("Nhiều nhất"))}


def _decibels() -> int | None:
    given = forms.text(request.form, "decibels").strip()
    return -1000 * forms.number(request.form, "decibels", what=gettext("Mức giảm (dB)")) if given else None


def _field_of(error: InvalidInputError) -> str:
    """Return the field of the form beside which an error stands."""
    given = error.field or "value"
    return {"mdb": "decibels", "level_cap_mdb": "decibels", "stations": "value"}.get(given, given)


def _form(typed: Any, error: InvalidInputError | None = None) -> str:
    _require_admin()
    kind = typed.get("kind") or request.args.get("loai", SESSION_MINUTES)
    tree = context.rights().tree
    tags = sorted({tag for unit in tree.units.values() for tag in unit.tags} | set(rule_words.KNOWN_TAGS))
    units = [(str(unit.id), unit.name) for unit in tree.units.values() if unit.in_being(context.today())]
    return render_template(
        "office/rule_form.html",
        typed=typed,
        kind=kind if kind in rule_words.titles() else SESSION_MINUTES,
        titles=rule_words.titles(),
        weekdays=set(request.form.getlist("weekdays")) or set("12345"),
        stations=[(one.name, one.title) for one in places.seen_stations()],
        chosen=set(request.form.getlist("stations")),
        places=[
            (gettext("Theo nhãn"), [(f"{_TAG}{tag}", tag) for tag in tags]),
            (gettext("Đơn vị"), units),
        ],
        problem={"field": _field_of(error), "message": message_of(error)} if error else None,
    )
