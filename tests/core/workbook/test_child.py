"""The child process: no Django in it, rows as in the file, nothing left behind when it is ended."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest

from core.workbook import reading
from core.workbook.cells import kind_of, letters, text_of
from core.workbook.reading import Block, Limits, Sheet, Unreadable
from tests.core.workbook.sheets import workbook

ROOT = Path(reading.__file__).resolve().parents[2]
MODULES = "child, xlsx, xls, delimited"


def test_nothing_the_child_imports_knows_django():
    code = (
        f"import sys; sys.path.append(sys.argv[1]); from core.workbook import {MODULES}; "
        "print([name for name in sys.modules if name.partition('.')[0] in ('django', 'openpyxl')])"
    )

    told = subprocess.run(
        [sys.executable, "-I", "-c", code, str(ROOT)], capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "[]"


def test_rows_come_in_blocks_with_the_numbers_of_excel():
    data = workbook(*[[number, f"值{number}"] for number in range(2500)])

    with reading.opened(BytesIO(data), "a.xlsx") as book:
        items = list(book)

    blocks = [item for item in items if isinstance(item, Block)]
    assert isinstance(items[0], Sheet)
    assert [len(block.rows) for block in blocks] == [1000, 1000, 500]
    assert [block.first for block in blocks] == [1, 1001, 2001]
    assert blocks[2].rows[-1] == [("n", "2499"), "值2499"]
    assert (book.kind, kind_of("a"), text_of(("n", "1")), letters(26)) == ("xlsx", "", "1", "AA")


def test_a_child_that_is_not_read_to_the_end_is_ended():
    data = workbook(*[[number] * 20 for number in range(5000)])

    with reading.opened(BytesIO(data), "a.xlsx") as book:
        next(iter(book))

    assert book._child.returncode is not None


def test_limits_hold():
    with (
        pytest.raises(Unreadable, match="超过 1 MB"),
        reading.opened(BytesIO(b"x" * 2_000_000), "a.xlsx", Limits(file_bytes=1024 * 1024)),
    ):
        pass
