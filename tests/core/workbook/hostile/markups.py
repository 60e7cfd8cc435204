"""C3: entity bombs, outside entities, depth, broken XML, references that point nowhere."""
# ruff: noqa: E501  the XML of a case reads best on one line

from tests.core.workbook.hostile.build import (
    HEAD,
    MAIN,
    SHEET,
    Case,
    cells,
    made,
    packed,
    parts,
    row,
    sheet,
    types,
    workbook,
)  # fmt: skip

CANARY = "http://127.0.0.1:{port}/canary"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
DOCTYPES = {
    "laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>',
    "quadratic": f'<!DOCTYPE x [<!ENTITY l9 "{"a" * 50_000}">]>',
    "file": '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/passwd">]>',
    "http": '<!DOCTYPE x [<!ENTITY l9 SYSTEM "http://127.0.0.1:%d/canary">]>',
    "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/canary"> %p;]>',
    "dtd only": '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/canary.dtd">',
    "plain": "<!DOCTYPE x>",
}
CANARY_PORT = 48_613
REFUSED, DAMAGED, DEEP = "DOCTYPE", "损坏", "嵌套过深"


def declared(xml, doctype):
    return xml.replace(HEAD, HEAD + doctype.replace("%d", str(CANARY_PORT)), 1)


def entity_in(part, doctype):
    def make():
        found = parts(sheet(row('<c r="A1" t="inlineStr"><is><t>&l9;</t></is></c>')))
        found[part] = declared(found[part], doctype)
        return packed(found)

    return make


def deep(start, end, count=100_000):
    return start * count + end * count


