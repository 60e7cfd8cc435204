"""Amounts as people write them: 500,000.00, ¥ 1200, 500万, 1.5亿元, RMB 3,000.

Pure; one reading for forms, imports and the API. Digits are never guessed: 12,34 is no amount.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.text import clean

AMOUNT_MAX = Decimal("9999999999999.99")

_CURRENCY = "人民币|美元|欧元|港币|港元|日元|英镑|RMB|CNY|USD|EUR|HKD|JPY|GBP|[¥￥$€£]"
_FRAME = re.compile(
    rf"(?:{_CURRENCY})?(?P<sign>[+-]?)(?:{_CURRENCY})?(?P<number>.*?)(?:元|圆|圓)?整?(?:{_CURRENCY})?",
    re.IGNORECASE | re.DOTALL,
)
_UNITS = {
    "亿": 10**8,
    "億": 10**8,
    "千万": 10**7,
    "百万": 10**6,
    "万": 10**4,
    "萬": 10**4,
    "千": 10**3,
}
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_PART = re.compile(rf"(?P<digits>[0-9.,]+)(?P<unit>{_UNIT})")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?", re.ASCII)
_DIGITS = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", re.ASCII)
_IN_WORDS = re.compile("[〇零一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟]")
_GROUP_OF_THREE = re.compile(r"(?<=[0-9]) (?=[0-9]{3}(?![0-9]))")
_LOOSE_BLANK = re.compile(r"(?<![0-9]) | (?![0-9])")


def parse(value: str) -> Decimal:
    """An amount with two places; raises ValidationError with the sentence for its field."""
    text = clean(value, fold=True).replace("，", ",").replace("−", "-")
    text = _LOOSE_BLANK.sub("", _GROUP_OF_THREE.sub("", text))
    framed = _FRAME.fullmatch(text)
    number = _number(framed["number"]) if framed else None
    if framed is None or number is None:
        raise _refused(text)
    return two_places(-number if framed["sign"] == "-" else number)


def two_places(value: Decimal) -> Decimal:
    """The same amount with two places, if it has no more and is not too large to be kept."""
    if abs(value) > AMOUNT_MAX:
        raise ValidationError(
            _("An amount has 13 digits before the decimal point at most."), code="digits"
        )
    try:
        rounded = value.quantize(Decimal("0.01"))
    except InvalidOperation:  # NaN
        raise _refused("") from None
    if rounded != value:
        raise ValidationError(_("An amount has two decimal places at most."), code="places")
    return rounded


def _number(text: str) -> Decimal | None:
    """The number in a text such as 1,200.50 or 1亿2000万, None when it is none."""
    if _PART.match(text) is None:
        return _plain(text)
    total, before, at = Decimal(0), max(_UNITS.values()) + 1, 0
    while found := _PART.match(text, at):
        digits, unit = _plain(found["digits"]), _UNITS[found["unit"]]
        if digits is None or unit >= before:
            return None
        total, before, at = total + digits * unit, unit, found.end()
    return total if at == len(text) else None


def _plain(text: str) -> Decimal | None:
    text = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    return Decimal(text) if _DIGITS.fullmatch(text) else None


def _refused(text: str) -> ValidationError:
    if _IN_WORDS.search(text):
        sentence = _("Write the amount in digits, such as 500,000.00 or 50万.")
    else:
        sentence = _("Give an amount such as 500,000.00 or 50万.")
    return ValidationError(sentence, code="amount")
