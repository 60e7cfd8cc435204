"""Writes 100,000 rows of 25 columns with our writer and with openpyxl's, same rows, same run.

python -m bench.export [rows] [rounds]: seconds, ratio, memory above the data, size of the file.
"""

from __future__ import annotations

import datetime
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook

from bench.usage import arguments
from core.workbook.writing import Book
from core.workbook.writing_cells import AMOUNT, DATE, LONG, NUMBER, Column

COLUMNS = (
    *(Column(f"文本列 {at}") for at in range(17)),
    *(Column(f"备注 {at}", kind=LONG) for at in range(2)),
    *(Column(f"金额 {at}", kind=AMOUNT) for at in range(2)),
    *(Column(f"天数 {at}", kind=NUMBER) for at in range(2)),
    *(Column(f"日期 {at}", kind=DATE) for at in range(2)),
)
WORDS = (
    "北京恒信科技有限公司",
    "上海市浦东新区世纪大道 100 号",
    "张伟",
    "13800138000",
    "BJ-JS-001",
    "",
)


def generated(count: int) -> list[tuple[object, ...]]:
    """Give rows as a list of customers has them: mostly text, some empty, a few odd signs."""
    chance = random.Random(3)
    rows = []
    for number in range(count):
        texts = [f"{chance.choice(WORDS)}{number if at % 3 else ''}" for at in range(17)]
        if number % 50 == 0:
            texts[3] = "A & B <有限>"
        remark = "两行\n备注" if number % 10 == 0 else "普通备注"
        amount = Decimal(chance.randrange(10**9)).scaleb(-2)
        day = datetime.date(2000, 1, 1) + datetime.timedelta(days=chance.randrange(9000))
        rows.append((*texts, remark, "", amount, None, number % 90, 30, day, None))
    return rows


def ours(rows: list[tuple[object, ...]], target: Path) -> None:
    """Write with core.workbook.writing."""
    with target.open("wb") as file:
        book = Book(file)
        book.add("客户", COLUMNS, rows)
        book.close()


def openpyxl_write_only(rows: list[tuple[object, ...]], target: Path) -> None:
    """Write with openpyxl in its fast mode."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("客户")
    sheet.append([column.header for column in COLUMNS])
    for row in rows:
        sheet.append(row)
    book.save(target)


WRITERS: dict[str, Callable[[list[tuple[object, ...]], Path], None]] = {
    "ours": ours,
    "openpyxl write_only": openpyxl_write_only,
}


def one(name: str, count: int) -> None:
    """Run one writer in this process; print seconds, MiB above the data, and bytes."""
    rows = generated(count)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "out.xlsx"
        start = time.perf_counter()
        WRITERS[name](rows, target)
        seconds = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(f"{seconds:.4f} {(after - before) / 1024:.1f} {target.stat().st_size}")


def main(count: int, rounds: int) -> None:
    """Run the writers in turn, each time in a fresh process, and print medians and the ratio."""
    found: dict[str, list[tuple[float, float, int]]] = {name: [] for name in WRITERS}
    for _round in range(rounds):
        for name in WRITERS:
            command = [sys.executable, "-m", "bench.export", "--one", name, str(count)]
            told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            seconds, memory, size = told.split()
            found[name].append((float(seconds), float(memory), int(size)))
    medians = {name: statistics.median(run[0] for run in runs) for name, runs in found.items()}
    print(f"{count:,} rows x {len(COLUMNS)} columns, {rounds} rounds, {os.cpu_count()} cores")
    for name, runs in found.items():
        memory, size = max(run[1] for run in runs), runs[0][2] / 1e6
        seconds = medians[name]
        print(f"{name:<20} {seconds:6.2f} s  {memory:6.1f} MiB above the data  {size:5.1f} MB")
    print(f"ratio {medians['openpyxl write_only'] / medians['ours']:.1f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], int(sys.argv[3]))
    else:
        given = [int(text) for text in arguments(str(__doc__))]
        main(*(given + [100_000, 3][len(given) :]))
