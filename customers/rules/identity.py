"""Who a customer is: credit code, tax number, and names as they are compared, sorted and masked.

Pure; a value goes in, the form to store comes out, or a ValidationError says what is wrong.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT, RE_HANS
from pypinyin.seg.simpleseg import seg
from pypinyin.style import convert
from stdnum.cn import uscc as gb32100

from core.text import fold_width, without_point_zero

USCC_LENGTH = 18
TAX_NUMBER_LENGTHS = (15, 17, 18, 20)
NAME_KEY_LENGTH = 240
SORT_LENGTH = 400
SPELLED_LENGTH, INITIALS_LENGTH = 500, 60

_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_LOOKALIKES = {"O": "0", "I": "1", "S": "5", "Z": "2", "V": "Y"}
# Of these only the legal form can go; nothing else is to be normalised.
_is_plain_name = re.compile("[0-9a-z一-龥]+").fullmatch
_HANS = re.compile(f"({RE_HANS.pattern.strip('^$')})")
_PLAIN = frozenset(" 0123456789abcdefghijklmnopqrstuvwxyz")
_LEGAL_FORMS = ("股份有限公司", "有限公司")
# Old Chinese fonts put these characters of GBK into the private area (from U+E815 on); GB 18030 has
# moved them since. Those that Python's codec still leaves there stand in the second line.
_MOVED_FROM = 0xE815
_MOVED_SINCE = dict(
    zip(
        (0xE816, 0xE817, 0xE818, 0xE81E, 0xE826, 0xE82B, 0xE82C, 0xE831, 0xE832, 0xE83B, 0xE843,
         0xE854, 0xE855, 0xE864),
        "𠂇𠂉𠃌龴龵龶龷𡗗龸𢦏龹龺𤇾龻",
        strict=True,
    )
)  # fmt: skip
_RINGS = dict.fromkeys(map(ord, "○◯⚪⭕"), "〇")
_SELECTORS = dict.fromkeys([*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)])


def registration(value: str) -> str:
    """Capitals without blanks and dashes: how such numbers are stored, whoever issued them.

    The kind of customer decides what else must hold; record.cross_problems knows.
    """
    if value.isalnum() and value.isascii():
        return value.upper()
    return without_point_zero(re.sub(r"[\s\-‐‑‒–—]", "", fold_width(value)).upper())


@lru_cache(maxsize=4_000)
def uscc(value: str) -> str:
    """The unified social credit code (GB 32100) as it is stored; raises ValidationError."""
    code = registration(value)
    if len(code) != USCC_LENGTH:
        raise ValidationError(
            _("Should have %(expected)d characters, has %(found)d."),
            code="length",
            params={"expected": USCC_LENGTH, "found": len(code)},
        )
    for position, character in enumerate(code, start=1):
        if character not in _USCC_ALPHABET:
            raise _unused_character(character, position)
    if gb32100.calc_check_digit(code[:-1]) != code[-1]:
        raise ValidationError(
            _("The check character does not fit: one of the 18 characters is mistyped."),
            code="check_digit",
        )
    return code


def is_uscc(value: str) -> bool:
    """Say whether the value is a credit code without mistakes."""
    try:
        uscc(value)
    except ValidationError:
        return False
    return True


def tax_number(value: str) -> str:
    """A taxpayer number as it is stored; that companies give a credit code is record's part."""
    number = registration(value)
    if not re.fullmatch("[0-9A-Z]*", number):
        raise ValidationError(_("Only digits and Latin letters are allowed."), code="characters")
    if len(number) not in TAX_NUMBER_LENGTHS:
        raise ValidationError(
            _("Should have 15, 17, 18 or 20 characters, has %(found)d."),
            code="length",
            params={"found": len(number)},
        )
    return number


@lru_cache(maxsize=4_000)
def normalised_name(value: str) -> str:
    """The name as it is compared: width, case, blanks, punctuation and legal form do not count."""
    current = value[:NAME_KEY_LENGTH]
    normalise = _without_legal_form if _is_plain_name(current) else _normalise_once
    while True:
        following = normalise(current)[:NAME_KEY_LENGTH]
        if following == current:
            return current
        current = following


def pinyin_sort(value: str, *, limit: int = SORT_LENGTH) -> str:
    """An ASCII key that sorts by full pinyin, then by the characters themselves."""
    if not value:
        return ""
    spelled = "".join(_spelled(_folded(value))).removeprefix(" ")
    return f"{spelled} !{value.translate(_ESCAPED)}"[:limit]


def initials(value: str, *, limit: int = SORT_LENGTH) -> str:
    """The first letters of the pinyin; Latin letters and digits stay: 北京 ABC -> bjabc."""
    letters = lazy_pinyin(_folded(value), style=Style.FIRST_LETTER)
    return re.sub("[^0-9a-z]", "", _without_marks("".join(letters)))[:limit]


