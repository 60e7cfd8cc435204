"""Puts hostile workbooks together part by part; knows what a sound one looks like."""
# ruff: noqa: E501  the XML of a case reads best on one line

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
SHEET = "xl/worksheets/sheet1.xml"
FORMATS = '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>'


@dataclass
class Case:
    """A file; `says` is a piece of its refusal, `rows` what is read instead, neither: any end."""

    make: Callable[[], bytes]
    says: str | None = None
    rows: object = None
    name: str = "a.xlsx"
    notes: tuple[str, ...] = ()


def sheet(data, before="", after=""):
    """Give the XML of a sheet around its rows."""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'
    )


def row(*cells, number=1):
    """Give a row of ready cells."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def types(main=SHEET_TYPE, more=""):
    return (
        f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{main}"/>{more}</Types>'
    )


def relations(*targets):
    """Give a part of relations: id, kind, target, and perhaps a mode."""
    rows = "".join(
        f'<Relationship Id="{key}" Type="{OFFICE}/{kind}" Target="{target}"{mode}/>'
        for key, kind, target, mode in ((*one, "")[:4] for one in targets)
    )
    return f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{rows}</Relationships>'


def workbook(*names, start="", state=""):
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{at}" r:id="s{at}"{state}/>'
        for at, name in enumerate(names, start=1)
    )
    return f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{start}<sheets>{sheets}</sheets></workbook>'


def parts(data=None, strings=("甲", "乙"), **changed):
    """Give the parts of a sound workbook with one sheet; `changed` names them with __ for /."""
    xml = "".join(f"<si><t>{text}</t></si>" for text in strings)
    found = {
        "[Content_Types].xml": types(),
        "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": workbook("客户"),
        "xl/_rels/workbook.xml.rels": relations(
            ("s1", "worksheet", "worksheets/sheet1.xml"),
            ("t", "sharedStrings", "sharedStrings.xml"),
            ("y", "styles", "styles.xml"),
        ),
        "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}">{xml}</sst>',
        "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}">{FORMATS}<cellXfs>'
        '<xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="22"/>'
        '<xf numFmtId="20"/></cellXfs></styleSheet>',
        SHEET: sheet(row('<c r="A1" t="s"><v>0</v></c>')) if data is None else data,
    }
    for name, content in changed.items():
        key = {"types": "[Content_Types].xml", "rels": "_rels/.rels", "book": "xl/workbook.xml",
               "strings_xml": "xl/sharedStrings.xml", "styles": "xl/styles.xml",
               "links": "xl/_rels/workbook.xml.rels"}.get(name, name.replace("__", "/"))  # fmt: skip
        found[key] = content
    return {name: content for name, content in found.items() if content is not None}


def packed(found, method=zipfile.ZIP_DEFLATED):
    """Give the zip of parts; a part may be text, bytes, or a list of pieces."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method, compresslevel=1) as archive:
        for name, content in found.items():
            pieces = content if isinstance(content, list) else [content]
            with archive.open(name, "w") as target:
                for piece in pieces:
                    target.write(piece.encode() if isinstance(piece, str) else piece)
    return file.getvalue()


def made(data=None, **changed):
    """Give a maker of a workbook with one sheet."""
    return lambda: packed(parts(data, **changed))


def cells(*xml, **changed):
    """Give a maker of a workbook with one row."""
    return made(sheet(row(*xml)), **changed)
