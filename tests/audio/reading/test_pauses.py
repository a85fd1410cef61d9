"""What stands between words becomes one pause."""

from __future__ import annotations

import pytest

from audio.reading import spoken


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("sạch , đẹp", "sạch, đẹp"),
        ("sạch;đẹp", "sạch; đẹp"),
        ("(sạch), đẹp", "sạch, đẹp"),
        ("sạch (đẹp) quá.", "sạch, đẹp, quá."),
        ("sạch... Đẹp", "sạch. Đẹp"),
        ("sạch... đẹp", "sạch, đẹp"),
        ("sạch?! Đẹp", "sạch? Đẹp"),
        ("sạch - đẹp", "sạch, đẹp"),
        ("văn hóa - xã hội", "văn hóa xã hội"),
        ("Ma-ni-la", "Ma ni la"),
        ("sạch ./.", "sạch."),
        ("sạch:\n- đẹp;\n- xanh", "sạch: đẹp; xanh"),
        ("Mục đích\n\nSạch đẹp", "Mục đích. Sạch đẹp"),
        ("cải tạo các\n\nvườn hoa", "cải tạo các vườn hoa"),
        ("sạch,\r\nđẹp", "sạch, đẹp"),
        ("gồm:\na) sạch\nb) đẹp", "gồm: a, sạch. bê, đẹp"),
        ("“Sạch” và ‘đẹp’", "Sạch và đẹp"),
        ("sạch/đẹp", "sạch, đẹp"),
        ("sạch và/hoặc đẹp", "sạch và hoặc đẹp"),
        ("  sạch  ", "sạch"),
        ("hai việc (quét ngõ; thu rác) sáng nay", "hai việc: quét ngõ; thu rác, sáng nay"),
        ("chia tổ (tổ trồng cây; tổ quét ngõ).", "chia tổ: tổ trồng cây; tổ quét ngõ."),
        ("hai việc (quét ngõ, thu rác) sáng nay", "hai việc, quét ngõ, thu rác, sáng nay"),
        ("Phòng Tài chính - Kế hoạch", "Phòng Tài chính Kế hoạch"),
        ("dự toán tài chính -\n\nngân sách", "dự toán tài chính ngân sách"),
        ("Sở Lao động - Thương binh và Xã hội", "Sở Lao động Thương binh và Xã hội"),
        ("thương mại - dịch vụ", "thương mại dịch vụ"),
    ],
)
def test_pause(written: str, said: str) -> None:
    assert spoken(written) == said


def test_a_wrapped_line_keeps_a_light_pause() -> None:
    line = "Ủy ban nhân dân phường kính mời toàn thể hội viên và bà con trong phường"
    assert spoken(f"{line}\nHạ Đình đến dự") == f"{line}, Hạ Đình đến dự"
