"""The parts of a workbook around its cells: styles, the list of sheets, notes, choices.

It gives XML; what goes into which file is core/workbook/writing.py's business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.workbook.cells import letters
from core.workbook.reading import Limits
from core.workbook.writing_cells import (
    AMOUNT,
    BAD,
    DATE,
    FORMATS,
    GENERAL,
    HEAD,
    LONG,
    LONG_QUOTED,
    MOMENT,
    NUMBER,
    PLAIN,
    QUOTED,
    SAMPLE,
    TEXT,
    Column,
    style,
)
from core.workbook.writing_text import attribute, xml_text

HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
LAST_ROW = 1_048_576
# Choices end where an import ends: some programs walk through every row that has one.
LAST_CHOICE = Limits().rows

_NUMBER_FORMATS = {
    GENERAL: 0,
    TEXT: 49,
    QUOTED: 49,
    LONG: 49,
    LONG_QUOTED: 49,
    AMOUNT: 4,
    NUMBER: 1,
    DATE: 164,
    MOMENT: 165,
}
_FONTS = {PLAIN: 0, BAD: 0, SAMPLE: 2, HEAD: 1}
_FILLS = {PLAIN: 0, BAD: 3, SAMPLE: 0, HEAD: 2}


@dataclass(frozen=True)
class SheetPart:
    """What the workbook has to know of a written sheet; `last_row` counts from 1."""

    name: str
    state: str
    columns: int
    last_row: int
    is_filtered: bool
    has_notes: bool


def styles() -> str:
    """Give styles.xml: every format in every tint, in the order that `style` counts."""
    looks = "".join(_look(kind, tint) for tint in (PLAIN, BAD, SAMPLE, HEAD) for kind in FORMATS)
    fills = "".join(
        f'<fill><patternFill patternType="solid"><fgColor rgb="FF{colour}"/>'
        '<bgColor indexed="64"/></patternFill></fill>'
        for colour in ("EFF1F4", "F9D0CE")
    )
    return (
        f'{HEADER}<styleSheet xmlns="{MAIN}"><numFmts count="2">'
        '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
        '<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
        '<fonts count="3"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
        '<font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font>'
        '<font><i/><sz val="11"/><color rgb="FF7A828E"/><name val="Calibri"/><family val="2"/>'
        '</font></fonts><fills count="4"><fill><patternFill patternType="none"/></fill>'
        f'<fill><patternFill patternType="gray125"/></fill>{fills}</fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        f'</cellStyleXfs><cellXfs count="{4 * len(FORMATS)}">{looks}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )


def _look(kind: str, tint: int) -> str:
    quoted = ' quotePrefix="1"' if kind in (QUOTED, LONG_QUOTED) else ""
    wrap = kind in (LONG, LONG_QUOTED) or tint == HEAD
    inside = '<alignment vertical="top" wrapText="1"/>' if wrap else ""
    aligned = ' applyAlignment="1"' if wrap else ""
    return (
        f'<xf numFmtId="{_NUMBER_FORMATS[kind]}" fontId="{_FONTS[tint]}" fillId="{_FILLS[tint]}" '
        f'borderId="0" xfId="0"{quoted} applyNumberFormat="1" applyFont="1" applyFill="1"{aligned}'
        f">{inside}</xf>"
    )


def sheet_head(columns: Sequence[Column], widths: Sequence[float], frozen: int) -> str:
    """Give a sheet up to its first row; empty cells take the format of their column."""
    pane = (
        f'<pane ySplit="{frozen}" topLeftCell="A{frozen + 1}" activePane="bottomLeft" '
        'state="frozen"/><selection pane="bottomLeft"/>'
        if frozen
        else ""
    )
    cols = "".join(
        f'<col min="{at}" max="{at}" width="{width:.1f}" style="{style(column.kind)}" '
        'customWidth="1"/>'
        for at, (column, width) in enumerate(zip(columns, widths, strict=True), 1)
    )
    return (
        f'{HEADER}<worksheet xmlns="{MAIN}" xmlns:r="{_OFFICE}"><sheetViews>'
        f'<sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{cols}</cols><sheetData>'
    )


def sheet_tail(columns: Sequence[Column], part: SheetPart) -> str:
    """Give a sheet from its last row on: the filter, the choices of its columns, its notes."""
    found = "</sheetData>"
    if part.is_filtered:
        found += f'<autoFilter ref="{_filter_range(part, "")}"/>'
    chosen = [(at, column) for at, column in enumerate(columns) if column.choices]
    if chosen:
        rules = "".join(_choice(at, column) for at, column in chosen)
        found += f'<dataValidations count="{len(chosen)}">{rules}</dataValidations>'
    if part.has_notes:
        found += '<legacyDrawing r:id="rId2"/>'
    return found + "</worksheet>"


def _choice(at: int, column: Column) -> str:
    name = letters(at)
    strict = "" if column.is_open else ' showErrorMessage="1"'
    return (
        f'<dataValidation type="list" allowBlank="1"{strict} '
        f'sqref="{name}2:{name}{LAST_CHOICE}"><formula1>{xml_text(column.choices, exact=False)}'
        "</formula1></dataValidation>"
    )


def _filter_range(part: SheetPart, sign: str) -> str:
    last = letters(part.columns - 1)
    return f"{sign}A{sign}1:{sign}{last}{sign}{max(part.last_row, 1)}"


def workbook(sheets: Sequence[SheetPart]) -> str:
    """Give workbook.xml: the sheets in order, the first visible one in front."""
    front = next((at for at, sheet in enumerate(sheets) if sheet.state == "visible"), 0)
    listed = "".join(
        f'<sheet name="{attribute(sheet.name)}" sheetId="{at}"{_state(sheet)} r:id="rId{at}"/>'
        for at, sheet in enumerate(sheets, 1)
    )
    names = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{at}" hidden="1">'
        f"{xml_text(quoted(sheet.name), exact=False)}!{_filter_range(sheet, '$')}</definedName>"
        for at, sheet in enumerate(sheets)
        if sheet.is_filtered
    )
    defined = f"<definedNames>{names}</definedNames>" if names else ""
    return (
        f'{HEADER}<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}"><bookViews>'
        f'<workbookView activeTab="{front}"/></bookViews><sheets>{listed}</sheets>'
        f"{defined}</workbook>"
    )


def _state(sheet: SheetPart) -> str:
    return "" if sheet.state == "visible" else f' state="{sheet.state}"'


def quoted(name: str) -> str:
    """Give the name of a sheet as it stands in a reference."""
    doubled = name.replace("'", "''")
    return f"'{doubled}'"


def workbook_links(count: int) -> str:
    """Give the relations of the workbook: its sheets, then its styles."""
    links = "".join(
        _link(f"rId{at}", f"{_OFFICE}/worksheet", f"worksheets/sheet{at}.xml")
        for at in range(1, count + 1)
    )
    return _links(links + _link(f"rId{count + 1}", f"{_OFFICE}/styles", "styles.xml"))


def package_links() -> str:
    """Give the relations of the package: where the workbook is."""
    return _links(_link("rId1", f"{_OFFICE}/officeDocument", "xl/workbook.xml"))


def sheet_links(at: int) -> str:
    """Give the relations of a sheet with notes."""
    return _links(
        _link("rId1", f"{_OFFICE}/comments", f"../comments{at}.xml")
        + _link("rId2", f"{_OFFICE}/vmlDrawing", f"../drawings/vmlDrawing{at}.vml")
    )


def _link(key: str, of_type: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{of_type}" Target="{target}"/>'


def _links(inside: str) -> str:
    return f'{HEADER}<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def content_types(sheets: Sequence[SheetPart]) -> str:
    """Give [Content_Types].xml."""
    made = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    for at, sheet in enumerate(sheets, 1):
        made.append((f"/xl/worksheets/sheet{at}.xml", "worksheet"))
        made += [(f"/xl/comments{at}.xml", "comments")] if sheet.has_notes else []
    parts = "".join(
        f'<Override PartName="{name}" ContentType="{_SHEET_TYPE}.{kind}+xml"/>'
        for name, kind in made
    )
    return (
        f'{HEADER}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.'
        f'vmlDrawing"/>{parts}</Types>'
    )


def comments(notes: Sequence[tuple[int, str]]) -> str:
    """Give the notes at the heads of columns: (column, text)."""
    found = "".join(
        f'<comment ref="{letters(at)}1" authorId="0"><text><t xml:space="preserve">'
        f"{xml_text(text, exact=False)}</t></text></comment>"
        for at, text in notes
    )
    return (
        f'{HEADER}<comments xmlns="{MAIN}"><authors><author>Kehu</author></authors>'
        f"<commentList>{found}</commentList></comments>"
    )


def note_shapes(notes: Sequence[tuple[int, str]]) -> str:
    """Give the boxes that the notes are shown in; they open when the mouse is over the head."""
    shapes = "".join(
        f'<v:shape id="_x0000_s{1025 + at}" type="#_x0000_t202" style="position:absolute;'
        'width:220pt;height:110pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" '
        'o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" '
        'obscured="t"/><v:path o:connecttype="none"/><v:textbox/><x:ClientData '
        f'ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{at + 1}, 12, 0, 8, '
        f"{at + 4}, 40, 6, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>0</x:Row>"
        f"<x:Column>{at}</x:Column></x:ClientData></v:shape>"
        for at, _text in notes
    )
    return (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:'
        'office" xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit">'
        '<o:idmap v:ext="edit" data="1"/></o:shapelayout><v:shapetype id="_x0000_t202" '
        'coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke '
        'joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
        f"{shapes}</xml>"
    )
