"""How fast the pure part of a check is: cells to values, rows to documents, documents to plans.

python -m bench.import_check [customers]
"""

from __future__ import annotations

import os
import sys
import time
import tracemalloc
from collections.abc import Iterator
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from bench.usage import arguments  # noqa: E402
from customers.imports.fields import targets  # noqa: E402
from customers.imports.heads import headers  # noqa: E402
from customers.imports.heads.layout import SheetHead  # noqa: E402
from customers.imports.plan.documents import Collector  # noqa: E402
from customers.imports.plan.planner import Planner  # noqa: E402
from customers.imports.plan.plans import Known, Options  # noqa: E402
from customers.imports.plan.values import Parser  # noqa: E402
from tests.cast import valid_uscc  # noqa: E402
from tests.customers.imports.sheets import Everything, vocabulary  # noqa: E402

BLOCK = 1000
REPEATED = {
    "customer_type": "经销商", "region": "110000", "registered_address": "北京市海淀区南大街 12 号",
    "legal_representative": "王建国",
    "registered_capital": "5,000,000.00", "nature": "private",
    "founded_date": "2014-05-01", "size": "small", "tags": "长期合作、高消费",
    "department": "销售一部",
    "fax": "010-62587731", "website": "https://example.com",
    "mailing_address": "中关村南大街 12 号",
    "postcode": "100081", "invoice_type": "special", "taxpayer": "general", "currency": "CNY",
    "credit_managed": "是", "credit_limit": "500000", "credit_days": "30", "remark": "老客户",
    "short_name": "恒信", "salesperson": "CNY", "industry": "CNY",
}  # fmt: skip


def main(count: int) -> None:
    """Print rows per second of each step, and the memory that documents take."""
    names = ["name", *REPEATED]
    sheets = {
        "客户": [targets.by_name("customers")[name].head for name in ["row_key", "uscc", *names]],
        "联系人": ["客户行号", "姓名", "手机", "邮箱", "职务"],
        "银行账户": ["客户行号", "银行账号", "币别", "户名"],
    }
    heads = [SheetHead(at, name, [(1, row)]) for at, (name, row) in enumerate(sheets.items())]
    layout = headers.recognise(heads, {})
    known = vocabulary()
    columns = layout.sheets[0].columns
    repeated = Parser(layout.by_index, known, {})
    row = ["" if one.header in ("客户行号",) else "" for one in columns[:2]] + [
        "同一家公司", *REPEATED.values(),
    ]  # fmt: skip
    block = [row] * BLOCK
    begun = time.perf_counter()
    for _ in range(100):
        repeated.parse(0, range(2, BLOCK + 2), block)
    print(f"values, repeated: {100 * BLOCK / (time.perf_counter() - begun):,.0f} rows/s"
          f" of {len(columns)} columns")  # fmt: skip

    tracemalloc.start() if "--memory" in sys.argv else None
    parser, collector = Parser(layout.by_index, known, {}), Collector(layout.by_index)
    spent = {"values": 0.0, "documents": 0.0}
    total = 0
    for sheet, made in _blocks(count):
        total += len(made)
        begun = time.perf_counter()
        parsed = parser.parse(sheet, range(2, len(made) + 2), made)
        spent["values"] += time.perf_counter() - begun
        assert not parsed.issues, parsed.issues[:3]
        begun = time.perf_counter()
        collector.add(parsed)
        spent["documents"] += time.perf_counter() - begun
    begun = time.perf_counter()
    collector.finish()
    spent["documents"] += time.perf_counter() - begun
    if tracemalloc.is_tracing():
        print("documents hold {:,.0f} MB, at most {:,.0f} MB".format(
            *(size / 2**20 for size in tracemalloc.get_traced_memory())))  # fmt: skip
    planner = Planner(layout, Options(given=layout.given), Everything(), known)  # type: ignore[arg-type]
    begun = time.perf_counter()
    made_documents = 0
    for document in collector.documents():
        plan = planner.plan(document, Known())
        assert plan.action == "create", plan.issues[:3]
        made_documents += 1
    spent["plans"] = time.perf_counter() - begun
    for name, seconds in spent.items():
        print(f"{name}: {seconds:.2f} s, {total / seconds:,.0f} rows/s")
    print(
        f"all: {total:,} rows, {total / sum(spent.values()):,.0f} rows/s, {made_documents:,} plans"
    )


def _blocks(count: int) -> Iterator[tuple[int, list[list[Any]]]]:
    for start in range(0, count, BLOCK):
        numbers = range(start, min(start + BLOCK, count))
        yield (
            0,
            [
                [str(n), valid_uscc(n), f"北京恒信第{n}科技有限公司", *REPEATED.values()]
                for n in numbers
            ],
        )
    for start in range(0, count, BLOCK):
        numbers = range(start, min(start + BLOCK, count))
        yield 1, [
            [str(n), f"联系人{n % 900}{of}", f"138{(n * 2 + of) % 10**8:08}",
             f"a{n}{of}@example.com",
             "经理"]
            for n in numbers for of in range(2)
        ]  # fmt: skip
        yield 2, [[str(n), f"62220202{n:011}", "CNY", f"户名{n}"] for n in numbers]


if __name__ == "__main__":
    main(*[int(text) for text in arguments(str(__doc__)) if text.isdecimal()] or [20_000])
