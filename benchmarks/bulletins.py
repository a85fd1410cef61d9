"""Bulletins for the benchmarks: as a ward speaks, each sentence unlike every other, of a wanted length."""

from __future__ import annotations

import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from audio.estimate import duration_ms
from audio.reading import spoken

_SENTENCES = (
    "Uỷ ban nhân dân phường thông báo lịch tiêm vắc xin cho trẻ dưới {n} tuổi tại trạm y tế số {m}.",
    "Thời gian từ {h} giờ {q} phút đến {k} giờ, ngày {d} tháng {t} năm 2026.",
    "Mời bà con tổ dân phố số {m} mang theo sổ khám bệnh và căn cước công dân.",
    "Điện lực thông báo cắt điện tại ngõ {m} và ngõ {b} để sửa chữa đường dây.",
    "Công an phường cảnh báo thủ đoạn giả danh cán bộ ngân hàng, đã có {n} người bị lừa {b} triệu đồng.",
    "Hội phụ nữ vận động được {b} suất quà, trị giá {m} triệu đồng, tặng hộ nghèo.",
    "Mưa lớn kèm gió giật cấp {n}; nhân dân hạn chế ra đường khi không thật cần thiết.",
    "Đề nghị các hộ kinh doanh trên phố số {m} không lấn chiếm vỉa hè, lòng đường.",
    "Nhà văn hoá tổ {m} mở lớp dạy bơi miễn phí cho {b} cháu học sinh tiểu học.",
    "Tỷ lệ hộ tham gia bảo hiểm y tế đạt {b},{n} phần trăm, tăng {n} phần trăm so với năm trước.",
    "Lịch thu gom rác mới áp dụng từ {k} giờ {q} phút hằng ngày tại khu tập thể {m}.",
    "Mọi thắc mắc xin gọi số máy {p} trong giờ hành chính.",
)


def _filled(pattern: str, chance: random.Random) -> str:
    return pattern.format(
        n=chance.randint(3, 12),
        m=chance.randint(1, 480),
        b=chance.randint(13, 990),
        h=chance.randint(5, 10),
        k=chance.randint(11, 22),
        q=chance.randint(2, 58),
        d=chance.randint(1, 28),
        t=chance.randint(1, 12),
        p=f"024.3{chance.randint(100, 999)}.{chance.randint(1000, 9999)}",
    )


def bulletins(count: int, *, seconds: float = 60.0, seed: int = 1) -> list[str]:
    """Return the spoken words of `count` bulletins that the offline voice says in about `seconds`."""
    chance, said = random.Random(seed), set[str]()  # noqa: S311 (the same texts in every run)
    made = []
    for _ in range(count):
        text = ""
        while duration_ms(text) < seconds * 1000 - 2500:
            sentence = spoken(_filled(chance.choice(_SENTENCES), chance))
            if sentence not in said:
                said.add(sentence)
                text = f"{text} {sentence}".strip()
        made.append(text)
    return made