def search_key(value: str) -> str:
    """How a name is typed with Latin letters, in full and by initials: |hangzhoushi|hzs|."""
    letters = "".join(lazy_pinyin(_folded(value)))
    spelled = re.sub("[^0-9a-z]", "", _without_marks(letters))[:SPELLED_LENGTH]
    return f"|{spelled}|{initials(value, limit=INITIALS_LENGTH)}|" if spelled else ""


def mask_name(value: str) -> str:
    """The name for someone who may only know that it exists: 华南科技有限公司 -> 华*科技."""
    core = value.strip()
    for form in ("有限责任公司", *_LEGAL_FORMS):
        core = core.removesuffix(form) or core
    if len(core) < 2:
        return "*"
    return f"{core[0]}*{core[-2:]}" if len(core) > 3 else f"{core[0]}*"


def _unused_character(character: str, position: int) -> ValidationError:
    params = {"found": character, "position": position, "likely": _LOOKALIKES.get(character, "")}
    sentence = _("Character %(position)d is “%(found)s”, which a credit code never has.")
    if params["likely"]:
        sentence = _(
            "Character %(position)d is “%(found)s”, which a credit code never has; "
            "is it “%(likely)s”?"
        )
    return ValidationError(sentence, code="characters", params=params)


def _folded(value: str) -> str:
    if not value.isascii():
        value = value.translate(_alike())
    return unicodedata.normalize("NFKC", value).casefold()


@cache
def _alike() -> dict[int, str | None]:
    """Signs that people cannot tell from others, and marks that only choose a shape."""
    places = [*range(0x50, 0x7F), *range(0x80, 0xA1)]
    moved = {
        _MOVED_FROM + at: bytes((0xFE, place)).decode("gb18030") for at, place in enumerate(places)
    }
    return {**moved, **_MOVED_SINCE, **_RINGS, **_SELECTORS}


def _normalise_once(value: str) -> str:
    folded = unicodedata.normalize("NFKC", _folded(value))
    compact = folded.translate(_WITHOUT_BLANKS)
    return _without_legal_form(compact.translate(_WITHOUT_PUNCTUATION)) or compact or value


def _without_legal_form(name: str) -> str:
    name = name.replace("有限责任公司", "有限公司")
    for form in _LEGAL_FORMS:
        name = name.removesuffix(form) or name
    return name


def _spelled(text: str) -> Iterator[str]:
    """Spell the words of a text as `seg` cuts it; characters of one reading stand alone."""
    for at, run in enumerate(_HANS.split(text)):
        if at % 2 and _phrased().isdisjoint(run):
            yield run.translate(_ALONE)
        elif run:
            yield from map(_syllables, seg(run) if at % 2 else [run])


@cache
def _phrased() -> frozenset[str]:
    """The characters that some phrase of the dictionary reads in another way than they stand."""
    alone = {chr(code): _plain(readings) for code, readings in PINYIN_DICT.items()}
    return frozenset(
        sign
        for phrase, readings in PHRASES_DICT.items()
        for at, sign in enumerate(phrase)
        if at >= len(readings) or alone.get(sign) != _plain(readings[at][0])
    )


@lru_cache(maxsize=10_000)
def _plain(readings: str) -> str:
    return str(convert(readings.partition(",")[0], Style.NORMAL, strict=True))


@lru_cache(maxsize=100_000)
def _syllables(word: str) -> str:
    """The sort key of one word of a name, a blank before each; names share most of their words.

    A word is what the pinyin dictionary cuts out of a text, so that phrases keep their reading.
    """
    return "".join(f" {syllable.translate(_ESCAPED)}" for syllable in lazy_pinyin([word]))


def _without_marks(value: str) -> str:
    decomposed = unicodedata.normalize("NFKD", value)
    return "".join(c for c in decomposed if not unicodedata.combining(c))


class _Letters(dict[int, str | None]):
    """A table for str.translate that asks once about each character."""

    def __init__(self, ask: Callable[[str], str | None]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, code: int) -> str | None:
        self[code] = found = self._ask(chr(code))
        return found


# ASCII in the order of code points; ~ sorts the strange behind everything plain.
_ESCAPED = _Letters(lambda c: c if c in _PLAIN else f"~{ord(c):06x}")
_ALONE = _Letters(_syllables)
_WITHOUT_BLANKS = _Letters(lambda c: None if unicodedata.category(c)[0] in "ZC" else c)
_WITHOUT_PUNCTUATION = _Letters(lambda c: None if unicodedata.category(c)[0] == "P" else c)
