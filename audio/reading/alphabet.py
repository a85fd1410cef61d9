"""The characters a reading knows: Vietnamese letters, their marks, their names when spelled."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_BASES = "aăâeêioôơuưy"
_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
TONE_MARKS = "".join(_TONES)

VOWELS = "".join(unicodedata.normalize("NFC", base + tone) for base in _BASES for tone in _TONES)
CONSONANTS = "bcdđfghjklmnpqrstvwxz"
LOWER_LETTERS = CONSONANTS + VOWELS
UPPER_LETTERS = LOWER_LETTERS.upper()
LETTERS = LOWER_LETTERS + UPPER_LETTERS

MARKS = ".,;:?!"
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"

# Fragments for the rules' patterns.
L = f"[{LETTERS}]"
NOT_LETTER = f"(?![{LETTERS}])"
NOT_WORD = f"(?![{LETTERS}0-9])"
DASH = f"[{re.escape(DASHES)}]"

_NAMES = (
    "a a,ă á,â ớ,b bê,c xê,d dê,đ đê,e e,ê ê,f ép,g giê,h hát,i i,j gi,k ca,l lờ,m mờ,n nờ,o o,ô ô,ơ ơ,"
    "p pê,q quy,r rờ,s ét,t tê,u u,ư ư,v vê,w vê kép,x ích,y y,z dét"
)
LETTER_NAMES = {name.split(" ", 1)[0]: name.split(" ", 1)[1] for name in _NAMES.split(",")}


@lru_cache(maxsize=512)
def bare(letter: str) -> str:
    """Take the tone off one letter: `ế` becomes `ê`."""
    decomposed = unicodedata.normalize("NFD", letter.lower())
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in TONE_MARKS))


def toneless(word: str) -> str:
    """Take the tones off a word, keeping its letters: `tiếng` becomes `tiêng`."""
    return "".join(map(bare, word.lower()))


def has_tone(word: str) -> bool:
    """Tell whether a word carries one of the five tone marks."""
    return any(bare(letter) != letter for letter in word.lower())


def spell(word: str) -> str:
    """Name the letters of a word one by one: `HPV` becomes `hát pê vê`.

    The capital D is named as in `vitamin D`; the small one is told apart from đ, its neighbour in lists.
    """
    return " ".join(
        LETTER_NAMES["đ" if letter == "D" else bare(letter)] for letter in word if letter in LETTERS
    )
