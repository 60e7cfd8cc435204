"""Banks that people write in files, each with its other names: two of them are never one.

Data and one pure question; the list is there to tell banks apart, not to offer them.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from customers.imports.fields.spelling import folded

_FORMS = re.compile(r"(?:股份)?有限(?:责任)?公司|总行$|(?<=银行)中国$")
_BRANCH = re.compile(r"分行|支行|营业部|分理处|营业厅|营业室|储蓄所|网点|分社")
_LONG_ENOUGH = 4


@cache
def banks() -> list[list[str]]:
    """Give the names of each bank, the one it goes by first."""
    text = files("customers").joinpath("data", "institutions.txt").read_text(encoding="utf-8")
    return [line.split() for line in text.splitlines()]


@cache
def _names() -> dict[str, str]:
    """Give the bank by each of its names."""
    return {folded(name): names[0] for names in banks() for name in names}


@cache
def _by_length() -> list[str]:
    names = (one for one in _names() if len(one) >= _LONG_ENOUGH or one.endswith("行"))
    return sorted(names, key=len, reverse=True)


def of(text: str) -> str:
    """Give the known bank that a folded text names, with or without a branch; "" for none."""
    plain = _FORMS.sub("", _FORMS.sub("", text))
    for one in (plain, plain.removeprefix("中国")):
        if one in _names():
            return _names()[one]
    if not _BRANCH.search(plain):
        return ""
    for one in (plain, plain.removeprefix("中国")):
        for name in _by_length():
            if one.startswith(name):
                return _names()[name]
    return ""
