"""Errors to answers: one table, read by pages and by the API alike."""

from __future__ import annotations

import structlog
from flask import Flask, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from content import errors
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
    errors.CorruptError: 500,
    errors.ConfigurationError: 500,
    errors.LoaPhuongError: 500,
    errors.UnavailableError: 503,
}
_LOG = structlog.get_logger("web")
_TITLES = {
    400: "Yêu cầu không đúng dạng",
    401: "Cần đăng nhập",
    403: "Bạn không có quyền ở đây",
    404: "Không tìm thấy",
    405: "Cách gọi này không được phép",
    409: "Nội dung đã thay đổi",
    413: "Nội dung gửi lên quá lớn",
    422: "Chưa lưu được",
    429: "Thử quá nhiều lần",
    503: "Tạm thời chưa dùng được",
}


def status_of(error: errors.LoaPhuongError) -> int:
    """Return the HTTP status of the nearest class in the table."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def message_of(error: errors.LoaPhuongError) -> str:
    """Return the message in the page's language."""
    template: str = gettext(error.template.replace("%", "%%"))
    return template.format(**error.facts) if error.facts else template


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
    return _answer(status, (error.name or "error").lower().replace(" ", "_"), _said(status), error)


def _stale_form(_error: CSRFError) -> ResponseReturnValue:
    return _answer(
        400, "stale_form", gettext("Biểu mẫu đã quá hạn hoặc phiên đã đổi; hãy tải lại trang rồi gửi lại.")
    )


def _unforeseen(error: Exception) -> ResponseReturnValue:
    _LOG.exception("unforeseen failure", path=request.path, method=request.method, exc_info=error)
    return _answer(
        500, "unforeseen", gettext("Lỗi của hệ thống; đã ghi lại để sửa. Hãy thử lại sau ít phút.")
    )


def _said(status: int) -> str:
    told: dict[int, str] = {
        404: gettext("Không có trang này. Có thể đường dẫn gõ sai, hoặc nội dung đã được gỡ."),
        405: gettext("Trang này không nhận cách gọi đó."),
        413: gettext("Nội dung gửi lên vượt giới hạn cho phép."),
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
    title = gettext(_TITLES.get(status, "Lỗi của hệ thống"))
    part = "error_fragment.html" if request.headers.get("HX-Request") else "error.html"
    return render_template(part, status=status, title=title, message=message, signed_in=_signed_in())


def _signed_in() -> bool:
    """Tell whether somebody is signed in; a failing database must not fail the error page too."""
    try:
        return context.user() is not None
    except Exception:  # noqa: BLE001 (the last boundary: the page is shown without a name)
        _LOG.exception("nobody can be named on the error page")
        return False


def _wants_json() -> bool:
    return request.path.startswith("/api/")
