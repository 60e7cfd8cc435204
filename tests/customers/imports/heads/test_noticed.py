"""What the reader of workbooks notes has a sentence, and every sentence stands once."""

from __future__ import annotations

import re
from pathlib import Path

from customers.imports.heads import noticed
from customers.imports.heads.layout import IGNORED, Column, Layout, SheetLayout

WORKBOOK = Path(__file__).parents[4] / "core" / "workbook"
# Said elsewhere on the page, where it can be changed.
ELSEWHERE = {"encoding", "encoding-unsure"}
_TOLD = re.compile(r'tell\(\s*"([a-z-]+)"|"note", [^)]*?"([a-z]+(?:-[a-z]+)*)"')


def test_every_kind_of_note_has_a_sentence() -> None:
    kinds = {
        kind
        for file in WORKBOOK.glob("*.py")
        for found in _TOLD.findall(file.read_text(encoding="utf-8"))
        for kind in found
        if kind
    }

    assert len(kinds) >= 4
    assert kinds - ELSEWHERE - noticed.SENTENCES.keys() == set()


def test_notes_of_one_kind_are_one_line_and_what_is_more_is_counted() -> None:
    notes = [{"cell": f"B{n}", "kind": "merged", "detail": ""} for n in range(1, 8)]
    notes.append({"cell": "", "kind": "merged-more", "detail": "12"})

    (line,) = noticed.told(Layout(()), [("客户", notes)], 0)

    assert "B1、B2、B3、B4、B5" in line
    assert "B6" not in line
    assert "14" in line


def test_columns_left_out_for_one_reason_are_told_together() -> None:
    columns = tuple(
        Column(at, letter, head, IGNORED, reason="不读")
        for at, (letter, head) in enumerate((("A", "甲"), ("B", "乙"), ("C", "*Split*1")))
    )
    sheet = SheetLayout(0, "客户", "table", "customers", 1, 2, columns)

    (line,) = noticed.told(Layout((sheet,)), [], 0)

    assert "A “甲”、B “乙”" in line
    assert "Split" not in line
