"""Finds the columns that a head can mean: labels in every language, names, aliases.

Pure; it knows words, not sheets: headers.py decides which of the meanings holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from rapidfuzz import fuzz, process

from core.records import plain
from core.said import in_languages
from core.text import fold_width
from customers.catalog import CUSTOMER
from customers.imports.fields import targets
from customers.imports.heads import aliases

NEAR = 55
_MARKS = re.compile(r"[\s*★☆※:：_\-/\u200b\ufeff\"'“”]+|必填|\(required\)")
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]$")
_CODE_ENDS, _NAME_ENDS = ("编码", "代码", "code"), ("名称", "name")
_POINTING = frozenset({plain.REFERENCE, plain.RECORD})


def folded(head: str) -> str:
    """Give a head as it is compared."""
    plain = fold_width(head).replace("（", "(").replace("）", ")").translate(aliases.TRADITIONAL)
    return _MARKS.sub("", plain).casefold()


def bare(head: str) -> str:
    """Give a folded head without a note in brackets at its end; a unit such as 万元 stays."""
    word = folded(head)
    found = _BRACKETS.search(word)
    if found is None or any(unit in found[0] for unit in aliases.UNITS):
        return word
    return word[: found.start()] or word


@cache
def meanings() -> dict[str, tuple[str, ...]]:
    """Give the keys of the columns that each word can stand for; labels before aliases."""
    found: dict[str, list[str]] = {}

    def add(word: str, key: str) -> None:
        keys = found.setdefault(folded(word), [])
        if key not in keys:
            keys.append(key)

    for key, target in targets.by_key().items():
        for word in in_languages(target.label):
            add(word, key)
    for key, target in targets.by_key().items():
        own = f"{aliases.JOINING.get(target.name, '')} {aliases.HEADS.get(key, '')}"
        for word in (target.name, key, *own.split()):
            add(word, key)
    return {word: tuple(keys) for word, keys in found.items()}


def pointed(head: str) -> tuple[tuple[str, ...], bool]:
    """Give the references that a head with 编码 or 名称 behind means, and whether by name."""
    word = bare(head)
    for ends, by_name in ((_CODE_ENDS, False), (_NAME_ENDS, True)):
        for end in ends:
            keys = meanings().get(word.removesuffix(end), ()) if word.endswith(end) else ()
            keys = tuple(key for key in keys if targets.by_key()[key].kind in _POINTING)
            if keys:
                return keys, by_name
    return (), False


def means(head: str) -> tuple[str, ...]:
    """Give the keys of the columns that a head can mean, the likeliest first."""
    return meanings().get(bare(head)) or pointed(head)[0]


def nearest(head: str, sheets: Iterable[str]) -> str:
    """Give the key of the column whose words come nearest to an unknown head, or ""."""
    wanted = set(sheets)
    words = [
        word
        for word, keys in meanings().items()
        if any(key.partition(".")[0] in wanted for key in keys)
    ]
    hit = process.extractOne(bare(head), words, scorer=fuzz.ratio, score_cutoff=NEAR)
    if hit is None:
        return ""
    return next(key for key in meanings()[hit[0]] if key.partition(".")[0] in wanted)


@cache
def system_words() -> frozenset[str]:
    """Give the words for what only the system sets."""
    labels = {
        word
        for row in CUSTOMER
        if not row.sheet
        for word in (row.name, *in_languages(CUSTOMER.label(row.name)))
    }
    return frozenset(map(folded, (*labels, *aliases.SYSTEM.split())))


@cache
def row_heads() -> frozenset[str]:
    """Give the heads of the column that says which row of a file a row of the error workbook is."""
    return frozenset(map(folded, in_languages(aliases.ROW_HEAD)))


@cache
def reported() -> frozenset[str]:
    """Give the heads of columns that an earlier check wrote into the file."""
    own = in_languages(aliases.REASON_HEAD)
    return row_heads() | frozenset(map(folded, (*own, *aliases.REPORTED.split())))


@cache
def sheet_names() -> dict[str, str]:
    """Give what a sheet of this name is about."""
    known = {
        folded(word): sheet
        for sheet, catalog in targets.CATALOGS.items()
        for name in (catalog.model._meta.verbose_name, catalog.model._meta.verbose_name_plural)
        for word in in_languages(name)
    }
    return known | {
        folded(word): sheet for sheet, words in aliases.SHEETS.items() for word in words.split()
    }
