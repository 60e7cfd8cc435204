"""C1 and C2: containers that are no workbook, lie about themselves, or unpack without end."""
# ruff: noqa: E501  the XML of a case reads best on one line

import struct
import zipfile
from io import BytesIO

from tests.core.workbook.hostile.build import (
    MAIN,
    SHEET,
    Case,
    cells,
    made,
    packed,
    parts,
    relations,
    row,
    sheet,
    types,
    workbook,
)  # fmt: skip

SOUND = made()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DAMAGED, NO_BOOK, NAMES, MACROS = "损坏", "不是 .xlsx", "名称不允许或重复", "宏"
MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
BINARY = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
MACRO_SHEET = (
    '<Override PartName="/xl/m.xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>'
)
VBA = '<Override PartName="/xl/code.dat" ContentType="application/vnd.ms-office.vbaProject"/>'
MIB = 1024 * 1024


def with_entry(name, content=b"x", **attributes):
    def make():
        file = BytesIO(SOUND())
        with zipfile.ZipFile(file, "a") as archive:
            entry = zipfile.ZipInfo(name)
            for key, value in attributes.items():
                setattr(entry, key, value)
            archive.writestr(entry, content)
        return file.getvalue()

    return make


def patched(mark, offset, value):
    """Change bytes in every directory entry (PK 1 2) or local header (PK 3 4)."""

    def make():
        data = bytearray(SOUND())
        at = data.find(mark)
        while at >= 0:
            data[at + offset : at + offset + len(value)] = value
            at = data.find(mark, at + 4)
        return bytes(data)

    return make


def overlapping():
    data = bytearray(SOUND())
    first = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", first + 4)
    third = data.find(b"PK\x01\x02", second + 4)
    data[third + 42 : third + 46] = data[second + 42 : second + 46]
    return bytes(data)


def many(count):
    def make():
        return packed({**parts(), **{f"xl/media/{at}.bin": b"" for at in range(count)}})

    return make


def directory_lie():
    data = bytearray(SOUND())
    at = data.rfind(b"PK\x05\x06")
    data[at + 8 : at + 12] = struct.pack("<HH", 65000, 65000)
    return bytes(data)


def twice():
    file = BytesIO(SOUND())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(SHEET.upper(), b"x")
    return file.getvalue()


def windows(name, target):
    """Name the parts as {}, with backslashes where `name` has one, and the sheet by `target`."""

    def make():
        links = relations(("s1", "worksheet", target), ("t", "sharedStrings", "sharedStrings.xml"))
        found = {}
        for part, content in parts(links=links).items():
            part = part.replace("/", "\\") if "\\" in name else part
            found[name.format(part)] = content
        return packed(found)

    return make


def bomb(name):
    return lambda: packed({**parts(), name: [b" " * MIB] * 1000})


def zip64_end():
    data = SOUND()
    at = data.rfind(b"PK\x05\x06")
    return data[: at + 8] + b"\xff" * 12 + data[at + 20 :]


