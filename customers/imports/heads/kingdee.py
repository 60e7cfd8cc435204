"""Understands Kingdee's two header rows: keys such as FName#2052, labels such as *(…)客户名称.

Pure; what Kehu has no field for is named with the reason, never dropped without a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from core.records import plain
from core.said import said as _
from core.workbook.cells import letters
from customers.imports.fields import targets
from customers.imports.heads import layout, words
from customers.imports.heads.layout import Column

_KEY = re.compile(r"(?:F[A-Za-z][A-Za-z0-9_]*(?:\(\w+\))?|\*Split\*\d+|SubHeadEntity\w*)(?:#\w+)?")
_LABEL = re.compile(r"\*?\s*\(([^)]+)\)\s*(.+)")
_SERIAL = re.compile(r"\*?\s*(.+?)\s*\((?:序号|实体序号)\)")
_MOST = 3
_CHINESE = ("", "2052", "中文(简体)")


def is_keys(texts: Sequence[str]) -> bool:
    """Say whether a row holds Kingdee's keys."""
    return sum(bool(_KEY.fullmatch(text.strip())) for text in texts) >= _MOST


def is_labels(texts: Sequence[str]) -> bool:
    """Say whether a row holds Kingdee's labels."""
    plain = [text.strip().replace("（", "(").replace("）", ")") for text in texts]
    return sum(bool(_LABEL.fullmatch(text) or _SERIAL.fullmatch(text)) for text in plain) >= _MOST


def columns(keys: Sequence[str], labels: Sequence[str]) -> list[Column]:
    """Give what the columns mean; either row may be empty."""
    found: list[Column] = []
    entity = "customers"
    for index in range(max(len(keys), len(labels))):
        key = keys[index].strip() if index < len(keys) else ""
        label = labels[index].strip() if index < len(labels) else ""
        label = label.replace("（", "(").replace("）", ")")
        if not key and not label:
            continue
        entity = _entity(key, label) or entity
        found.append(_column(index, key, label, entity))
    return _helped(found)


def _entity(key: str, label: str) -> str:
    """Give the part of the record that a column opens or belongs to; "?" when Kehu has none."""
    opened = key.partition("(")[0].casefold()
    if opened in words.KINGDEE_ENTITIES:
        return words.KINGDEE_ENTITIES[opened]
    if opened.startswith(("ft_", "subhead")):
        return "?"
    found = _LABEL.fullmatch(label) or _SERIAL.fullmatch(label)
    if found is None:
        return ""
    named = words.KINGDEE_ENTITIES.get(found[1].strip())
    return named or ("" if key else "?")


def _column(index: int, key: str, label: str, entity: str) -> Column:
    head = key or label
    place = (index, letters(index), head)
    if key.startswith("*Split*") or label == "间隔列":
        return Column(*place, layout.IGNORED, reason=_("Separates the parts of the record."))
    serial = _SERIAL.fullmatch(label)
    opens = key.partition("(")[0].casefold() in words.KINGDEE_ENTITIES or key.startswith("FT_")
    if opens or serial:
        if entity == "customers":
            return Column(*place, layout.MAPPED, "customers.row_key")
        return Column(*place, layout.IGNORED, reason=_("Counts the rows of the part."))
    if entity == "?":
        return Column(*place, layout.IGNORED, reason=_("Kehu has no such part of the record."))
    return _field(place, key, label, entity)


def _field(place: tuple[int, str, str], key: str, label: str, entity: str) -> Column:
    base, _hash, part = key.partition("#")
    found = _LABEL.fullmatch(label)
    word, _hash, suffix = (found[2] if found else label).lstrip("*").partition("#")
    base, part = base.casefold(), part or suffix
    if base in words.KINGDEE_SYSTEM.split() and not (entity == "contacts" and base == "fcustid"):
        return Column(*place, layout.IGNORED, reason=_("The system sets this itself."))
    absent = words.KINGDEE_ABSENT.split() + words.KINGDEE_ABSENT_LABELS.split()
    if base in absent or (not base and word in absent):
        return Column(*place, layout.IGNORED, reason=_("Kehu has no such field."))
    target = words.KINGDEE_KEYS[entity].get(base, "")
    if not target:
        keys = [one for one in words.means(word) if one.partition(".")[0] == entity]
        target = keys[0] if keys else ""
    if not target:
        near = words.nearest(word or base.removeprefix("f"), [entity])
        return Column(*place, layout.UNKNOWN, suggestion=near)
    if targets.by_key()[target].kind == plain.REFERENCE or part in ("Name", "名称"):
        fate = layout.HELPER if part in ("Name", "名称") else layout.MAPPED
        return Column(*place, fate, target)
    if part not in _CHINESE and part not in ("编码", "Number"):
        return Column(*place, layout.IGNORED, reason=_("Another language of the same field."))
    return Column(*place, layout.MAPPED, target)


def _helped(found: list[Column]) -> list[Column]:
    """Let the second of two columns for one field help out, and a lonely name decide."""
    seen: set[str] = set()
    given: list[Column] = []
    decided = {column.target for column in found if column.fate == layout.MAPPED}
    for column in found:
        fate = column.fate
        if fate == layout.HELPER and column.target not in decided:
            fate = layout.MAPPED
            decided.add(column.target)
        elif fate == layout.MAPPED and column.target in seen and column.target.endswith("branch"):
            fate = layout.HELPER
        if fate == layout.MAPPED:
            seen.add(column.target)
        given.append(replace(column, fate=fate))
    return given
