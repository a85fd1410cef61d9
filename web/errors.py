"""Errors to answers: one table, read by pages and by the API alike."""

from __future__ import annotations

import structlog
from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from content import errors
from content.text import msgid
from web import context

STATUS: dict[type[errors.LoaPhuongError], int] = {
    errors.ContractError: 400,
    errors.SignInRequiredError: 401,
    errors.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.NotReadyError: 409,
    errors.InvalidInputError: 422,
    errors.ThrottledError: 429,
    errors.CorruptError: 410,
    errors.ConfigurationError: 500,
    errors.LoaPhuongError: 500,
    errors.UnavailableError: 503,
}
_LOG = structlog.get_logger("web")
_WORDS = frozenset({"what", "role"})
"""Facts that are words of ours, to be translated like the sentence they stand in."""
_TITLES = {
    400: msgid("Yêu cầu không đúng dạng"),
    401: msgid("Cần đăng nhập"),
    403: msgid("Bạn không có quyền ở đây"),
    404: msgid("Không tìm thấy"),
    405: msgid("Cách gọi này không được phép"),
    409: msgid("Nội dung đã thay đổi"),
    410: msgid("Tệp đã hỏng"),
    413: msgid("Nội dung gửi lên quá lớn"),
    422: msgid("Chưa lưu được"),
    429: msgid("Thử quá nhiều lần"),
    503: msgid("Tạm thời chưa dùng được"),
}
_OTHERWISE = msgid("Lỗi của hệ thống")
_STAFF = ("/office/", "/ward/", "/dang-nhap/")
"""Where an error wears the shell of the office even when nobody is signed in."""


def status_of(error: errors.LoaPhuongError) -> int:
    """Return the HTTP status of the nearest class in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def message_of(error: errors.LoaPhuongError) -> str:
    """Return the message in the page's language."""
    template: str = gettext(error.template)
    if not error.facts:
        return template
    words = {name: gettext(error.facts[name]) for name in _WORDS & error.facts.keys()}
    return template.format(**{**error.facts, **words})


def rule_of(error: errors.LoaPhuongError) -> int | None:
    """Return the number of the rule of broadcasting that was broken; a rule of recurrence is a text."""
    rule = error.facts.get("rule")
    return rule if isinstance(rule, int) else None


def init_app(app: Flask) -> None:
    """Answer every error with a page or with JSON."""
    app.register_error_handler(errors.LoaPhuongError, _known)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _known(error: errors.LoaPhuongError) -> ResponseReturnValue:
    status = status_of(error)
    if status == 401 and not _wants_json():  # noqa: PLR2004
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("auth.sign_in", next=back), 303)
    if status >= 500:  # noqa: PLR2004
        _LOG.error("request failed", path=request.path, error=str(error))
    return _answer(status, error.code, message_of(error), error)


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status >= 500:  # noqa: PLR2004
        context.fail()
    answer = _answer(status, (error.name or "error").lower().replace(" ", "_"), _said(status), error)
    if isinstance(error, MethodNotAllowed):
        answer.allow.update(error.valid_methods or ())
    return answer


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    return _answer(
        400, "stale_form", gettext("Biểu mẫu đã quá hạn hoặc phiên đã đổi; hãy tải lại trang rồi gửi lại.")
    )


def _unforeseen(error: Exception) -> ResponseReturnValue:
    context.fail()
    _LOG.exception("unforeseen failure", path=request.path, method=request.method, exc_info=error)
    return _answer(
        500, "unforeseen", gettext("Lỗi của hệ thống; đã ghi lại để sửa. Hãy thử lại sau ít phút.")
    )


def _said(status: int) -> str:
    told: dict[int, str] = {
        404: gettext("Không có trang này. Có thể đường dẫn gõ sai, hoặc nội dung đã được gỡ."),
        405: gettext("Trang này không nhận cách gọi đó."),
        413: gettext(
            "Nội dung gửi lên vượt giới hạn %(most)s MB của trang này nên chưa nhận gì. Nếu là bản thu âm: "
            "hãy lưu lại thành M4A hoặc MP3, hoặc cắt ngắn, rồi tải lại. Quay lại trang trước thì lời đã gõ "
            "vẫn còn.",
            most=(request.max_content_length or 0) // 1_000_000,
        ),
    }
    return told.get(status) or str(gettext("Yêu cầu không thực hiện được."))


def _answer(status: int, code: str, message: str, error: Exception | None = None) -> Response:
    if _wants_json():
        body = {"error": code, "message": message}
        facts = getattr(error, "facts", {})
        response = jsonify({**body, **({"expected": facts["expected"]} if "expected" in facts else {})})
    else:
        response = make_response(_page(status, message))
    response.status_code = status
    if status == 429 and error is not None:  # noqa: PLR2004
        response.headers["Retry-After"] = str(getattr(error, "facts", {}).get("retry_after_seconds", 60))
    return response


def _page(status: int, message: str) -> str:
    title = gettext(_TITLES.get(status, _OTHERWISE))
    signed_in = context.user() is not None
    return render_template(
        _template(signed_in), status=status, title=title, message=message, signed_in=signed_in
    )


def _template(signed_in: bool) -> str:
    if request.headers.get("HX-Request"):
        return "error_fragment.html"
    staff = signed_in or f"{request.path}/".startswith(_STAFF)
    return "error.html" if staff else "site/error.html"


def _wants_json() -> bool:
    return request.path.startswith("/api/")
