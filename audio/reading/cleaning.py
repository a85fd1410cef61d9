"""From the text as given to a working text, and the way back.

The working text is NFC, without zero-width characters, markdown, HTML or LaTeX residue; letters of other
alphabets that look or are Latin have become Latin (`Ð` is `Đ`, `𝐀` is `A`, `ü` is `u`).
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from html.entities import name2codepoint
from typing import TYPE_CHECKING

from audio.reading.alphabet import DASH, DASHES, LETTERS, LOWER_LETTERS
from audio.reading.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_KEPT = "0-9 \n" + re.escape(".,;:?!()[]{}\"'“”‘’«»…/+%=@$€₫°²³≤≥×÷±½¼¾<>&~^#|•·µ_" + DASHES)
_MARK = "\u0300-\u036f"
_TEX_MATH = r"\$(?=[^$\n]{0,200}[\\^_{])(?P<math>[^$\n]{1,400})\$"
_FRACTION = r"\\[dt]?frac\s?\{([^{}\n]{1,40})\}\s?\{([^{}\n]{1,40})\}"
_BODY, _LETTERLIKE = range(0x100), range(0x2000, 0x2200)
_ENTITIES = "|".join(
    name
    for name, code in name2codepoint.items()
    if (code in _BODY or code in _LETTERLIKE or name in {"le", "ge", "ne", "minus"}) and not name.isupper()
)
_HYPHENS = DASH[:-1] + "\u00ad]"
_DIRTY = re.compile(
    rf"{_TEX_MATH}"
    rf"|(?P<fraction>{_FRACTION})"
    r"|(?P<keys>[*#]{1,2}\d{1,4}(?:\*\d{1,20}){0,4}#(?!\w))"
    rf"|(?<=[{LETTERS}])(?P<broken>{_HYPHENS}[ \t]*(?:\r?\n[ \t]*){{1,3}})(?=[{LOWER_LETTERS}])"
    r"|!?\[(?P<link>[^\[\]\n]{1,200})\]\((?:[^()\s]{0,300})\)"
    r"|\\(?:text|math|emph|underline)[a-z]{0,6}\{(?P<tex>[^{}\n]{0,200})\}"
    r"|(?<=[a-zA-Z0-9)}])\^\{?(?P<power>[23])\}?(?!\d)"
    r"|(?P<tag></?[a-zA-Z][^<>\n]{0,200}>|&(?:#\d{1,6}|#x[0-9a-fA-F]{1,6}|" + _ENTITIES + r");"
    r"|(?<=[-*+•] )\[[ xX]\](?= )|(?:^|(?<=\n))[ \t]*(?:(?:> ?){1,9}(?!\s*\d)|\#{1,6} ))"
    r"|\r\n?"
    rf"|[^{_MARK}\n][{_MARK}]+"
    rf"|[^{LETTERS}{_KEPT}]"
)
_ANY_FRACTION = re.compile(_FRACTION)
_TAIL = re.compile(f"[{LETTERS}]{{1,7}}\\Z")
_HEAD = re.compile(f"[{LOWER_LETTERS}]{{1,7}}")
_TEX_COMMAND = re.compile(r"\\(?:text|mathrm|mathbf|textbf|textit|mathit|operatorname)\b|\\[a-zA-Z]+|[{}\\]")
_TEX_POWER = re.compile(r"\^\s*\{?\s*([23])\s*\}?")
_POWERS = {"2": "²", "3": "³"}
_SAME = {
    "Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ", "º": "°", "˚": "°", "℃": "°C", "№": "Số", "μ": "µ", "ø": "o",
    "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ı": "i",
    "⁄": "/", "∕": "/", "\r\n": "\n", "\r": "\n", "\u2028": "\n", "\u2029": "\n", "\u0085": "\n", "\t": " ",
    "\v": "\n", "\f": "\n", "ª": "a", "⅓": " 1/3", "⅔": " 2/3", "*": "", "`": "", "\\": " ",
    "™": "", "℠": "", "´": "'", "≈": "~", "≃": "~", "≅": "~", "≠": " khác ", "¹": "1", "☎": " ",
}  # fmt: skip
_CIRCLED = tuple("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_BREAKS = ("<br", "</p", "</li", "</h", "</div", "</tr")
_BULLETS = "▪▫■□●○◦‣⁃◆◇➢➤►▶✓✔✅❖\uf0b7\uf0a7\uf0d8\uf02d"


@dataclass(frozen=True, slots=True)
class Draft:
    """A working text; its character i stands for `given[starts[i]:ends[i]]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @property
    def same(self) -> bool:
        """Tell whether nothing was changed."""
        return isinstance(self.starts, range)


def _same(text: str) -> Draft:
    """Give a text as it stands."""
    return Draft(text, range(len(text)), range(1, len(text) + 1))


def _fold(cluster: str) -> str:
    """Fold one character and its marks to Vietnamese letters, or to what they look like, or to nothing."""
    whole = unicodedata.normalize("NFC", cluster)
    if whole in _SAME:
        return _SAME[whole]
    if whole in _CIRCLED:
        return f"({_CIRCLED.index(whole) + 1})"
    plain = unicodedata.normalize("NFKC", whole)
    letters = (
        c if c in LETTERS else "".join(map(_fold_one, unicodedata.normalize("NFKD", c))) for c in plain
    )
    return "".join(letters)


def _fold_one(character: str) -> str:
    """Fold one character that carries no mark of its own."""
    if character in _SAME:
        return _SAME[character]
    if character in _BULLETS:
        return "•"
    if character.isspace():
        return " "
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    category = unicodedata.category(character)
    return "" if category[0] in "MC" and category != "Co" else character


def _untex(math: str) -> str:
    """Read a formula as plain text: a power becomes its sign, commands and braces go."""
    powered = _TEX_POWER.sub(lambda m: _POWERS[m.group(1)], _ANY_FRACTION.sub(r"\1/\2", math))
    return _TEX_COMMAND.sub("", powered).replace("_", " ").replace("^", " ")


def _inner(match: re.Match[str]) -> str | None:
    """Give the text inside a formula, a link or a command, if the match is one."""
    if match["math"] is not None:
        return _untex(match["math"])
    return match["link"] if match["link"] is not None else match["tex"]


def _tag(written: str) -> str:
    """Say what becomes of an HTML tag or entity, or of a mark at the start of a line."""
    if written[0] == "&":
        plain = html.unescape(written)
        return _flat(plain) if plain != written else " "
    if written[0] == "<":
        return "\n" if written.lower().startswith(_BREAKS) else " "
    return ""


def _joined(broken: re.Match[str]) -> str:
    """Give nothing for a hyphen and line end in a syllable (`tr-`, `ước`: `trước`), else a blank."""
    text, (start, end) = broken.string, broken.span()
    tail, head = _TAIL.search(text, max(0, start - 8), start), _HEAD.match(text, end)
    if not tail or not head or not is_syllable(tail.group() + head.group()):
        return " "
    return " " if is_syllable(tail.group()) and is_syllable(head.group()) else ""


def _replacement(match: re.Match[str]) -> str:
    """Say what stands in the working text for one dirty piece."""
    if match["keys"]:
        return match.group()
    if match["broken"]:
        return _joined(match)
    if match["fraction"]:
        return _flat(_ANY_FRACTION.sub(r" \1/\2", match.group()))
    inner = _inner(match)
    if inner is not None:
        return _flat(inner)
    if match["power"]:
        return _POWERS[match["power"]]
    written = match.group()
    return _fold(written) if match["tag"] is None else _tag(written)


def _flat(piece: str) -> str:
    """Fold every character of a piece that lay inside markup."""
    return "".join(
        c if c in LETTERS or c.isascii() else _fold(c) for c in unicodedata.normalize("NFC", piece)
    ).replace("*", "")


def _replace(pattern: re.Pattern[str], change: Callable[[re.Match[str]], str], text: str) -> Draft:
    """Replace every match and keep the way back."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for match in pattern.finditer(text):
        new = change(match)
        if new == match.group():
            continue
        start, end = match.span()
        parts += (text[done:start], new)
        starts += (*range(done, start), *([start] * len(new)))
        ends += (*range(done + 1, start + 1), *([end] * len(new)))
        done = end
    if not parts:
        return _same(text)
    starts += range(done, len(text))
    ends += range(done + 1, len(text) + 1)
    return Draft("".join((*parts, text[done:])), starts, ends)


def _composed(given: str) -> Draft:
    """Put letters and the marks behind them together (NFC), whatever marks stand between."""
    if unicodedata.is_normalized("NFC", given):
        return _same(given)
    used = set(given)
    marks = re.escape("".join(sorted(filter(unicodedata.combining, used))))
    other = re.escape("".join(sorted(c for c in used if not unicodedata.is_normalized("NFC", c))))
    ways = [f"[^{marks}]?[{marks}]+"] * bool(marks) + [f"[{other}]"] * bool(other)
    cluster = re.compile("|".join(ways) or r"(?!)", re.DOTALL)
    return _replace(cluster, lambda match: unicodedata.normalize("NFC", match.group()), given)


def clean(given: str) -> Draft:
    """Make the working text of a text as given."""
    first = _composed(given)
    second = _replace(_DIRTY, _replacement, first.text)
    if first.same:
        return second
    starts = [first.starts[place] for place in second.starts]
    ends = [first.ends[place - 1] for place in second.ends]
    return Draft(second.text, starts, ends)