PARTS = [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"]
_ENTITIES = {
    f"{kind} in {part}": Case(entity_in(part, doctype), REFUSED)
    for kind, doctype in DOCTYPES.items()
    for part in (PARTS if kind in ("laughs", "http") else PARTS[:1])
}
_TEXT = '<c r="A1" t="s"><v>{}</v></c>'
_NUMBERS = {
    f"number {text!r}": Case(cells(f'<c r="A1"><v>{text}</v></c>'), "“客户”单元格 A1 应为数字")
    for text in ("NaN", "INF", "-Infinity", "abc", "1_000", "0x10", "1e", "1e99999", "--1", "１２",
                 "1 2", "9" * 70)
}  # fmt: skip
_STRINGS = {
    f"text {number}": Case(cells(_TEXT.format(number)), "“客户”单元格 A1 引用的文字不存在")
    for number in ("-1", "2", "99999999999999999999", "x", "1.0", "NaN")
}
_ONE, _TWO = '<c r="A{0}"><v>{0}</v></c>', '<c r="B{0}"><v>{0}</v></c>'
_PLACE = {
    "row 0": row(number=0),
    "row beyond": row(number=1_048_577),
    "row negative": row(number=-1),
    "row text": row(number="x"),
    "cell of another row": row('<c r="A2"><v>1</v></c>'),
    "cell beyond": row('<c r="XFE1"><v>1</v></c>'),
    "cell in small letters": row('<c r="a1"><v>1</v></c>'),
    "cell nonsense": row('<c r="1A"><v>1</v></c>'),
    "cell in R1C1": row('<c r="R1C1"><v>1</v></c>'),
}
_TWICE = {
    "row": (row(_ONE.format(2), number=2) * 2, "2"),
    "row far below": ("".join(row(_ONE.format(n), number=n) for n in (*range(1, 1_200), 7)), "7"),
    "row among others": ("".join(row(_ONE.format(n), number=n) for n in (5, 3, 4, 3)), "3"),
    "cell": (row(_TWO.format(1) * 2), "B1"),
    "cell among others": (row(_TWO.format(1), _ONE.format(1), _TWO.format(1)), "B1"),
}
_UNSORTED = {
    "rows fall": ("".join(row(_ONE.format(n), number=n) for n in (5, 3, 4)), [3, 4, 5]),
    "empty rows fall": (row(number=5) + row(number=3) + row(number=3), []),
    "rows fall late": (
        "".join(row(_ONE.format(n), number=n) for n in (*range(2, 2_500), 1)), [*range(1, 2_500)]),
    "spaced rows fall": (
        "".join(row(_ONE.format(n), " ", number=n) for n in (9, 8)), [8, 9]),
}  # fmt: skip

CASES = {
    **_ENTITIES,
    **_NUMBERS,
    **_STRINGS,
    **{f"place: {name}": Case(made(sheet(data)), "位置") for name, data in _PLACE.items()},
    **{f"twice: {name}": Case(made(sheet(data)), f"{place} 出现了两次") for name, (data, place) in _TWICE.items()},
    **{f"order: {name}": Case(made(sheet(data)), rows=[[("n", str(n))] for n in numbers])
       for name, (data, numbers) in _UNSORTED.items()},
    "order: cells fall": Case(cells(_TWO.format(1), _ONE.format(1)), rows=[[("n", "1"), ("n", "1")]]),
    "deep in sheet": Case(made(sheet(deep("<x>", "</x>"))), DEEP),
    "deep beside rows": Case(made(sheet("", after=deep("<x>", "</x>"))), DEEP),
    "deep in texts": Case(made(strings_xml=f'<sst xmlns="{MAIN}">{deep("<r>", "</r>")}</sst>'), DEEP),
    "deep in workbook": Case(made(book=deep("<r>", "</r>")), DEEP),
    "deep in types": Case(made(types=deep("<r>", "</r>")), DEEP),
    "deep cells": Case(made(sheet(deep("<c>", "</c>")))),
    "deep rows": Case(made(sheet(deep("<row>", "</row>")))),
    "deep values": Case(cells(f'<c r="A1">{deep("<v>", "</v>")}</c>'), "出现了两次"),
    "deep inline": Case(cells(f'<c r="A1" t="inlineStr"><is>{deep("<r>", "</r>")}</is></c>'), DEEP),
    "not XML": Case(made("<<<"), DAMAGED),
    "empty part": Case(made(""), DAMAGED),
    "cut in a tag": Case(made(sheet(row())[:-5]), DAMAGED),
    "unknown entity": Case(cells('<c r="A1" t="inlineStr"><is><t>&nbsp;</t></is></c>'), DAMAGED),
    "bad bytes": Case(made(sheet(row()).encode() + b"\xff\xfe"), DAMAGED),
    "unknown encoding": Case(made(sheet(row()).replace("UTF-8", "ebcdic-x")), DAMAGED),
    "other namespace": Case(made(sheet(row()).replace(MAIN, "urn:x")), DAMAGED),
    "no worksheet": Case(made(f'<chart xmlns="{MAIN}"/>'), DAMAGED),
    "control character": Case(cells('<c r="A1" t="inlineStr"><is><t>\x01</t></is></c>'), DAMAGED),
    "second sheetData": Case(made(sheet("</sheetData><sheetData>")), DAMAGED),
    "row outside": Case(made(sheet("", before=row())), DAMAGED),
    "cell without row": Case(made(sheet('<c><v>1</v></c>')), DAMAGED),
    "long comment": Case(made([sheet("")[:-26].encode(), b"<!--", *[b"x" * 1024 * 1024] * 6, b"-->"]), DAMAGED),
    "long attribute": Case(made(sheet(f'<row r="1" x="{"9" * 6_000_000}"/>')), DAMAGED),
    "count of four thousand million": Case(made(strings_xml=(
        f'<sst xmlns="{MAIN}" count="4000000000" uniqueCount="4000000000"><si><t>a</t></si></sst>')), rows=[["a"]]),
    "utf-16 part": Case(made(sheet(row(_TEXT.format(0))).replace("UTF-8", "UTF-16").encode("utf-16")), rows=[["甲"]]),
    "prefixed": Case(made(f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1">'
                          '<x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>'), rows=[[("n", "7")]]),
    "types of doctype": Case(made(types=declared(types(), DOCTYPES["plain"])), REFUSED),
    "hostile sheet name": Case(made(
        sheet(row('<c r="A1"><v>NaN</v></c>')), book=workbook("&#10;&lt;b&gt;%s%(x)s")), "应为数字"),
}  # fmt: skip
