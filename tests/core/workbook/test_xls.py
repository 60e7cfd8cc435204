"""Old workbooks: the cells that the library gives as if empty are errors again, at their place.

small.xls and large.xls were made by LibreOffice, with blank rows above and between and a blank
column before. They are kept in small pieces and in large ones; a long text makes the difference.
"""

import contextlib
import random
from io import BytesIO
from pathlib import Path

import pytest

from core.workbook import reading, xls_records
from core.workbook.cells import Bad
from core.workbook.reading import Block, Note, Unreadable
from tests.core.workbook.old_book import (
    EXCEL_95,
    book,
    formula,
    hidden_columns,
    hidden_row,
    label,
    merged,
    number,
    whole,
    wholes,
)  # fmt: skip

DATA = {name: Path(__file__).with_name(f"{name}.xls").read_bytes() for name in ("small", "large")}
ERRORS = [{4: {1: "#N/A", 2: "#DIV/0!"}}, {2: {2: "#N/A"}}]


def still() -> None:
    """Give no sign of life."""


@pytest.mark.parametrize("name", DATA)
def test_cells_keep_what_they_are_and_where_they_stand(name):
    with reading.opened(BytesIO(DATA[name]), "a.xls") as book:
        blocks = [item for item in book if isinstance(item, Block)]

    rows, others = (dict(zip(block.numbers, block.rows, strict=True)) for block in blocks)
    assert rows.pop(5) == [
        "", ("e", "#N/A"), ("e", "#DIV/0!"), ("n", "2"), ("d", "2024-05-01"), ("b", "TRUE"),
        "0012345678901234567", ("n", "1234567890123456"), ("n", "0.5625"),
    ]  # fmt: skip
    assert rows.pop(8, None) == (["", "", "", "x" * 6000] if name == "large" else None)
    assert rows == {3: ["", "头"]}
    assert others == {1: ["", "头"], 3: ["", "", ("e", "#N/A")]}


@pytest.mark.parametrize("name", DATA)
def test_errors_are_found_in_small_and_in_large_pieces(name):
    told = xls_records.sheets(xls_records.stream(DATA[name]), 2, still)

    assert [sheet.errors for sheet in told] == ERRORS


def test_another_number_of_sheets_is_refused():
    with pytest.raises(Bad):
        xls_records.sheets(xls_records.stream(DATA["large"]), 3, still)


@pytest.mark.parametrize("name", DATA)
def test_damage_is_refused_or_does_no_harm(name, seed):
    dice = random.Random(seed)
    for _case in range(300):
        data = bytearray(DATA[name])
        for _byte in range(dice.randrange(1, 20)):
            place = dice.randrange(dice.choice((512, len(data))))
            data[place] = dice.choice((0, 255, dice.randrange(256)))
        del data[dice.choice((len(data), dice.randrange(len(data)))) :]
        with contextlib.suppress(Bad):
            assert len(xls_records.sheets(xls_records.stream(bytes(data)), 2, still)) == 2


def rows(data):
    """Give the rows of a workbook of one sheet."""
    with reading.opened(BytesIO(data), "a.xls") as opened:
        return [row for item in opened if isinstance(item, Block) for row in item.rows]


@pytest.mark.parametrize("code_page", [1200, 1252, 936, 950, 437])
def test_texts_of_excel_97_are_read_whatever_code_page_is_told(code_page):
    data = book([label(0, 0, "客户名称"), label(1, 0, "无锡 Müller 公司")], code_page=code_page)

    assert rows(data) == [["客户名称"], ["无锡 Müller 公司"]]


def test_zeros_and_signs_of_formats_are_read():
    formats = ["00000000", '"KH"0000', "#,##0"]
    cells = [
        number(0, 0, 1207, 1), whole(0, 1, 12, 2), whole(0, 2, 1207, 3), number(0, 3, 1207),
        wholes(1, 0, [7, 123456789], 1), number(2, 0, 12.5, 1),
    ]  # fmt: skip

    assert rows(book(cells, formats)) == [
        ["00001207", "KH0012", ("n", "1207"), ("n", "1207")],
        ["00000007", ("n", "123456789")],
        [("n", "12.5")],
    ]


@pytest.mark.parametrize("code", ["e-mm-dd", "[$-411]ggge.m.d", "yyyy-mm-dd"])
@pytest.mark.parametrize(("from_1904", "value"), [(False, 42065), (True, 40603)])
def test_days_are_days_in_formats_of_eras_too(code, from_1904, value):
    assert rows(book([number(0, 0, value, 1)], [code], from_1904=from_1904)) == [
        [("d", "2015-03-02")]
    ]


def test_a_workbook_of_excel_95_is_refused_by_that_name():
    bare = b"\x09\x08\x08\x00\x00\x05\x05\x00" + b"\0" * 600
    for data in (book([label(0, 0, "a")], version=EXCEL_95), bare):
        with pytest.raises(Unreadable, match="5.0/95"):
            rows(data)


def test_merges_hidden_rows_and_columns_and_formulas_are_told():
    cells = [
        hidden_columns(2, 3), hidden_columns(5, 5), hidden_row(1), hidden_row(2), hidden_row(7),
        label(0, 0, "甲"), label(1, 0, "乙"), label(2, 0, "丙"), label(3, 0, "丁"),
        formula(1, 1, 12.0), formula(3, 1, 13.0), merged((0, 1, 0, 0), (2, 3, 25, 26)),
    ]  # fmt: skip

    with reading.opened(BytesIO(book(cells)), "a.xls") as opened:
        items = list(opened)

    told = [(item.kind, item.cell) for item in items if isinstance(item, Note)]
    assert set(told) == {
        ("hidden-rows", "2:3"), ("merged", "A1:A2"), ("merged", "Z3:AA4"),
        ("hidden-column", "C:D"), ("hidden-column", "F"), ("formula", "B2:B4"), ("xls", ""),
    }  # fmt: skip
    block = next(item for item in items if isinstance(item, Block))
    assert block.hidden == [2, 3]
    assert block.rows[1] == ["乙", ("n", "12")]


@pytest.mark.parametrize("name", DATA)
def test_damage_in_what_is_told_does_no_harm(name, seed):
    dice = random.Random(seed)
    stream = xls_records.stream(DATA[name])
    for _case in range(100):
        data = bytearray(stream)
        for _byte in range(dice.randrange(1, 20)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        with contextlib.suppress(Bad):
            xls_records.sheets(bytes(data[: dice.randrange(len(data))]), 2, still)
