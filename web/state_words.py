"""The word of any state that a badge shows, in the reader's language."""

from __future__ import annotations

from flask_babel import gettext

from content.text import msgid

WORDS = {
    "planned": msgid("Đã xếp lịch"),
    "released": msgid("Đã giao trạm"),
    "due": msgid("Đến giờ"),
    "on_air": msgid("Đang phát"),
    "played": msgid("Đã phát"),
    "partial": msgid("Phát dở"),
    "interrupted": msgid("Bị ngắt"),
    "skipped": msgid("Đã bỏ qua"),
    "preempted": msgid("Nhường khẩn cấp"),
    "missed": msgid("Không phát"),
    "cancelled": msgid("Đã hủy"),
    "silent": msgid("Chưa có báo cáo"),
    "draft": msgid("Nháp"),
    "submitted": msgid("Chờ duyệt"),
    "approved": msgid("Đã duyệt"),
    "returned": msgid("Trả lại"),
    "recalled": msgid("Đã thu hồi"),
    "online": msgid("Đang nối"),
    "late": msgid("Báo chậm"),
    "offline": msgid("Mất kết nối"),
    "unknown": msgid("Chưa nối lần nào"),
    "retired": msgid("Đã ngừng dùng"),
    "waiting": msgid("Chờ dựng tiếng"),
    "rendering": msgid("Đang dựng tiếng"),
    "ready": msgid("Đã có tiếng"),
    "failed": msgid("Lỗi dựng tiếng"),
    "scheduled": msgid("Hẹn đăng"),
    "shown": msgid("Đang đăng"),
    "expired": msgid("Hết hạn"),
}
"""State → its word: of airings, revisions, connections, sounds and articles."""


def state_words(state: str) -> str:
    """Return the word of a state, the state itself where there is none.

    Only this one is translated: a page of a hundred stations has hundreds of badges.
    """
    word = WORDS.get(str(state))
    return str(state) if word is None else str(gettext(word))