_TRUNCATED = {f"truncated at {share} %": Case(lambda share=share: SOUND()[: len(SOUND()) * share // 100], DAMAGED)
              for share in (5, 25, 50, 75, 95, 99)}  # fmt: skip
_NAMES = {f"entry {name!r}": Case(with_entry(name), NAMES) for name in (
    "../evil.txt", "..\\evil.txt", "/../x", "xl/../../x", "c:/x", "c:\\x", "xl/\x01x", "x" * 300)}  # fmt: skip
_OTHERS = {
    "nothing": b"", "one byte": b"P", "html": b"<html><table><tr><td>1</td></tr></table></html>",
    "pdf": b"%PDF-1.7\n" + b"x" * 900, "png": b"\x89PNG\r\n\x1a\n" + b"\0" * 90, "rar": b"Rar!\x1a\x07\0",
    "gzip": b"\x1f\x8b\x08" + b"\0" * 90, "exe": b"MZ" + b"\0" * 500, "xml": b"<?xml version='1.0'?><a/>",
    "zip end only": b"PK\x05\x06" + b"\0" * 18,
}  # fmt: skip

CASES = {
    **_TRUNCATED,
    **_NAMES,
    **{name: Case(lambda data=data: data, "空的" if not data else NO_BOOK)
       for name, data in _OTHERS.items()},
    "local header only": Case(lambda: b"PK\x03\x04" + b"\0" * 100, DAMAGED),
    "junk before the zip": Case(lambda: b"PK\x03\x04junk" + SOUND(), DAMAGED),
    "pdf and zip": Case(lambda: b"%PDF-1.4\n" + SOUND(), NO_BOOK),
    "two zips": Case(lambda: SOUND() + SOUND(), DAMAGED),
    "junk after the zip": Case(lambda: SOUND() + b"\0" * 50),
    "password": Case(lambda: OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "密码"),
    "old document": Case(lambda: OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"), NO_BOOK),
    "broken old workbook": Case(lambda: OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), DAMAGED),
    "old workbook with macros": Case(
        lambda: OLE + "Workbook".encode("utf-16-le") + "_VBA_PROJECT".encode("utf-16-le"), MACROS),
    "encrypted entries": Case(patched(b"PK\x01\x02", 8, b"\x01\x00"), "密码"),
    "odd method": Case(patched(b"PK\x01\x02", 10, b"\x0c\x00"), "压缩方式"),
    "wrong checksum": Case(patched(b"PK\x01\x02", 16, b"abcd"), DAMAGED),
    "lies small": Case(patched(b"PK\x01\x02", 24, b"\x10\x00\x00\x00"), DAMAGED),
    "lies large": Case(patched(b"PK\x01\x02", 24, b"\x00\x00\x00\x70"), "解压后"),
    "lies a little large": Case(patched(b"PK\x01\x02", 24, b"\x00\x00\x01\x00")),
    "overlapping": Case(overlapping, DAMAGED),
    "repeated name": Case(twice, NAMES),
    "symbolic link": Case(with_entry("xl/link", external_attr=0o120777 << 16), NAMES),
    "zip64 nonsense": Case(zip64_end),
    "a picture in each of 5,000 rows": Case(many(5_000), rows=[["甲"]]),
    "65,000 parts": Case(many(65_000), "部件超过"),
    "says 65,000 parts": Case(directory_lie),
    "1 GiB in 1 MB": Case(bomb(SHEET), "解压后"),
    "bomb beside": Case(bomb("xl/media/image1.png"), "解压后"),
    "bomb of texts": Case(bomb("xl/sharedStrings.xml"), "解压后"),
    "macros declared for no part": Case(made(types=types(more=MACRO_SHEET + VBA)), rows=[["甲"]]),
    "macros by default type": Case(made(types=types(more=f'<Default Extension="bin" ContentType="{BINARY}"/>')), rows=[["甲"]]),
    "allows macros, has none": Case(made(types=types(MACRO_TYPE)), rows=[["甲"]]),
    "macros by part": Case(with_entry("xl/vbaProject.bin"), MACROS),
    "macros by part of Windows": Case(with_entry("xl\\vbaProject.bin"), MACROS),
    "macros under another name": Case(made(types=types(more=VBA), **{"xl/code.dat": b"x"}), MACROS),
    "macro sheet": Case(made(types=types(more=MACRO_SHEET), **{"xl/m.xml": "<a/>"}), MACROS),
    "docx": Case(made(book=f'<w:document xmlns:w="{MAIN}"/>'), "文字文档"),
    "pptx": Case(made(book=f'<p:presentation xmlns:p="{MAIN}"/>'), "演示文稿"),
    "another document": Case(made(book=f'<drawing xmlns="{MAIN}"/>'), NO_BOOK),
    "xlsb": Case(made(rels=relations(("r1", "officeDocument", "xl/workbook.bin")), **{"xl/workbook.bin": b"x"}), ".xlsb"),
    "workbook of no declared type": Case(made(types=f'<Types xmlns="{MAIN}"/>'), rows=[["甲"]]),
    "parts of Windows": Case(windows("\\{}", "worksheets\\sheet1.xml"), rows=[["甲"]]),
    "parts from the root": Case(windows("/{}", "/xl/worksheets/sheet1.xml"), rows=[["甲"]]),
    "parts in capitals": Case(windows("{}", "WorkSheets/SHEET1.xml"), rows=[["甲"]]),
    "the same part by two signs": Case(with_entry("xl\\worksheets\\sheet1.xml"), NAMES),
    "ods": Case(lambda: packed({"mimetype": "x", "content.xml": "<a/>"}), ".ods"),
    "plain zip": Case(lambda: packed({"a.txt": "x"}), NO_BOOK),
    "no types": Case(made(types=None), NO_BOOK),
    "no relations": Case(made(rels=None), NO_BOOK),
    "two workbooks": Case(made(rels=relations(("a", "officeDocument", "xl/workbook.xml"),
                                              ("b", "officeDocument", "xl/styles.xml"))), NO_BOOK),
    "sheet outside": Case(made(links=relations(("s1", "worksheet", "http://127.0.0.1/x", ' TargetMode="External"'))), "文件以外"),
    "sheet above": Case(made(links=relations(("s1", "worksheet", "../../../etc/passwd"))), NAMES),
    "sheet missing": Case(made(links=relations(("s1", "worksheet", "nothing.xml"))), "“客户”已损坏"),
    "sheet without relation": Case(made(links=relations()), "“客户”已损坏"),
    "texts missing": Case(made(strings_xml=None), "缺少部件"),
    "no sheets": Case(made(book=workbook()), "没有可读的工作表"),
    "300 sheets": Case(made(book=workbook(*["x"] * 300)), "工作表超过"),
    "chart only": Case(made(links=relations(("s1", "chartsheet", "c.xml"))), "没有可读的工作表"),
    "stored": Case(lambda: packed(parts(), zipfile.ZIP_STORED), rows=[["甲"]]),
    "sheet is its own workbook": Case(made(links=relations(("s1", "worksheet", "workbook.xml"))), "损坏"),
    "same sheet twice": Case(made(book=workbook("a", "b"), links=relations(
        ("s1", "worksheet", "worksheets/sheet1.xml"), ("s2", "worksheet", "worksheets/sheet1.xml"),
        ("t", "sharedStrings", "sharedStrings.xml"))), rows=[["甲"], ["甲"]]),
    "hidden sheet": Case(made(book=workbook("x", state=' state="veryHidden"')), rows=[["甲"]]),
    "two values": Case(cells('<c r="A1"><v>1</v><v>2</v></c>'), "出现了两次"),
    "rows without cells": Case(made(sheet(row())), rows=[]),
}  # fmt: skip
