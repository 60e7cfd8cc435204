"""C2 and C4: sheets that are too large, lie about their size, hide things or leave gaps."""
# ruff: noqa: E501  the XML of a case reads best on one line

from tests.core.workbook.hostile.build import Case, cells, made, row, sheet

MANY = 1_000_000
MIB = 1024 * 1024
NUMBER = '<c r="{}"><v>1</v></c>'
ONE = ("n", "1")


def rows(count, inside=""):
    return [sheet("")[:-24].encode(), *(f'<row r="{at}">{inside}</row>'.encode()
            for at in range(1, count + 1)), b"</sheetData></worksheet>"]  # fmt: skip


def big_cell(size):
    return [sheet("")[:-24].encode(), b'<row r="1"><c r="A1" t="inlineStr"><is><t>',
            *[b"x" * 65_536] * (size // 65_536), b"</t></is></c></row></sheetData></worksheet>"]  # fmt: skip


def letters(at):
    name = ""
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name


def wide(count, xml=NUMBER):
    return sheet(row(*(xml.format(f"{letters(at)}1") for at in range(1, count + 1))))


MERGES = "".join(f'<mergeCell ref="A{at}:B{at}"/>' for at in range(1, 20_001))

CASES = {
    "a million empty rows": Case(lambda: made(rows(MANY))(), rows=[]),
    "a million rows of empty cells": Case(lambda: made(rows(MANY, '<c s="1"/>'))(), rows=[]),
    "300,001 rows": Case(lambda: made(rows(300_001, "<c><v>1</v></c>"))(), "超过 300000 行"),
    "50 MB cell": Case(lambda: made(big_cell(50 * MIB))(), "远超"),
    "50 MB text": Case(lambda: made(strings=["x" * 50_000_000])(), "远超"),
    "6 MB cell": Case(lambda: made(big_cell(6 * MIB))(), "“客户”单元格 A1：文字超过"),
    "6 MB text": Case(lambda: made(strings=["x" * 6_000_000])(), "“客户”单元格 A1：文字超过"),
    "6 MB number": Case(lambda: cells(f'<c r="A1"><v>{"1" * 6_000_000}</v></c>')(), "A1：文字超过"),
    "far cell": Case(made(sheet(row('<c r="XFD1048576"><v>1</v></c>', number=1_048_576))),
                     "“客户”单元格 XFD1048576：填写的列超过 200"),
    "last row": Case(made(sheet(row('<c r="A1048576"><v>1</v></c>', number=1_048_576))), rows=[[ONE]]),
    "16,384 columns": Case(made(wide(16_384)), "GS1：填写的列超过 200"),
    "201 columns": Case(made(wide(201)), "GS1：填写的列超过 200"),
    "200 columns": Case(made(wide(200)), rows=[[ONE] * 200]),
    "16,384 empty cells": Case(made(wide(16_384, '<c r="{}" s="1"/>')), rows=[]),
    "20,000 merges": Case(made(sheet(row(NUMBER.format("A1")), after=f"<mergeCells>{MERGES}</mergeCells>")),
                          rows=[[ONE]], notes=("merged", "merged-more")),
    "merges behind a text": Case(made(sheet(row('<c r="A1" t="inlineStr"><is><t>1</t></is></c>'), after=f"<mergeCells>{MERGES}</mergeCells>")),
                                 rows=[["1"]], notes=("merged", "merged-more")),
    "dimension too large": Case(made(sheet(row(NUMBER.format("A1")), before='<dimension ref="A1:XFD1048576"/>')), rows=[[ONE]]),
    "dimension too small": Case(made(sheet(row(NUMBER.format("C1")), before='<dimension ref="A1"/>')), rows=[["", "", ONE]]),
    "dimension nonsense": Case(made(sheet(row(NUMBER.format("A1")), before='<dimension ref="x"/>')), rows=[[ONE]]),
    "hidden row": Case(made(sheet('<row r="3" hidden="1"><c><v>1</v></c></row>')), rows=[[ONE]], notes=("hidden-rows",)),
    "hidden column": Case(made(sheet(row(NUMBER.format("A1")), before='<cols><col min="2" max="4" hidden="1"/></cols>')),
                          rows=[[ONE]], notes=("hidden-column",)),
    "hidden nonsense": Case(made(sheet("", before='<cols><col min="x" max="-4" hidden="1"/></cols>')), rows=[]),
    "no references": Case(made(sheet("<row><c><v>1</v></c><c/><c><v>1</v></c></row><row/><row><c><v>1</v></c></row>")),
                          rows=[[ONE, "", ONE], [ONE]]),
    "pretty printed": Case(made(sheet('\n <row r="1">\n  <c r="A1" t="str">\n   <v> a </v>\n  </c>\n  <c r="B1">\n<v>1</v>\n</c></row>\n')),
                           rows=[[" a ", ONE]]),
    "columns past the last value": Case(cells(NUMBER.format("A1"), '<c r="B1" t="inlineStr"><is><t></t></is></c>'), rows=[[ONE]]),
    "unknown elements": Case(made(sheet(row(NUMBER.format("A1"), '<zz><c r="Z9"><v>5</v></c></zz>', NUMBER.format("B1")))), rows=[[ONE, ONE]]),
}  # fmt: skip
