"""Measures the import of a workbook against stock django-import-export: python -m bench.imports.

The same file, the same database, the same run: upload stored -> check -> write committed, against
preview + confirm of every sheet. It empties the tables of customers: give it a database of its own.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.contrib.auth.models import Group  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402
from openpyxl import Workbook, load_workbook  # noqa: E402
from stdnum.cn import uscc  # noqa: E402
from tablib import Dataset  # noqa: E402

from bench.measuring import table  # noqa: E402
from core import append_only, jobs, saving  # noqa: E402
from core.bulk.entries import Entries  # noqa: E402
from core.history import Act  # noqa: E402
from core.jobs import files  # noqa: E402
from core.models import Unit, User  # noqa: E402
from core.models.base import writing  # noqa: E402
from customers.import_lifecycle import CHECK, WRITE  # noqa: E402
from customers.imports.steps import moves  # noqa: E402
from customers.models import (  # noqa: E402
    Bank,
    Contact,
    Currency,
    Customer,
    CustomerType,
    ImportBatch,
    ImportBlock,
    Region,
    Salesperson,
    Tag,
)
from customers.rules.identity import pinyin_sort  # noqa: E402
from customers.services.aggregates import REFERENCE  # noqa: E402

CUSTOMER_HEADS = (
    "客户编码", "客户名称", "客户类型", "地区", "注册地址", "统一社会信用代码", "法定代表人",
    "标签", "电话", "邮箱", "发票抬头", "币别", "信用额度", "信用期限", "销售部门", "业务员",
    "备注",
)  # fmt: skip
CONTACT_HEADS = ("客户编码", "姓名", "职务", "手机", "邮箱")
ACCOUNT_HEADS = ("客户编码", "开户银行", "银行账号", "户名", "币别")


def main() -> None:
    """Read the command line, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=2000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-stock", action="store_true")
    parser.add_argument("--no-history", action="store_true", help="as if we wrote none, like stock")
    parser.add_argument("--check", action="store_true", help="only check, alone, and count rows")
    parser.add_argument("--drawn", action="store_true", help="leave codes to the rule")
    parser.add_argument("--into", help="only write the workbook to this file, for --file")
    parser.add_argument("--file", help="take this workbook: making it takes memory too")
    options = parser.parse_args()
    if User.objects.exclude(username__startswith="bench-").filter(is_system=False).exists():
        sys.exit("This database is used by people; use one of its own for measurements.")
    world = World()
    if options.no_history:
        Entries.add = Entries.write = _nothing  # type: ignore[method-assign]
    if options.into:
        Path(options.into).write_bytes(filled(options.count, world, with_codes=not options.drawn))
        return
    data = (
        Path(options.file).read_bytes()
        if options.file
        else filled(options.count, world, with_codes=not options.drawn)
    )
    print(f"{options.count:,} customers, {len(data) / 1e6:.1f} MB, {connection.vendor}", flush=True)
    if options.check:
        for _run in range(options.runs):
            empty()
            _batch, spent = run_check(data, world.user, options.count)
            rows = sum(ImportBlock.objects.values_list("count", flat=True))
            print(f"check {spent:.3f} s, {rows:,} rows, {rows / spent:,.0f} rows/s", flush=True)
        return
    ours: list[tuple[float, float]] = []
    stock: list[float] = []
    for run in range(options.runs):
        empty()
        ours.append(run_ours(data, world.user, options.count))
        print(f"run {run + 1}: check {ours[-1][0]:.3f} s, write {ours[-1][1]:.3f} s", flush=True)
        if not options.no_stock:
            empty()
            stock.append(run_stock(data, world, options.count))
            print(f"run {run + 1}: stock {stock[-1]:.2f} s", flush=True)
    report(ours, stock, options.count)


