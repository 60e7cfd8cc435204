"""Cleaning and folding of typed text: one function for forms, imports and the API.

Pure: it must not query, know a model, or shorten what was typed.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

# Slips of the input method in codes and addresses; （）：，； stay, Chinese text uses them.
_FULL_WIDTH_MARKS = "＃＄％＆＊＋－．／＝＠＿"
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD = {
    code: plain
    for code, plain in _FOLD.items()
    if chr(plain).isalnum() or chr(code) in _FULL_WIDTH_MARKS
} | {0x3000: 0x20}

# They look like a space but make equal names unequal; the ideographic one is folded on request.
_SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x2800, 0x09], " ")

_INVISIBLE = dict.fromkeys(
    [
        *(0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0),
        *range(0x200B, 0x200E),
        *range(0x2060, 0x2066),
        *range(0x206A, 0x2070),
        *range(0xFFF0, 0xFFFC),
        *range(0xE0000, 0xE0100),
    ]
)

# What phones, chats and PDF files leave in copied numbers, and what guards a number in a sheet.
_UNSEEN = re.compile(
    "[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_GUARDS = "'`´‘’＇"
_POINT_ZERO = re.compile(r"([0-9]+)\.0+", re.ASCII)

_DIGITS = re.compile("[0-9]+")

_BREAK = re.compile("\r\n|[\r\n\u2028\u2029]")
_EDGE = " \n\u3000"

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LOST = re.compile("\ufffd")
_NONCHARACTER = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(chr(p << 16 | 0xFFFE) + chr(p << 16 | 0xFFFF) for p in range(17))
    + "]"
)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUL_SIGN = "\u2400"
_REFUSED = (
    (_CONTROL, _("Character %(position)d is the control character %(code)s; delete it.")),
    (_BIDI, _("Character %(position)d is the invisible text direction mark %(code)s; delete it.")),
    (_LOST, _("Character %(position)d stands for one that was lost (%(code)s); type it again.")),
    (_SURROGATE, _("Character %(position)d is half a character (%(code)s); type it again.")),
    (_NONCHARACTER, _("Character %(position)d (%(code)s) is not a character; delete it.")),
)


def fold_width(value: str) -> str:
    """Full-width letters, digits, blanks and the marks used in codes become plain ones."""
    return value if value.isascii() else value.translate(_FOLD)


def clean(value: str, *, fold: bool = False, multiline: bool = False) -> str:
    """The text as it is stored; raises ValidationError naming the first character refused.

    `fold` is for numbers and codes: plain width, without marks that nobody sees or types.
    """
    if value.isascii() and value.isprintable():  # most codes and numbers: nothing else can be odd
        return value.strip(" ").lstrip(_GUARDS + " ") if fold else value.strip(" ")
    if fold:
        value = _UNSEEN.sub("", value)
    for pattern, sentence in _REFUSED:
        if found := pattern.search(value):
            params = {"position": found.start() + 1, "code": f"U+{ord(found[0]):04X}"}
            raise ValidationError(sentence, code="forbidden_character", params=params)
    value = _BREAK.sub("\n", value).translate(_INVISIBLE)
    if fold:
        value = fold_width(value)
    lines = unicodedata.normalize("NFC", value).translate(_SPACES).split("\n")
    if multiline:
        text = "\n".join(line.rstrip(_EDGE) for line in lines).strip(_EDGE)
    else:
        stripped = (line.strip(_EDGE) for line in lines)
        text = " ".join(line for line in stripped if line)
    return text.lstrip(_GUARDS + _EDGE) if fold else text


def without_point_zero(value: str) -> str:
    """A whole number that a program wrote as a decimal fraction (90019.0), as its digits."""
    found = _POINT_ZERO.fullmatch(value)
    return found[1] if found else value


def natural_key(value: str) -> str:
    """An ASCII key by which 2 stands before 10: every number begins with its own length."""
    key = _DIGITS.sub(lambda found: _counted(found[0]), value)
    return "".join(sign if sign.isascii() else f"~{ord(sign):06x}" for sign in key)


def storable(value: str) -> str:
    """The text as both databases hold it: a visible sign stands for NUL and half characters.

    For texts that nobody typed: what a file holds and what is said about it. What people type is
    refused by clean(), in words.
    """
    if value.isascii() and "\0" not in value:
        return value
    return _UNSTORABLE.sub(lambda found: _NUL_SIGN if found[0] == "\0" else "\ufffd", value)


def _counted(digits: str) -> str:
    number = digits.lstrip("0") or "0"
    return f"{len(number):02d}{number}"


def listed(parts: Iterable[object]) -> str:
    """Join the items of a list as the language writes it: A, B or A、B."""
    return comma().join(map(str, parts))


def first_listed(parts: Sequence[object], most: int, more: int = 0) -> str:
    """Join the first items of a list; of the others, and of `more`, say how many they are."""
    shown, left = listed(parts[:most]), max(0, len(parts) - most) + more
    return gettext("%(listed)s and %(n)d more") % {"listed": shown, "n": left} if left else shown


def comma() -> str:
    """Give what stands between the items of a list in the language of the moment."""
    return pgettext("between the items of a list", ", ")


def clauses(parts: Iterable[object]) -> str:
    """Join pieces of a line, which may hold commas, as the language writes it: A; B or A；B."""
    return pgettext("between the pieces of a line", "; ").join(map(str, parts))
