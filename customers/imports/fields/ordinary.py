"""Cells that need no reading: texts that are stored exactly as they stand.

A fast lane beside the widgets, never a rule of its own; a test compares the two for every column.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from core.records import code, plain
from core.records.plain import Target
from customers.rules import contact, finance, identity

# Signs that cleaning leaves alone; without "<", with which the words begin that clear a cell.
_SIGN = "[!-;=-~一-龥（），、。：；]"
_TEXT = f"{_SIGN}(?:[ -;=-~一-龥（），、。：；]*{_SIGN})?"
_NO_EXPONENT = r"(?![0-9]+E[0-9]+\Z)"
_BY_RULE: dict[Any, str] = {
    code.stored: f"{_NO_EXPONENT}[0-9A-Z][0-9A-Z_-]*",
    contact.phone: "1[3-9][0-9]{9}|0(?:10|2[0-9]|[3-9][0-9]{2})-[2-9][0-9]{6,7}",
    contact.email: r"[a-z0-9]+(?:[._-][a-z0-9]+)*@(?:[a-z0-9]{1,30}\.){1,3}(?:com|cn|net|org)",
    contact.postcode: "[0-9]{6}",
    finance.account_number: "[0-9]{8,30}",
    finance.cnaps: "[0-9]{12}",
    identity.registration: f"{_NO_EXPONENT}[0-9A-Z]+",
    None: _TEXT,
}


def pattern_of(target: Target) -> str:
    """Give how texts look that the column stores as they are, if not too long; "" for none."""
    if target.kind not in (plain.TEXT, plain.LONG, plain.KEY):
        return ""
    return _BY_RULE.get(target.field.rule if target.field else code.stored, "")


def test_of(target: Target) -> Callable[[str], Any] | None:
    """Give what says whether the column stores a text as it is, None when it never does."""
    if not (pattern := pattern_of(target)):
        return None
    most = target.field.max_length if target.field else plain.ROW_KEY_LENGTH
    return re.compile(f"(?=.{{0,{most}}}\\Z)(?:{pattern})").fullmatch
