"""Rows taken by patterns come out as expat reads them, whatever stands between them."""

from __future__ import annotations

import random
from dataclasses import asdict
from typing import Any
from xml.parsers import expat

import pytest

from core.workbook import plain, sheet
from core.workbook.cells import Bad
from core.workbook.reading import Limits
from core.workbook.xlsx import Shared
from tests.core.workbook.by_patterns import broken, without_patterns

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LIMITS = {**asdict(Limits()), "rows": 60, "columns": 8}
CASES = 3_000

VALUES = [
    '<c r="{}" t="s"><v>0</v></c>',
    '<c r="{}" s="1" t="s"><v>0</v></c>',
    '<c r="{}"><v>12.50</v></c>',
    '<c r="{}" s="1"><v>45000</v></c>',
    '<c r="{}" t="n"><v> 7 </v></c>',
    '<c r="{}" t="inlineStr"><is><t>北京 a_x0041_</t></is></c>',
    '<c r="{}" t="inlineStr"><is><t xml:space="preserve"> 两\t端 </t></is></c>',
    '<c r="{}" t="str"><v>公式的字</v></c>',
    '<c r="{}" t="b"><v>1</v></c>',
    '<c r="{}" t="e"><v>#N/A</v></c>',
    '<c r="{}" t="d"><v>2024-05-01</v></c>',
    '<c r="{}" s="1"/>',
    '<c r="{}" t="s"></c>',
]
ODD = [
    '<c r="{}"><f>A1+1</f><v>3</v></c>',
    '<c r="{}"><f>A1+1</f></c>',
    '<c r="{}" t="inlineStr"><is><t>甲&amp;乙 &#65;</t></is></c>',
    '<c r="{}" t="inlineStr"><is><r><t>粗</t></r><r><t>细</t></r></is></c>',
    '<c r="{}" t="inlineStr"><is><t><![CDATA[</row><row r="9"><c r="A9"/>]]></t></is></c>',
    '<c r="{}"><v>1</v><!-- </row><row r="8"><c r="A8"><v>8</v></c></row> --></c>',
    '<c r="{}" t="inlineStr"><is><t>a\r\nb</t></is></c>',
    '<c r="{}" t="inlineStr"><is><t>a>b</t></is></c>',
    '<c r="{}" t="s"><v>1</v></c>',
    '<c r="{}" t="s"><v>99</v></c>',
    '<c r="{}"><v>1e</v></c>',
    '<c r="{}" t="inlineStr"><is><t>a\x01b</t></is></c>',
    '<c t="s" r="{}"><v>0</v></c>',
    "<c><v>5</v></c>",
    '<c r="{}" s="1" s="1"/>',
    '<c r="{}"> <v>4</v> </c>',
    '<v>3</v><c r="{}"/>',
    '<c r="{}" t="n"><is><t>7</t></is></c>',
    '<c r="XFE1"/>',
    '<c r="ZZ{}"/>',
]
ROWS = [' spans="1:3"', ' ht="20" customHeight="1"', ' hidden="false"', "", ""]
ODD_ROWS = [
    ' hidden="1"', ' xmlns="urn:x"', ' a="1" a="2"', ' s="&lt;"', " b='1'", ' r="3"', ' a="1"b="2"',
]  # fmt: skip
BETWEEN = [
    '<row r="{}"/>', '<row r="{}" spans="1:2"/>', "\n  ", "<!-- <row> -->", "<?x </row>?>", "text",
    "<other><row/></other>", "</row>", "<row>", "</sheetData><sheetData>", "<![CDATA[</row>]]>",
]  # fmt: skip
SIGNS = ["<", ">", "/", '"', "&", " ", "\x00", "]]>", "<row", "</row>", "</c>", "é", "\r", "r"]


def drawn(dice: random.Random) -> bytes:
    """Make a sheet: mostly plain rows, some odd ones, sometimes broken at random."""
    oddness = dice.choice([0, 0.02, 0.2])
    rows = []
    for number in range(1, dice.randrange(2, 12)):
        cells = ""
        for letter in "ABCDEFGHI"[: dice.randrange(10)]:
            if dice.random() < 0.8:
                forms = ODD if dice.random() < oddness else VALUES
                cells += dice.choice(forms).replace("{}", f"{letter}{number}")
        odd = dice.choice(ODD_ROWS) if dice.random() < oddness else dice.choice(ROWS)
        rows.append(f'<row r="{number}"{odd}>{cells}</row>')
        if dice.random() < oddness:
            rows.append(dice.choice(BETWEEN).replace("{}", str(number)))
    head = dice.choice(["", '<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.0"?>\n'])
    space = dice.choice([MAIN, MAIN, MAIN, "urn:other"])
    text = f'{head}<worksheet xmlns="{space}"><cols/><sheetData>{"".join(rows)}</sheetData>'
    text += "</worksheet>"
    return broken(dice, text, SIGNS)


def read(data: bytes, size: int) -> Any:
    """Give what the sheet emits, at last what is wrong with it."""
    book = Shared(LIMITS)
    book.dates = [False, True]
    for text in ("共享", "x" * 40_000):
        book.strings.add(text)
    frames: list[Any] = []
    try:
        made = sheet.SheetXml(0, "表", book, frames.append)
        made.read(data[at : at + size] for at in range(0, len(data), size))
    except Bad as bad:
        frames.append((bad.code, bad.where) if is_whole(data) else "refused")
    return frames


def is_whole(data: bytes) -> bool:
    """Say whether the document is well-formed; if not, either may stop at another place of it."""
    try:
        expat.ParserCreate().Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return True


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note the rows that were taken by patterns."""
    noted: list[str] = []
    take = sheet.SheetXml._take_row

    def noting(self: sheet.SheetXml, digits: str, cells: Any) -> bool:
        done = take(self, digits, cells)
        noted.extend([digits] * done)
        return done

    monkeypatch.setattr(sheet.SheetXml, "_take_row", noting)
    return noted


def test_patterns_and_expat_read_the_same(taken, seed, monkeypatch):
    dice = random.Random(seed)
    sheets = [(drawn(dice), dice.choice([7, 100, 100_000])) for _case in range(CASES)]
    by_patterns = [read(*case) for case in sheets]
    assert len(taken) > CASES

    monkeypatch.setattr(plain, "rest", without_patterns)
    for case, found in zip(sheets, by_patterns, strict=True):
        assert found == read(*case), case[0].decode(errors="replace")


@pytest.mark.parametrize("odd", [*ODD, *BETWEEN])
def test_plain_rows_around_an_odd_one_are_read_as_ever(odd, taken, monkeypatch):
    data = (
        f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        f'<row r="2">{odd.replace("{}", "A2")}</row><row r="3"><c r="A3"><v>3</v></c></row>'
        "</sheetData></worksheet>"
    ).encode()
    found = read(data, 1_000)
    assert taken[0] == "1"

    monkeypatch.setattr(plain, "rest", without_patterns)
    assert found == read(data, 1_000)


@pytest.mark.parametrize(
    "data",
    [
        f'<?xml version="1.0" encoding="GBK"?><worksheet xmlns="{MAIN}"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>é</t></is></c></row></sheetData></worksheet>',
        f'<worksheet xmlns="{MAIN}"><!-- <sheetData> --><sheetData><row r="1"><c r="A1"><v>1</v>'
        "</c></row></sheetData></worksheet>",
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c>'
        "</x:row></x:sheetData></x:worksheet>",
    ],
)
def test_where_patterns_cannot_know_expat_reads_all(data, taken):
    read(data.encode(), 1_000)

    assert not taken
