"""Parts of web addresses as words: `hanoi` Hà Nội, `dichvucong` dịch vụ công, others by their syllables."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from audio.reading.alphabet import LETTER_NAMES, spell
from audio.reading.syllables import ONSETS, RIMES

_KNOWN = {
    "vn": "vê nờ", "gov": "gờ o vê", "com": "com", "org": "o rờ gờ", "edu": "e đu", "net": "net",
    "www": "", "hanoi": "Hà Nội", "tphcm": "Thành phố Hồ Chí Minh", "hcm": "Hồ Chí Minh",
    "thanhxuan": "Thanh Xuân", "hadinh": "Hạ Đình", "dichvucong": "dịch vụ công", "chinhphu": "chính phủ",
    "congan": "công an", "bocongan": "Bộ Công an", "baohiemxahoi": "bảo hiểm xã hội",
    "quochoi": "quốc hội", "quocgia": "quốc gia", "phuong": "phường", "quan": "quận",
    "ubnd": "u bê nờ đê", "facebook": "facebook", "zalo": "zalo", "gmail": "gmail",
    "youtube": "youtube", "google": "google", "email": "email", "tiktok": "tiktok", "yahoo": "yahoo",
    "fb": "ép bê", "info": "info", "mail": "mail", "news": "news", "online": "online",
    "vssid": "vê ét ét i đê", "vneid": "vê nờ e i đi", "covid": "cô vít", "health": "health",
    "vaccine": "vắc xin", "egov": "e gờ o vê", "io": "i o", "me": "me", "app": "app",
    "tuyensinh": "tuyển sinh", "thongtin": "thông tin", "motcua": "một cửa", "hoidap": "hỏi đáp",
    "tintuc": "tin tức", "phapluat": "pháp luật", "giaoduc": "giáo dục", "yte": "y tế",
    "vanhoa": "văn hóa", "thuedientu": "thuế điện tử", "thanhuy": "Thành ủy", "quanuy": "Quận ủy",
    "dangky": "đăng ký", "tuyengiao": "tuyên giáo", "btg": "bê tê giê", "evn": "e vê en",
    "forms": "phom", "nguyenvan": "nguyễn văn", "nguyenthi": "nguyễn thị", "tranvan": "trần văn",
    "tranthi": "trần thị", "levan": "lê văn", "lethi": "lê thị", "phamvan": "phạm văn", "hotro": "hỗ trợ",
    "official": "official", "gle": "giê lờ e", "canhan": "cá nhân",
    "hanoimoi": "Hà Nội mới", "nhandan": "Nhân dân", "vietnam": "Việt Nam", "baomoi": "báo mới",
}  # fmt: skip
SIGNS = {
    ".": "chấm", "/": "gạch chéo", "-": "gạch ngang", "_": "gạch dưới", "@": "a còng", ":": "hai chấm",
    "?": "hỏi chấm", "=": "bằng", "&": "và", "%": "phần trăm", "#": "thăng", "+": "cộng", "~": "ngã",
}  # fmt: skip
_LONGEST_SPLIT = 40
_LONGEST_SYLLABLE = 12
_SHORT = 4
_SHORTEST_KNOWN = 3
_NAMES = frozenset(name for letter, name in LETTER_NAMES.items() if letter not in "aeiouy")
_LETTER_COST = {True: 2, False: 3}


def _plain(word: str) -> str:
    """Take every mark off: ê becomes e, đ becomes d."""
    marks = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(c for c in marks if not unicodedata.combining(c))


_SYLLABLES = frozenset(_plain(onset + rime) for onset in ("", *ONSETS) for rime in RIMES)
_RUNS = re.compile("[a-z]+|[0-9]+")


@lru_cache(maxsize=1024)
def split(label: str) -> str:
    """Split letters into toneless syllables, as few as can be; letters that fit none are named."""
    best: list[tuple[int, tuple[str, ...]]] = [(0, ())]
    for end in range(1, len(label) + 1):
        cost, words = best[end - 1]
        letter = label[end - 1]
        ways = [(cost + _LETTER_COST[letter in "aeiouy"], (*words, spell(letter)))]
        for start in range(max(0, end - _LONGEST_SYLLABLE), end - 1):
            piece = label[start:end]
            if piece in _SYLLABLES or (end - start >= _SHORTEST_KNOWN and piece in _KNOWN):
                cost, words = best[start]
                ways.append((cost + (piece not in _KNOWN), (*words, _KNOWN.get(piece, piece))))
        best.append(min(ways, key=lambda way: way[0]))
    return " ".join(best[-1][1])


def say(label: str) -> str:
    """Say one run of letters of a web address."""
    lower = label.lower()
    if lower in _KNOWN:
        return _KNOWN[lower]
    if len(lower) > _LONGEST_SPLIT or not any(vowel in lower for vowel in "aeiouy"):
        return spell(lower)
    words = split(lower)
    named = any(word in _NAMES for word in words.split(" "))
    return spell(lower) if named and len(lower) <= _SHORT else words