class World:
    """The user who imports and the reference values that the file names."""

    def __init__(self) -> None:
        system, _made = User.objects.get_or_create(
            username="bench-system", defaults={"is_system": True}
        )
        act = Act(by=system, source="job", reason="", key=None)
        with transaction.atomic():
            self.unit = self._one("unit", Unit, "BENCH", "测量部", act, parent=None)
            self.person = self._one(
                "salesperson", Salesperson, "BENCH", "测量员", act, unit=self.unit
            )
        self.user, _made = User.objects.get_or_create(
            username="bench-admin", defaults={"unit": self.unit}
        )
        self.user.groups.set(Group.objects.filter(name="admin"))
        self.kinds = [one.name for one in CustomerType.objects.filter(kind="company")]
        regions = Region.objects.exclude(letters="").exclude(code="HW")
        self.regions = list(regions.values_list("name", flat=True))
        self.tags = list(Tag.objects.values_list("name", flat=True))
        self.banks = list(Bank.objects.values_list("name", flat=True))
        self.currency = Currency.objects.get(code="CNY").name

    def _one(self, stem: str, model: Any, code: str, name: str, act: Act, **more: Any) -> Any:
        found = model.objects.filter(code=code).first()
        return found or saving.create(
            REFERENCE[stem], {"code": code, "name": name, **more}, act=act
        )


def filled(count: int, world: World, *, with_codes: bool) -> bytes:
    """Make the workbook: complete customers with one to three contacts and one or two accounts."""
    book = Workbook(write_only=True)
    sheets = {name: book.create_sheet(name) for name in ("客户", "联系人", "银行账户")}
    keys = "客户编码" if with_codes else "客户行号"
    for sheet, heads in zip(
        sheets.values(), (CUSTOMER_HEADS, CONTACT_HEADS, ACCOUNT_HEADS), strict=True
    ):
        sheet.append((keys, *heads[1:]))
    for number in range(1, count + 1):
        for name, rows in rows_of(number, world).items():
            for row in rows:
                sheets[name].append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def rows_of(number: int, world: World) -> dict[str, list[tuple[str, ...]]]:
    """Give the rows of one invented customer, by sheet."""
    code = f"BM-{number:06d}"
    body = f"91110108{number:09d}"
    name = f"第{number}号机械设备制造有限公司"
    tags = world.tags[number % len(world.tags)], world.tags[(number + 3) % len(world.tags)]
    customer = (
        code, name, world.kinds[number % len(world.kinds)], world.regions[number % 30],
        f"建设路 {number} 号", body + uscc.calc_check_digit(body), f"王{number}",
        "、".join(dict.fromkeys(tags)), f"010-{62000000 + number % 900000}",
        f"post{number}@example.com", name, world.currency, f"{number % 90 + 10}0000.00",
        str(number % 60 + 30), world.unit.name, world.person.name, f"测量用的第 {number} 家",
    )  # fmt: skip
    contacts = [
        (code, f"李{number}-{n}", "经理", f"13{n + 5}{number:08d}", f"p{number}.{n}@example.com")
        for n in range(1 + number * 8 // 10 % 2 + (number % 5 == 0))
    ]
    accounts = [
        (code, world.banks[(number + n) % len(world.banks)], f"62220{n}{number:013d}", name,
         world.currency)
        for n in range(1 + (number % 3 == 0))
    ]  # fmt: skip
    return {"客户": [customer], "联系人": contacts, "银行账户": accounts}


def empty() -> None:
    """Throw away all customers, imports and what came of them."""
    tables = [
        "customers_importoutcome", "customers_importdecision", "customers_importplan",
        "customers_importissue", "customers_importfix", "customers_importblock",
        "customers_importsheet", "customers_contact", "customers_bankaccount",
        "customers_customer_tags", "customers_usedcode", "customers_customer",
        "customers_importbatch", "core_storedchunk", "core_storedfile", "core_job",
    ]  # fmt: skip
    with writing(), append_only.lifted(), connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"DELETE FROM {name}")
        cursor.execute("DELETE FROM core_change WHERE subject_type = 'customers.customer'")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE")


