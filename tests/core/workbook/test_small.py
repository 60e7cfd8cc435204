"""Opened workbooks: values as people see them, and a sentence for everything that is no table."""

import datetime
import random
import zipfile
from contextlib import suppress
from io import BytesIO

import pytest

from core.workbook import small
from core.workbook.reading import Unreadable
from tests.core.workbook.old_book import book, label
from tests.core.workbook.sheets import part, repacked, sheets, workbook

SHEET = "xl/worksheets/sheet1.xml"


def texts(data):
    return [line.texts for line in small.read(data).lines]


def test_numbers_read_as_people_see_them():
    data = workbook(["code"], [1.0], [102], ["00123"], [0.5], [True])

    assert texts(data) == [["code"], ["1"], ["102"], ["00123"], ["0.5"], ["TRUE"]]


def test_empty_rows_keep_the_numbers_of_the_others():
    data = workbook(["a"], [None], [None], ["b"])

    lines = small.read(data).lines
    assert [(line.number, line.texts) for line in lines] == [(1, ["a"]), (4, ["b"])]


@pytest.mark.parametrize(
    "value",
    ["=1+1", "#N/A", datetime.date(2026, 1, 2), 1234567890123456789, 6.2e18, "6.2E+18", "长" * 501],
)
def test_a_cell_that_cannot_be_trusted_is_named(value):
    lines = small.read(workbook(["a", "b"], ["x", value])).lines

    assert list(lines[1].problems) == [1]


def test_what_a_sheet_says_about_its_size_is_not_believed():
    data = workbook(["a"], ["b"])
    lying = part(data, SHEET).replace(
        b'<dimension ref="A1:A2" />', b'<dimension ref="A1:XFD1048576"/>'
    )

    assert b"XFD1048576" in lying
    assert texts(repacked(data, **{SHEET.replace("/", "__"): lying})) == [["a"], ["b"]]


def bomb():
    data = workbook(["a"])
    return repacked(data, **{SHEET.replace("/", "__"): b"<worksheet>" + b" " * (21 * 1024 * 1024)})


def far_down():
    data = workbook(["a"])
    rows = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    rows += b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row>'
    return repacked(data, **{SHEET.replace("/", "__"): rows + b"</sheetData></worksheet>"})


def doctype():
    data = workbook(["a"])
    head = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    return repacked(data, **{SHEET.replace("/", "__"): head + part(data, SHEET)[21:]})


@pytest.mark.parametrize(
    ("data", "name", "read_as"),
    [
        ("编码,名称\n00123,无锡\n".encode("gb18030"), "a.csv", "gb18030"),
        ("编码\t名称\n00123\t无锡\n".encode("utf-16"), "a.TXT", "utf-16"),
        (book([label(0, 0, "编码"), label(0, 1, "名称"), label(1, 0, "00123"),
               label(1, 1, "无锡")]), "a.xls", ""),
        (workbook(["编码", "名称"], ["00123", "无锡"]), "a.xls", ""),
    ],
    ids=["csv", "tabs", "xls", "xlsx by a wrong name"],
)  # fmt: skip
def test_tables_of_every_kind_are_read(data, name, read_as):
    found = small.read(data, name)

    assert [line.texts for line in found.lines] == [["编码", "名称"], ["00123", "无锡"]]
    assert found.encoding == read_as


def test_an_encoding_that_was_chosen_is_taken():
    found = small.read("名稱,編碼\n".encode("cp950"), "a.csv", "cp950")

    assert (found.lines[0].texts, found.encoding) == (["名稱", "編碼"], "cp950")


def test_the_first_sheet_in_sight_that_holds_anything_is_read():
    assert texts(sheets(("hidden", [["x"]]), ("visible", []), ("visible", [["a"]]))) == [["a"]]


BAD = {
    "nothing": lambda: b"",
    "html": lambda: b"<html><body>no</body></html>",
    "csv": lambda: "编码,名称\n1,2\n".encode("gb18030"),
    "old xls": lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600,
    "zip of something else": lambda: _zip({"a.txt": b"x"}),
    "no workbook": lambda: _zip({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}),
    "truncated": lambda: workbook(["a"], ["b"])[:-200],
    "large": lambda: b"PK\x03\x04" + b"\0" * (2 * 1024 * 1024),
    "bomb": bomb,
    "macros": lambda: repacked(workbook(["a"]), **{"xl__vbaProject.bin": b"x"}),
    "doctype": doctype,
    "utf-16": lambda: repacked(
        workbook(["a"]), **{SHEET.replace("/", "__"): "<worksheet/>".encode("utf-16")}
    ),
    "row 1048576": far_down,
    "too many rows": lambda: workbook(*[[number] for number in range(5002)]),
    "too many columns": lambda: workbook(list(range(60))),
    "no sheet": lambda: repacked(workbook(["a"]), **{SHEET.replace("/", "__"): b"<<<"}),
}


def _zip(parts):
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_a_sentence(name):
    with pytest.raises(Unreadable) as refusal:
        small.read(BAD[name]())

    assert len(str(refusal.value)) > 5


def test_random_damage_never_breaks_the_reader(seed):
    chance = random.Random(seed)
    good = workbook(["编码", "名称"], *[[f"A{n}", "值"] for n in range(20)])
    for _turn in range(60):
        damaged = bytearray(good)
        for _hit in range(chance.randrange(1, 30)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        with suppress(Unreadable):
            small.read(bytes(damaged))
