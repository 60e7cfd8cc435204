"""A workbook in the .xlsx form: from its content types to its sheets, by relations only.

Runs in the child. Parts are found as the package says, never by guessed names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any

from core.workbook import formats, markup, strings
from core.workbook.blocks import Unsorted
from core.workbook.cells import Bad
from core.workbook.package import Package, relations_of, resolve
from core.workbook.sheet import SheetXml
from core.workbook.strings import Strings, unescaped

TYPES = "[Content_Types].xml"
_SMALL_PART = 16 * 1024 * 1024
_MACROS = ("vbaproject", "macrosheet")
_OTHER_DOCUMENTS = ("document", "presentation")
_STATES = ("visible", "hidden", "veryHidden")
_TRUE = ("1", "true")
_LONGEST_NAME = 100

Emit = Callable[[tuple[Any, ...]], None]
Relations = dict[str, tuple[str, str]]


class Shared:
    """What the sheets of a workbook share."""

    def __init__(self, limits: dict[str, int]) -> None:
        self.limits = limits
        self.root = ""
        self.has_pictures = False
        self.from_1904 = False
        self.sheets: list[tuple[str, str, str]] = []
        self.looks: list[formats.Look] = []
        self.strings = Strings()

    def take(self, path: tuple[str, ...], attributes: dict[str, str]) -> None:
        """Take an element of the workbook part."""
        self.root = self.root or path[0]
        if path[1:] == ("workbookPr",):
            self.from_1904 = attributes.get("date1904", "") in _TRUE
        elif path[1:] == ("sheets", "sheet"):
            if len(self.sheets) >= self.limits["sheets"]:
                raise Bad("sheets", most=self.limits["sheets"])
            to = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            name = unescaped(attributes.get("name", ""))[:_LONGEST_NAME]
            state = attributes.get("state", "visible")
            self.sheets.append((name, state if state in _STATES else "visible", to))


def read(file: IO[bytes], limits: dict[str, int], emit: Emit, tick: Callable[[], None]) -> None:
    """Emit the sheets, rows and notes of a workbook. Raises Bad."""
    package = Package(file, limits, tick)
    main = _main_part(package)
    relations = _relations(package, main)
    book = Shared(limits)
    markup.elements(package.chunks(main, _SMALL_PART), book.take, "workbook.xml")
    if book.root != "workbook":
        raise Bad("document" if book.root in _OTHER_DOCUMENTS else "no-workbook")
    book.has_pictures = any(name.endswith("richvaluerel.xml") for name in package.names())
    emit(("kind", "xlsx"))
    for kind, part in relations.values():
        if kind == "sharedStrings":
            book.strings = strings.read(package.chunks(part))
        elif kind == "styles":
            book.looks = formats.styles(package.chunks(part, 4 * _SMALL_PART))
    at = 0
    for name, state, to in book.sheets:
        kind, part = relations.get(to, ("", ""))
        if kind == "worksheet":
            emit(("sheet", name, state, at))
            if part not in package:
                raise Bad("damaged-part", sheet=name, part="")
            try:
                SheetXml(at, name, book, emit).read(package.chunks(part))
            except Unsorted:
                emit(("anew", at))
                SheetXml(at, name, book, emit, sorts=True).read(package.chunks(part))
            at += 1
        elif kind not in ("chartsheet", "dialogsheet"):
            raise Bad("damaged-part", sheet=name, part="")
    if not at:
        raise Bad("no-sheets")


def _main_part(package: Package) -> str:
    """Give the name of the workbook part; other documents and macros are refused by name."""
    if TYPES not in package:
        raise Bad("ods" if "mimetype" in package and "content.xml" in package else "no-workbook")
    found = [part for kind, part in _relations(package, "").values() if kind == "officeDocument"]
    if len(found) != 1 or found[0] not in package:
        raise Bad("no-workbook")
    main = found[0]
    if main.casefold().endswith(".bin"):
        raise Bad("xlsb")
    for part, kind in _types(package).items():
        if part.endswith("vbaproject.bin") or any(mark in kind for mark in _MACROS):
            raise Bad("macros")
    return main


def _types(package: Package) -> dict[str, str]:
    """Give the content type of every part that exists; what is declared for no part is nothing."""
    types: dict[str, str] = {}

    def take(path: tuple[str, ...], attributes: dict[str, str]) -> None:
        key = attributes.get("PartName", "").lstrip("/")
        key = key or "." + attributes.get("Extension", "")
        types[key.casefold()] = attributes.get("ContentType", "").casefold()

    markup.elements(package.chunks(TYPES, _SMALL_PART), take, TYPES)
    return {
        part: types.get(part) or types.get("." + part.rpartition(".")[2], "")
        for part in package.names()
    }


def _relations(package: Package, part: str) -> Relations:
    """Give kind and target of the relations of a part by their ids; outside ones are left out."""
    found: Relations = {}

    def take(path: tuple[str, ...], attributes: dict[str, str]) -> None:
        if path[1:] != ("Relationship",):
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        if attributes.get("TargetMode", "").casefold() == "external":
            if kind in ("worksheet", "sharedStrings", "styles", "officeDocument"):
                raise Bad("outside")
            return
        if kind in ("worksheet", "sharedStrings", "styles", "officeDocument", "chartsheet"):
            found[attributes.get("Id", "")] = (kind, resolve(part, attributes.get("Target", "")))
        else:
            found[attributes.get("Id", "")] = (kind, "")

    name = relations_of(part)
    if name in package:
        markup.elements(package.chunks(name, _SMALL_PART), take, name)
    return found
