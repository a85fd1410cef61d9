"""The editor's desk: approved bulletins to post, and what stands on the site."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from content import bulletins as desk
from content import news as articles
from content import phrases
from content.errors import ConflictError, InvalidInputError
from content.models.bulletin import Bulletin, BulletinKind
from content.models.news import NewsItem
from content.models.people import Role
from web import context, forms
from web.errors import message_of
from web.office.blueprint import office


@office.get("/tin-bai")
def news() -> ResponseReturnValue:
    """List articles, and the approved bulletins that are none yet."""
    session, seen = context.session(), context.rights().unit_ids(Role.EDITOR)
    items = articles.listing(session, seen)
    posted = {item.approval_id for item in items}
    return render_template(
        "office/news.html",
        items=[(item, _state(item)) for item in items],
        postable=[a for a in desk.approved_now(session, seen, context.today()) if a.id not in posted],
    )


@office.get("/ban-tin/<int:bulletin_id>/dang-tin")
def new_article(bulletin_id: int) -> ResponseReturnValue:
    """Show the form with which an approved bulletin becomes an article."""
    found = _postable(bulletin_id)
    return _form(found, {"summary": _first_sentence(found.latest.text)})


@office.post("/ban-tin/<int:bulletin_id>/dang-tin")
def post_article(bulletin_id: int) -> ResponseReturnValue:
    """Post it, now or at the time given."""
    found, zone = _postable(bulletin_id), context.house().settings.zone
    approval = found.latest.approval
    if approval is None:
        raise ConflictError("Bản tin chưa được duyệt nên chưa đăng được.")
    try:
        articles.post(
            context.session(),
            approval,
            by=context.person(),
            summary=forms.text(request.form, "summary"),
            publish_at=forms.instant(request.form, "publish_at", zone, what=gettext("Thời điểm đăng"))
            or context.now(),
            expire_at=forms.instant(request.form, "expire_at", zone, what=gettext("Thời điểm gỡ")),
            now=context.now(),
        )
    except InvalidInputError as error:
        return _form(found, request.form, error), 422
    flash(gettext("Đã đăng tin; bản tin có trên trang tin, trong nguồn tin và kênh nghe lại."), "success")
    return redirect(url_for("office.news"), 303)


@office.post("/tin-bai/<int:item_id>/go")
def withdraw_article(item_id: int) -> ResponseReturnValue:
    """Take an article off the site."""
    item = articles.get(context.session(), item_id)
    context.rights().require(Role.EDITOR, item.unit_id)
    articles.withdraw(context.session(), item, by=context.person(), now=context.now())
    flash(gettext("Đã gỡ tin."), "success")
    return redirect(url_for("office.news"), 303)


def _postable(bulletin_id: int) -> Bulletin:
    found = desk.get(context.session(), bulletin_id)
    context.rights().require(Role.EDITOR, found.unit_id)
    if found.kind == BulletinKind.IDENT:
        raise ConflictError("Nhạc hiệu không đăng thành tin.")
    if phrases.of_bulletin(context.session(), found.id) is not None:
        raise ConflictError("Câu khẩn cấp không đăng thành tin.")
    if found.latest.approval is None or found.recalled_at is not None:
        raise ConflictError("Bản tin chưa được duyệt, hoặc đã thu hồi, nên chưa đăng được.")
    return found


def _form(found: Bulletin, typed: Any, error: InvalidInputError | None = None) -> str:
    return render_template(
        "office/article.html",
        bulletin=found,
        revision=found.latest,
        typed=typed,
        problem={"field": error.field, "message": message_of(error)} if error else None,
        limit=articles.SUMMARY_LIMIT,
    )


def _state(item: NewsItem) -> str:
    if item.expire_at is not None and item.expire_at <= context.now():
        return "expired"
    return "shown" if item.publish_at <= context.now() else "scheduled"


def _first_sentence(text: str) -> str:
    """Propose a summary: the first sentence, cut at a word."""
    first = " ".join(text.split()).split(". ")[0].rstrip(".") + "."
    if len(first) <= articles.SUMMARY_LIMIT:
        return first
    return first[: articles.SUMMARY_LIMIT - 1].rsplit(" ", 1)[0] + "…"
