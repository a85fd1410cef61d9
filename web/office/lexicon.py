"""The lexicon: its list, an entry with its history, adding and correcting with what would sound different."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from audio import lexicon
from audio.lexicon import NOTE_LIMIT, Proposal
from audio.models import LexiconEntry
from audio.reading import Lexicon, places, read
from content.errors import InvalidInputError
from content.models.people import Role, User
from content.text import line, slug_of
from web import context, forms, lexicon_effects, lexicon_scopes, spoken
from web.answers import Answers
from web.errors import message_of
from web.office.blueprint import office

PAGE = 50
SHIPPED, OURS = "shipped", "ours"
EXAMPLE_LIMIT = 400
THIS_BULLETIN, THIS_PLACE = "bulletin", "place"
_SEES = (Role.OFFICE, Role.APPROVER, Role.ADMIN)


class Row(NamedTuple):
    """One line of the list: an entry of ours, or with no entry one that came with the program."""

    written: str
    ways: tuple[str, ...]
    scope: str
    entry: LexiconEntry | None = None


@office.get("/tu-dien")
def lexicon_list() -> ResponseReturnValue:
    """List the entries of the person's scopes and those that came with the program."""
    _enter()
    scopes = lexicon_scopes.names()
    wanted, scope = request.args.get("tim", "").strip(), request.args.get("pham-vi", "")
    page = max(1, request.args.get("trang", 1, type=forms.identifier))
    found = [row for row in _rows(scopes) if _holds(row, wanted)]
    rows = [row for row in found if scope in {"", row.scope, OURS if row.entry else SHIPPED}]
    return render_template(
        "office/lexicon.html",
        rows=rows[(page - 1) * PAGE : page * PAGE],
        total=len(rows),
        count=len(found),
        ours=sum(row.entry is not None for row in found),
        page=page,
        last=max(1, -(-len(rows) // PAGE)),
        wanted=wanted,
        scope=scope,
        scopes=scopes,
        may_write=bool(lexicon_scopes.mine()),
        changeable={scope for scope, _ in lexicon_scopes.mine()},
    )


@office.get("/tu-dien/sua")
def edit_entry() -> ResponseReturnValue:
    """Show the form for a form's way of being said, filled with what stands."""
    _enter()
    typed = {name: request.args.get(name, "") for name in ("written", "spoken", "scope", "example")}
    mine = lexicon_scopes.mine()
    typed["scope"] = typed["scope"] or (mine[0][0] if mine else "")
    standing = lexicon.find(context.session(), typed["written"], typed["scope"])
    if standing is not None:
        typed |= {"spoken": typed["spoken"] or standing.spoken, "note": standing.note}
    return _form(typed, preview=_preview(typed) if typed["spoken"] else None)


@office.post("/tu-dien/sua")
def save_entry() -> ResponseReturnValue:
    """Keep an entry, once the person has seen which approved bulletins would sound different."""
    _enter()
    try:
        entry = _save()
    except InvalidInputError as error:
        return _again(error), 422
    if entry is None:
        return _again(None), 422
    if request.headers.get("HX-Request"):
        return make_response("", 204)
    flash(gettext("Đã lưu vào từ điển. Bản tin đã duyệt giữ nguyên lời và bản thu."), "success")
    return redirect(url_for("office.lexicon_entry", entry_id=entry.id), 303)


@office.post("/tu-dien/xem-truoc")
def preview_entry() -> ResponseReturnValue:
    """Answer what an entry would do: the example both ways, the approved bulletins that would differ."""
    _enter()
    return _fragment(_preview(request.form))


@office.get("/tu-dien/<int:entry_id>")
def lexicon_entry(entry_id: int) -> ResponseReturnValue:
    """Show an entry, every row it has had, and what ending it would do."""
    _enter()
    session, entry = context.session(), lexicon.get(context.session(), entry_id)
    rows = lexicon.history(session, entry.written, entry.scope)
    standing = entry.ended_at is None
    ending = _effects(Proposal(entry.written, "", entry.scope)) if standing else []
    return render_template(
        "office/lexicon_entry.html",
        entry=entry,
        rows=rows,
        people=_names(rows),
        effects=ending,
        scope_name=lexicon_scopes.names().get(entry.scope, entry.scope),
        may_write=lexicon_scopes.may_change(entry.scope),
    )


@office.post("/tu-dien/<int:entry_id>/bo")
def end_entry(entry_id: int) -> ResponseReturnValue:
    """Take an entry out of the lexicon."""
    entry = lexicon.get(context.session(), entry_id)
    lexicon_scopes.require(entry.scope)
    lexicon.end(context.session(), entry, by=context.person(), now=context.now())
    flash(gettext("Đã bỏ khỏi từ điển. Bản tin đã duyệt giữ nguyên lời và bản thu."), "success")
    return redirect(url_for("office.lexicon_entry", entry_id=entry_id), 303)


def _enter() -> None:
    if not context.rights().holds(*_SEES):
        context.rights().require(Role.OFFICE, next(iter(context.rights().tree.units)))


def _rows(scopes: dict[str, str]) -> Iterable[Row]:
    """Give what the office keeps, then what came with the program."""
    for entry in lexicon.standing(context.session()):
        if entry.scope in scopes:
            yield Row(entry.written, (entry.spoken,), entry.scope, entry)
    shipped = Lexicon.shipped()
    for written in sorted(shipped.rows, key=str.casefold):
        if not written.islower() or written.upper() not in shipped.rows:
            yield Row(written, shipped.ways(written), SHIPPED)


def _holds(row: Row, wanted: str) -> bool:
    """Tell whether a row holds what is looked for, with or without its marks."""
    told = f"{row.written} {' '.join(row.ways)}"
    return wanted.casefold() in told.casefold() or (slug_of(wanted) or "-") in slug_of(told)


def _save() -> LexiconEntry | None:
    """Keep what the form says; None when there are bulletins that the person has not seen."""
    form, session = request.form, context.session()
    scope = forms.text(form, "scope")
    lexicon_scopes.require(scope)
    proposal = lexicon.propose(forms.text(form, "written"), forms.text(form, "spoken"), scope)
    note = form.get("note", "").strip()
    if note:
        note = line(note, field="note", what="Ghi chú", limit=NOTE_LIMIT)
    if lexicon.is_common(proposal.written) and form.get("common") != proposal.written:
        raise InvalidInputError(
            "“{written}” là từ thường dùng: mọi bản tin có từ này sẽ đọc khác. Nếu đúng ý, đánh dấu xác nhận "
            "ở phần xem trước rồi lưu lại.",
            field="written",
            written=proposal.written,
        )
    would = {effect.approval.id for effect in _effects(proposal)}
    if would - set(forms.numbers(form, "seen", what="seen")):
        return None
    seen = form.get("replaces", "", type=str)
    replaces = forms.number(form, "replaces", what="replaces") if seen else None
    return lexicon.save(
        session, proposal, note=note, by=context.person(), now=context.now(), replaces=replaces
    )


def _again(error: InvalidInputError | None) -> str:
    """Show the form once more, with the error or with the bulletins that were not seen yet."""
    preview = _preview(request.form) | {"unseen": error is None}
    if request.headers.get("HX-Request"):
        return _fragment(preview | {"problem": message_of(error)} if error else preview)
    problem = {"field": error.field or "spoken", "message": message_of(error)} if error else None
    return _form(request.form, preview=preview, problem=problem)


def _form(typed: Any, *, preview: dict[str, Any] | None, problem: dict[str, str] | None = None) -> str:
    return render_template(
        "office/lexicon_form.html",
        typed=typed,
        scopes=lexicon_scopes.mine(),
        preview=preview,
        problem=problem,
    )


def _fragment(preview: dict[str, Any]) -> str:
    return render_template("office/lexicon_preview.html", preview=preview)


def _preview(form: Any) -> dict[str, Any]:
    """Return what the form's entry would do, or the problem with it."""
    scope = form.get("scope", "")
    try:
        if scope == THIS_BULLETIN:
            return _of_bulletin(form)
        if scope == THIS_PLACE:
            return _of_place(form)
        lexicon_scopes.require(scope)
        proposal = lexicon.propose(form.get("written", ""), form.get("spoken", ""), scope)
    except InvalidInputError as error:
        return {"problem": message_of(error)}
    return {
        "proposal": proposal,
        "common": lexicon.is_common(proposal.written),
        "sure": form.get("common") == proposal.written,
        "standing": lexicon.find(context.session(), proposal.written, scope),
        "scope_name": lexicon_scopes.names().get(scope, ""),
        "example": _example(form, proposal),
        "effects": _effects(proposal),
        "approved": True,
    }


def _of_bulletin(form: Any) -> dict[str, Any]:
    """Return what a correction of one bulletin would do to the example."""
    written = lexicon.checked_form(form.get("written", ""))
    words = lexicon.checked_words(form.get("spoken", ""))
    said, example = _said(form), form.get("example", "")[:EXAMPLE_LIMIT]
    now = lexicon.corrected(said.lexicon, said.answers.corrections)
    after = lexicon.corrected(now, {written: words})
    return {"example": lexicon_effects.compared(read(example, now).spoken, read(example, after).spoken)}


def _of_place(form: Any) -> dict[str, Any]:
    """Return what a correction of the piece at `at` of the example would do there."""
    words, said = lexicon.checked_words(form.get("spoken", "")), _said(form)
    example = form.get("example", "")[:EXAMPLE_LIMIT]
    before = read(example, lexicon.corrected(said.lexicon, said.answers.corrections))
    at = forms.maybe_number(form, "at")
    pairs = zip(before.spans, places.places(before), strict=True)
    after = places.amended(before, {place: words for span, place in pairs if span.start == at})
    same = after.spoken == before.spoken
    return {"example": None if same else lexicon_effects.compared(before.spoken, after.spoken)}


def _example(form: Any, proposal: Proposal) -> lexicon_effects.Difference:
    """Read the example sentence, or the form itself, as it is now and as it would be."""
    place, given = lexicon_scopes.place_of(proposal.scope), _said(form)
    text = form.get("example", "").strip()[:EXAMPLE_LIMIT] or proposal.written
    tree = context.rights().tree
    unit_id = forms.maybe_number(form, "unit") or place.unit_id
    both = lexicon.preview(
        context.session(),
        text,
        proposal,
        unit_ids=spoken.path_of(tree, unit_id),
        programme=form.get("programme", "") or place.programme,
        corrections={w: s for w, s in given.answers.corrections.items() if w != proposal.written},
    )
    return lexicon_effects.compared(both.before.spoken, both.after.spoken)


def _said(form: Any) -> spoken.Said:
    return spoken.say(
        context.session(),
        "",
        context.rights().tree,
        unit_id=forms.maybe_number(form, "unit"),
        programme=form.get("programme", ""),
        answers=Answers.sent(form),
    )


def _effects(proposal: Proposal) -> list[lexicon_effects.Effect]:
    tree = context.rights().tree
    return lexicon_effects.effects(context.session(), proposal, tree, context.today())


def _names(rows: list[LexiconEntry]) -> dict[int, str]:
    ids = {row.created_by for row in rows} | {row.ended_by for row in rows if row.ended_by}
    users = (context.session().get(User, user_id) for user_id in ids)
    return {user.id: user.name for user in users if user is not None}
