"""Which strings of letters can be a Vietnamese syllable, and which can be said as a foreign word."""

from __future__ import annotations

import re
from functools import lru_cache

from audio.reading.alphabet import toneless
from audio.reading.wording import words

ONSETS = words("b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x")
RIMES = words(
    "a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en "
    "eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa "
    "oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet oi om on "
    "ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uâc uân uâng uât uây uc uê uêch "
    "uênh uêu ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh uyn uyt uyu uyp "
    "ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yêm yên yêng yêt yêu ynh yt"
)


def _either(parts: tuple[str, ...]) -> str:
    """Give a pattern for one of several strings, the longest first."""
    return "|".join(sorted(parts, key=len, reverse=True))


_SYLLABLE = re.compile(f"(?:{_either(ONSETS)})?(?:{_either(RIMES)})")
_SAYABLE = re.compile("(?:[bcdfghjklmnprstvwxz]{0,2}[aeiouy]{1,2}){2,6}[nmktpcrslx]?")
_SHORTEST_SAYABLE = 4


@lru_cache(maxsize=8192)
def is_syllable(word: str) -> bool:
    """Tell whether a word has the shape of a Vietnamese syllable, whatever its case and tone."""
    return len(word) <= 7 and _SYLLABLE.fullmatch(toneless(word)) is not None  # noqa: PLR2004


def is_sayable(word: str) -> bool:
    """Tell whether capitals can be said as a word, like ASEAN, rather than letter by letter."""
    return _SHORTEST_SAYABLE <= len(word) <= 12 and _SAYABLE.fullmatch(word.lower()) is not None  # noqa: PLR2004
