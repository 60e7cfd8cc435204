"""Times our reader against openpyxl read_only on one workbook: python -m bench.reading FILE [RUNS].

Interleaved, each run in this process with our reader's child beside it; prints a table.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from openpyxl import load_workbook

from bench.measuring import table
from bench.usage import arguments
from core.workbook import reading


def ours(path: str) -> tuple[int, int]:
    """Give the rows and the peak of the child in MiB."""
    with reading.opened(path, "a.xlsx") as book:
        rows = sum(len(item.rows) for item in book if isinstance(item, reading.Block))
    return rows, book.peak_kib // 1024


def theirs(path: str) -> tuple[int, int]:
    """Give the rows as openpyxl streams them."""
    book = load_workbook(path, read_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # else it believes what the file says
    return sum(1 for _row in sheet.iter_rows(values_only=True)), 0


def main(path: str, runs: int) -> None:
    """Time both readers in turn and print medians."""
    readers: dict[str, Callable[[str], tuple[int, int]]] = {"ours": ours, "openpyxl": theirs}
    spent: dict[str, list[float]] = {name: [] for name in readers}
    told: dict[str, tuple[int, int]] = {}
    for _run in range(runs):
        for name, read in readers.items():
            began = time.perf_counter()
            told[name] = read(path)
            spent[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(times) for name, times in spent.items()}
    table(
        ["reader", "rows", "s", "rows/s", "x openpyxl", "peak MiB of the child"],
        (
            [
                name,
                told[name][0],
                f"{s:.2f}",
                int(told[name][0] / s),
                f"{medians['openpyxl'] / s:.1f}",
                told[name][1] or "-",
            ]
            for name, s in medians.items()
        ),  # fmt: skip
    )


if __name__ == "__main__":
    given = arguments(str(__doc__), least=1)
    main(given[0], int(given[1]) if len(given) > 1 else 3)
