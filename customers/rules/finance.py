"""Money and banks: account numbers, CNAPS numbers, credit terms. Amounts are read by core.amounts.

Pure; it says whether a number can be right, never whose it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import iban, luhn
from stdnum.exceptions import ValidationError as NotStandard

from core.said import said
from core.text import fold_width, without_point_zero

CREDIT_DAYS_MAX = 3650
CNAPS_LENGTH = 12
ACCOUNT_DIGITS = (8, 30)

_EXCEL_ROUNDED = re.compile(r"\d+(?:\.\d+)?E\+\d+", re.IGNORECASE)
_SEPARATORS = re.compile(r"[\s\-‐‑‒–—·.]+")
_FRACTION = re.compile(r"[0-9]+\.[0-9]{1,2}", re.ASCII)
_USUAL_DIGITS = {"102": (19,), "103": (15, 17, 19), "104": (12,), "105": (20,)}


@dataclass(frozen=True)
class Evidence:
    """What a check found, in words; `ok` is False when a person should look twice."""

    ok: bool
    text: Any


def account_number(value: str) -> str:
    """An account number: 8 to 30 digits kept as text, or an IBAN whose check digits fit."""
    text = fold_width(value).strip()
    if _EXCEL_ROUNDED.fullmatch(text):
        raise ValidationError(
            _("Excel has shortened this number; give all its digits as text."), code="rounded"
        )
    number = _without_separators(text).upper()
    if re.match("[A-Z]", number):
        return _iban(number)
    if not re.fullmatch(r"[0-9]*", number):
        raise ValidationError(_("An account number has digits only."), code="characters")
    least, most = ACCOUNT_DIGITS
    if not least <= len(number) <= most:
        raise ValidationError(
            _("Should have %(least)d to %(most)d digits, has %(found)d."),
            code="length",
            params={"least": least, "most": most, "found": len(number)},
        )
    return number


def cnaps(value: str) -> str:
    """A CNAPS number (联行号): 12 digits."""
    number = _without_separators(fold_width(value).strip())
    if not re.fullmatch(r"[0-9]*", number):
        raise ValidationError(_("A CNAPS number has digits only."), code="characters")
    if len(number) != CNAPS_LENGTH:
        raise ValidationError(
            _("Should have %(expected)d digits, has %(found)d."),
            code="length",
            params={"expected": CNAPS_LENGTH, "found": len(number)},
        )
    return number


def account_plausible(number: str, bank_code: str = "") -> Evidence:
    """Whether a well-formed account number looks real; company accounts have no check digit."""
    if number[:1].isalpha():
        return Evidence(True, _("IBAN, its check digits fit."))
    if len(set(number)) == 1 or number in "0123456789" * 4:
        return Evidence(False, _("The digits are a pattern, not an account number."))
    if number.startswith("62") and 16 <= len(number) <= 19:
        if luhn.is_valid(number):
            return Evidence(True, _("Bank card, its check digit fits."))
        return Evidence(False, _("Looks like a bank card, but its check digit does not fit."))
    return _usual_length(len(number), _USUAL_DIGITS.get(bank_code[:3], ()))


def _usual_length(found: int, usual: tuple[int, ...]) -> Evidence:
    if usual and found not in usual:
        sentence = said("%(found)d digits; company accounts at this bank have %(usual)s.")
        return Evidence(False, sentence % {"found": found, "usual": " / ".join(map(str, usual))})
    sentence = said("%(found)d digits; company accounts have no check digit.")
    return Evidence(True, sentence % {"found": found})


def _without_separators(text: str) -> str:
    """The number itself; a point between digits separates groups, it never begins a fraction."""
    text = without_point_zero(text)
    if _FRACTION.fullmatch(text):
        raise ValidationError(
            _("The number has a decimal point; give all its digits as text."), code="fraction"
        )
    return _SEPARATORS.sub("", text)


def _iban(number: str) -> str:
    try:
        return str(iban.validate(number, check_country=False))
    except NotStandard:
        raise ValidationError(
            _("Neither digits nor a valid IBAN: its check digits do not fit."), code="iban"
        ) from None
