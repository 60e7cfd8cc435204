"""Rules of reference values: their codes, region letters, how deep a tree may grow.

Pure: values in, values or sentences out.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.text import fold_width, without_point_zero

MAX_DEPTH = 10
GENERATED_LENGTH = 12
_DASHES = re.compile("[‐‑‒–—−]")


def code(value: str) -> str:
    """The code as it is stored: capitals, plain dashes, no blanks. Raises ValidationError."""
    code = without_point_zero(re.sub(r"\s+", "", _DASHES.sub("-", fold_width(value))).upper())
    if found := re.search(r"[^\w\-.#]", code):
        raise ValidationError(
            _("“%(found)s” cannot stand in a code; letters, digits and - . # _ can."),
            code="characters",
            params={"found": found[0]},
        )
    return code


def code_from(letters: str) -> str:
    """A code for a name that is spelled with these letters; not yet known to be free."""
    return re.sub("[^0-9A-Z]", "", letters.upper())[:GENERATED_LENGTH] or "X"


def currency(value: str) -> str:
    """An ISO 4217 code. Raises ValidationError."""
    return _letters(value, "[A-Z]{3}", _("A currency code is three letters, such as CNY."))


def letters(value: str) -> str:
    """The letters that stand for a region in customer codes. Raises ValidationError."""
    return _letters(value, "[A-Z]{0,6}", _("Up to six letters A to Z, such as BJ."))


def _letters(value: str, pattern: str, sentence: Any) -> str:
    value = re.sub(r"\s+", "", fold_width(value)).upper()
    if not re.fullmatch(pattern, value):
        raise ValidationError(sentence, code="letters")
    return value
