"""What the banner of every page says of a call: what may be sounding, what has sounded, who is waited for."""

from __future__ import annotations

from flask_babel import gettext

from scheduler.board.calling import Progress
from scheduler.models.emergency import Emergency


def banner_words(emergency: Emergency, progress: Progress) -> str:
    """Return what is true of it now, without its title."""
    if emergency.started_at is None:
        return str(gettext("Chờ người thứ hai xác nhận lời mới"))
    if not emergency.is_open:
        return str(gettext("Đã kết thúc, chưa có người thứ hai xác nhận"))
    if progress.may_sound:
        return _sounding(emergency, progress)
    return ", ".join([_sounded(progress), *_missed(progress), *_waited_for(progress)])


def _sounding(emergency: Emergency, progress: Progress) -> str:
    word = gettext("Đang phát") if emergency.exercise else gettext("Đang phát khẩn cấp")
    if not progress.heard:
        return str(word)
    done = gettext("đã xong tại %(heard)s/%(total)s trạm", heard=progress.heard, total=progress.total)
    return f"{word}, {done}"


def _sounded(progress: Progress) -> str:
    if not progress.heard:
        return str(gettext("Chưa phát trọn ở trạm nào"))
    return str(
        gettext("Đã phát xong tại %(heard)s/%(total)s trạm", heard=progress.heard, total=progress.total)
    )


def _missed(progress: Progress) -> list[str]:
    cut, failed = progress.cut, progress.failed
    found = [gettext("%(n)s trạm bị ngắt giữa chừng", n=cut)] if cut else []
    return [*found, *([gettext("%(n)s trạm không phát được", n=failed)] if failed else [])]


def _waited_for(progress: Progress) -> list[str]:
    silent = progress.silent
    return [gettext("chờ %(n)s trạm không liên lạc được", n=silent)] if silent else []