def stored_batch(data: bytes, user: User) -> ImportBatch:
    """Give an import of the file that nobody checked yet."""
    return ImportBatch.objects.create(
        number=f"YR-{uuid4().hex[:10]}",
        name="bench.xlsx",
        file=files.store("bench.xlsx", _pieces(data), user),
        by=user,
        created_at=timezone.now(),
    )


def run_check(data: bytes, user: User, count: int) -> tuple[ImportBatch, float]:
    """Check the file as the job does; give the seconds."""
    batch = stored_batch(data, user)
    began = time.perf_counter()
    jobs.prepare(CHECK, {"batch": batch.pk}, by=user)
    jobs.run_waiting()
    spent = time.perf_counter() - began
    batch.refresh_from_db()
    assert batch.state == "checked", (batch.state, batch.failure)
    assert batch.counts["customers"]["created"] == count, batch.counts
    return batch, spent


def run_ours(data: bytes, user: User, count: int) -> tuple[float, float]:
    """Check and write the file as the jobs do; give the seconds of each."""
    batch, check = run_check(data, user, count)
    act = Act(by=user, source="form", reason="", key=None)
    began = time.perf_counter()
    moves.move(batch, act, "write", operation=uuid4())
    jobs.prepare(WRITE, {"batch": batch.pk}, by=user)
    jobs.run_waiting()
    spent = time.perf_counter() - began
    batch.refresh_from_db()
    assert batch.state == "done", (batch.state, batch.failure)
    assert Customer.objects.count() == count
    return check, spent


def run_stock(data: bytes, world: World, count: int) -> float:
    """Preview and confirm every sheet as the documentation says; give the seconds."""
    from bench.stock.resources import AccountResource, ContactResource, CustomerResource

    now = timezone.now()
    stamps = {
        "version": 1, "created_at": now, "updated_at": now, "created_by": world.user,
        "updated_by": world.user, "scope_unit": world.unit, "name_sort": pinyin_sort("某"),
    }  # fmt: skip
    began = time.perf_counter()
    with writing():
        for name, made in (
            ("客户", CustomerResource(stamps)),
            ("联系人", ContactResource()),
            ("银行账户", AccountResource()),
        ):
            for dry_run in (True, False):  # the file is opened for the preview, and again
                sheet = dataset(data, name)
                result = made.import_data(sheet, dry_run=dry_run, raise_errors=True)
                assert not result.has_errors()
    spent = time.perf_counter() - began
    assert Customer.objects.count() == count
    assert Contact.objects.exists()
    return spent


def dataset(data: bytes, name: str) -> Dataset:
    """Read a sheet as the xlsx format of django-import-export does."""
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    rows = book[name].values
    found = Dataset(headers=list(next(rows)))
    for row in rows:
        found.append(row)
    return found


def _nothing(*_given: Any, **_named: Any) -> None:
    """Stand in for the history."""


def _pieces(data: bytes) -> Iterator[bytes]:
    yield data


def report(ours: list[tuple[float, float]], stock: list[float], count: int) -> None:
    """Print the medians."""
    check = statistics.median(one[0] for one in ours)
    write = statistics.median(one[1] for one in ours)
    total = statistics.median(sum(one) for one in ours)
    lines = [
        ("check", f"{check:.3f} s", ""),
        ("write", f"{write:.3f} s", ""),
        ("check + write", f"{total:.3f} s", f"{count / total:,.0f} customers/s"),
    ]
    if stock:
        other = statistics.median(stock)
        lines.append(("stock preview + confirm", f"{other:.2f} s", f"{other / total:.1f} ×"))
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    lines.append(("peak memory", f"{own:.0f} + {child:.0f} MB", f"pid {os.getpid()}"))
    table(("", "median", ""), lines)


if __name__ == "__main__":
    main()
