"""Makes small workbooks of Excel 97 record by record, as programs without Excel do."""

import struct

_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SECTOR = 512
EXCEL_97, EXCEL_95 = 0x0600, 0x0500


def record(kind, data):
    return struct.pack("<HH", kind, len(data)) + data


def wide(text):
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def label(row, column, text):
    """Give a cell with a text of its own."""
    return record(0x204, struct.pack("<HHH", row, column, 0) + wide(text))


def number(row, column, value, style=0):
    return record(0x203, struct.pack("<HHHd", row, column, style, value))


def whole(row, column, value, style=0):
    """Give a cell with a whole number in four bytes."""
    return record(0x27E, struct.pack("<HHHI", row, column, style, value << 2 | 2))


def wholes(row, column, values, style=0):
    """Give cells of a row with such numbers in one record."""
    cells = b"".join(struct.pack("<HI", style, value << 2 | 2) for value in values)
    last = column + len(values) - 1
    return record(0xBD, struct.pack("<HH", row, column) + cells + struct.pack("<H", last))


def formula(row, column, value):
    """Give a cell with a formula (a reference that was deleted) and the number it gave."""
    tokens = b"\x1e\x01\x00"
    head = struct.pack("<HHHdHIH", row, column, 0, value, 0, 0, len(tokens))
    return record(0x06, head + tokens)


def hidden_row(row):
    return record(0x208, struct.pack("<HHHHIHH", row, 0, 9, 0, 0, 0x20, 0x0F))


def hidden_columns(first, last):
    return record(0x7D, struct.pack("<HHHHHH", first, last, 0, 0, 1, 0))


def merged(*places):
    """Give the record of merged cells, each (top, bottom, left, right)."""
    places = b"".join(struct.pack("<HHHH", *place) for place in places)
    return record(0xE5, struct.pack("<H", len(places) // 8) + places)


def book(cells, formats=(), code_page=1200, version=EXCEL_97, from_1904=False):
    """Make a workbook of one sheet; style 0 is plain, the next ones have these formats."""
    begin = struct.pack("<HHHHII", version, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    head = record(0x809, begin) + record(0x42, struct.pack("<H", code_page))
    head += record(0x22, struct.pack("<H", from_1904))
    for at, code in enumerate(formats):
        head += record(0x41E, struct.pack("<H", 164 + at) + wide(code))
    for code in (0, *(164 + at for at in range(len(formats)))):
        head += record(0xE0, struct.pack("<HH", 0, code) + bytes(16))
    name = "客户"
    sheet = struct.pack("<IBBBB", 0, 0, 0, len(name), 1) + name.encode("utf-16-le")
    start = len(head) + len(record(0x85, sheet)) + 4
    head += record(0x85, struct.pack("<I", start) + sheet[4:]) + record(0x0A, b"")
    begin = struct.pack("<HHHHII", version, 0x0010, 0x0DBB, 0x07CC, 0, 6)
    return _file(head + record(0x809, begin) + b"".join(cells) + record(0x0A, b""))


def _file(stream):
    """Put the stream into a file of sectors: table, folder, stream."""
    stream = stream.ljust(4096, b"\0")
    stream += bytes(-len(stream) % _SECTOR)
    count = len(stream) // _SECTOR
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0
    )
    head += struct.pack("<I", 0) + struct.pack("<I", _FREE) * 108
    table = [_TABLE, _END, *range(3, count + 2), _END]
    table += [_FREE] * (_SECTOR // 4 - len(table))
    folder = _entry("Root Entry", 5, _END, 0, 1) + _entry("Workbook", 2, 2, len(stream))
    return head + struct.pack(f"<{len(table)}I", *table) + folder.ljust(_SECTOR, b"\0") + stream


def _entry(name, kind, first, size, child=_FREE):
    text = (name + "\0").encode("utf-16-le")
    data = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
    return data + bytes(36) + struct.pack("<III", first, size, 0)
