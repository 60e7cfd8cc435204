"""Undo of a large import: the base has its values again, what people touched since is kept.

A seeded part of it runs everywhere; ten thousand and ten thousand run with `-m long`.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from core import jobs, verify
from core.models import User
from core.records.record import Record
from customers.imports import desk
from customers.models import BankAccount, Contact, Customer, ImportBatch
from customers.services import customer as customer_service
from tests.cast import act_by
from tests.customers.imports.filled import (
    ACCOUNTS,
    CONTACTS,
    CUSTOMERS,
    account_row,
    contact_row,
    customer_row,
    press,
    started,
    workbook,
)
from tests.customers.imports.filled import (
    complete as filled,
)

BYSTANDERS = range(900_001, 900_021)
USER = "北京恒信子公司"
WRITING = ("version", "updated_at", "updated_by")
MORE = (
    "客户简称", "传真", "注册资本", "成立日期", "公司规模", "集团客户", "启用信用管理", "信用额度",
    "信用期限",
)  # fmt: skip
Digest = dict[int, str]


def done(batch: ImportBatch) -> ImportBatch:
    """Do what was left to the worker."""
    jobs.run_waiting()
    return ImportBatch.objects.get(pk=batch.pk)


def written(data: bytes, admin: User, **options: Any) -> ImportBatch:
    """Import a file, whatever its size."""
    batch = done(started(data, admin, **options))
    assert batch.state == "checked", batch.failure
    assert desk.summary(batch).kinds[0] == 0, desk.groups(batch)
    batch = done(desk.write(batch, "all", False, press(admin)))
    assert batch.state == "done", batch.failure
    return batch


def columns(model: Any, *without: str) -> list[str]:
    """Give every stored column of a model but these."""
    return [field.attname for field in model._meta.concrete_fields if field.name not in without]


def lines() -> Iterator[tuple[int, str]]:
    """Give every stored row of the base with the customer it belongs to, in a known order."""
    own = columns(Customer, *WRITING)
    yield from told(Customer.objects.order_by("pk").values_list("pk", *own))
    for model in (Contact, BankAccount):
        names = columns(model, "id", "customer")
        rows = model.objects.order_by("customer", "line", "pk")
        yield from told(rows.values_list("customer", *names))
    tags = Customer.tags.through.objects.order_by("customer", "tag")
    yield from told(tags.values_list("customer", "tag"))


def told(rows: Any) -> Iterator[tuple[int, str]]:
    """Give rows as texts, by their first value."""
    return ((row[0], repr(row[1:])) for row in rows.iterator(chunk_size=5_000))


def digest() -> Digest:
    """Give one sum for each customer, over its own row and all rows below it."""
    sums: dict[int, Any] = {}
    for customer, line in lines():
        sums.setdefault(customer, hashlib.blake2b(digest_size=16)).update(line.encode())
    return {customer: one.hexdigest() for customer, one in sums.items()}


def changing(numbers: Sequence[int], new: Sequence[int], dice: random.Random) -> bytes:
    """A file that changes header, tags, contacts and accounts of some, and adds the others."""
    heads = (*CUSTOMERS, *MORE)
    parent = Customer.objects.order_by("-pk").values_list("code", flat=True).first()
    rows: dict[str, list[Any]] = {"客户": [heads], "联系人": [CONTACTS], "银行账户": [ACCOUNTS]}
    for number in numbers:
        more = dict(zip(MORE, some(number, str(parent), dice), strict=True))
        tags, region = dice.choice(("T1", "T2", "T1、T2")), dice.choice(("北京市", "上海市"))
        changed = {"备注": f"改过 {number}", "标签": tags, "地区": region, **more}
        rows["客户"].append(customer_row(number, **changed))
        if dice.random() < 0.7:  # a contact of the same name with a new number, or one more
            name = dice.choice((f"王{number}", f"李{number}"))
            phone = f"139{number:08d}"
            rows["联系人"].append(contact_row(number, 姓名=name, 手机=phone, 主联系人=""))
        if dice.random() < 0.7:
            account = {"户名": "新户名", "银行账号": account_number(number, dice)}
            rows["银行账户"].append(account_row(number, **account))
    for number in new:
        rows["客户"].append([*customer_row(number), *[""] * len(MORE)])
        rows["联系人"].append(contact_row(number))
        rows["银行账户"].append(account_row(number))
    return workbook(rows)


def some(number: int, parent: str, dice: random.Random) -> list[str]:
    """Give a value, or none, for each further column."""
    values = [
        f"第{number}", "010-62587731", "1234567.89", "2014-05-01", "20 至 300 人", parent,
    ]  # fmt: skip
    limit = ["是", f"{number}.50", "30"] if dice.random() < 0.5 else ["", "", ""]
    return [value if dice.random() < 0.5 else "" for value in values] + limit


def account_number(number: int, dice: random.Random) -> str:
    """Give the number of the account that is there, or of a second one."""
    return f"6222{dice.choice((0, 1))}212345{number:08d}"


def name_of(number: int) -> str:
    """Give the name that the rows of this number have."""
    return f"南京第{number}号机械有限公司"


def touch(numbers: Sequence[int], clerk: User, complete: Any) -> dict[int, str]:
    """Let a clerk change all of them but the last, and use that; give whom, with a word of why."""
    kept: dict[int, str] = {}
    *changed, used = Customer.objects.filter(name__in=map(name_of, numbers)).order_by("pk")
    remark = Record({"remark": "人改的"})
    for customer in changed:
        customer_service.save(
            customer.pk, remark, version=customer.version, submit=False, act=act_by(clerk)
        )
        kept[customer.pk] = clerk.display_name
    record = complete(name=USER, parent=used)
    customer_service.save(None, record, version=None, submit=False, act=act_by(clerk))
    return {**kept, used.pk: str(Customer._meta.verbose_name_plural)}


def import_touch_undo(size: int, admin: User, clerk: User, complete: Any, seed: int) -> None:
    """Import `size` changes and `size` new ones over a base, touch a few, undo, compare."""
    dice = random.Random(seed)
    old, new = range(1, size + 1), range(size + 1, 2 * size + 1)
    written(filled([*old, *BYSTANDERS]), admin)
    before = digest()
    batch = written(changing(old, new, dice), admin)
    result = desk.result(batch, admin)
    assert (result.customers.updated, result.customers.created) == (size, size)
    imported = digest()
    assert sum(imported[pk] != one for pk, one in before.items()) == size
    touched = touch([*dice.sample(old, 3), *dice.sample(new, 4)], clerk, complete)
    now = digest()
    there = {pk: now[pk] for pk in touched}

    batch = done(desk.undo(batch, press(admin)))

    assert batch.state == "undone", (batch.failure, batch.job.error)
    assert_kept(batch, admin, touched, size)
    after = digest()
    user = Customer.objects.get(name=USER).pk
    assert {**before, **there} == {pk: one for pk, one in after.items() if pk != user}
    assert [tally.findings for tally in verify.run() if tally.wrong] == []


def assert_kept(batch: ImportBatch, admin: User, touched: dict[int, str], size: int) -> None:
    """All was taken back but what people touched, and each of these has its reason."""
    buckets = {bucket.name: bucket for bucket in desk.result(batch, admin).undo}
    counts = {name: bucket.count for name, bucket in buckets.items()}
    assert counts == {"reverted": 2 * size - len(touched), "kept": len(touched), "failed": 0}
    reasons = {row.pk: row.reason for row in buckets["kept"].rows}
    assert reasons.keys() == touched.keys()
    assert all(word in reasons[pk] for pk, word in touched.items()), reasons


@pytest.mark.django_db
def test_undo_gives_a_base_its_values_back(admin, clerk, world, complete, seed):
    import_touch_undo(100, admin, clerk, complete, seed)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_undo_of_ten_thousand_and_ten_thousand(admin, clerk, world, complete, seed):
    import_touch_undo(10_000, admin, clerk, complete, seed)
