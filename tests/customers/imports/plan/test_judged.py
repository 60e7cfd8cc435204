"""What a check must not let pass, and whom it must not take for somebody else."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from core import saving
from core.models import User
from customers.imports import desk
from customers.imports.fields import issues
from customers.imports.plan.planner import Planner
from customers.imports.plan.plans import REPLACE, Child, Known, Options, Planned, Snapshot
from customers.models import Customer
from customers.rules.identity import normalised_name
from customers.services.aggregates import REFERENCE
from tests.cast import act_by
from tests.customers.imports.filled import (
    CONTACTS,
    CUSTOMERS,
    complete,
    contact_row,
    customer_row,
    press,
    started,
    workbook,
)
from tests.customers.imports.plan.test_planner import kinds, known, plan, stored
from tests.customers.imports.sheets import Everything, Walk

OTHER_USCC, OTHER_TAX = "91110108551385082Q", "91310000MA1FL2XQ5W"
ACCOUNT = Child(
    {"account_number": "12345678", "currency": 1, "account_name": "旧", "is_default": True}, pk=1
)


def number_owners(**numbers: str) -> Known:
    """Two customers: 1 with the credit code of the file, 2 with its tax number."""
    return known(
        stored(1, name="信用代码的主人", uscc=numbers["uscc"]),
        stored(2, name="税号的主人", tax_number=numbers["tax_number"]),
    )


# Whom a row means


def test_the_credit_code_goes_before_the_tax_number() -> None:
    base = number_owners(uscc=OTHER_USCC, tax_number=OTHER_TAX)

    planned = plan(["", "新名", OTHER_USCC, OTHER_TAX], base)

    assert (planned.matched_by, planned.pk) == ("uscc", 1)


def test_the_tax_number_goes_before_the_name() -> None:
    base = known(stored(1, name="甲公司"), stored(2, name="乙公司", tax_number=OTHER_TAX))

    planned = plan(["", "甲公司", "", OTHER_TAX], base)

    assert (planned.matched_by, planned.pk) == ("tax_number", 2)


def people(*rows: list[Any], there: list[Child], **options: Any) -> Planned:
    """Plan contacts of one customer who has these."""
    walk = Walk({"联系人": [["客户编码", "姓名", "手机", "职务"], *rows]})
    return walk.plans(known(stored(children={"contacts": there})), **options)[0]


def named(pk: int, mobile: str) -> Child:
    """Give a stored contact 刘洋."""
    values = {"name": "刘洋", "mobile": mobile, "position": "", "is_primary": pk == 1}
    return Child(values, pk=pk)


TWO = [named(1, "13800132207"), named(2, "13800132208")]


def test_a_name_that_two_contacts_have_means_neither() -> None:
    planned = people(["C-7", "刘洋", "", "总监"], there=TWO)

    assert [(one.op, one.pk) for one in planned.children] == [("add", None)]


def test_a_name_that_one_contact_has_means_him() -> None:
    planned = people(["C-7", "刘洋", "", "总监"], there=TWO[:1])

    assert [(one.op, one.pk) for one in planned.children] == [("mod", 1)]


def test_a_phone_tells_two_contacts_of_one_name_apart_before_the_name_alone_is_asked() -> None:
    planned = people(["C-7", "刘洋", "", "总监"], ["C-7", "刘洋", "13800132208", "经理"], there=TWO)

    # The second row is 2; then only 1 is left of that name for the first.
    found = {one.pk: one.changes["position"][1] for one in planned.children if one.op == "mod"}
    assert found == {1: "总监", 2: "经理"}


def test_a_row_without_currency_means_none_of_two_accounts_with_its_digits() -> None:
    accounts = [
        Child({**ACCOUNT.values, "currency": pk, "is_default": pk == 1}, pk=pk) for pk in (1, 2)
    ]

    def planned(there: list[Child]) -> list[tuple[str, int | None]]:
        heads = ["客户编码", "银行账号", "币别", "户名"]
        walk = Walk({"银行账户": [heads, ["C-7", "12345678", "", "新"]]})
        (found,) = walk.plans(known(stored(children={"bank_accounts": there})))
        return [(one.op, one.pk) for one in found.children]

    assert planned(accounts) == [("add", None)]
    assert planned(accounts[:1]) == [("mod", 1)]


# Locked rows


class NoAccounts(Everything):
    """May change all but the bank accounts of a stored customer."""

    def problem(self, sheet: str, name: str, current: Snapshot | None) -> str:
        """Give the lock."""
        return "已审核" if sheet == "bank_accounts" and current else ""


@pytest.mark.parametrize(
    ("row", "options", "cells"),
    [
        (["C-7", "12345678", "人民币", "新"], {}, {"D2"}),
        (["C-7", "87654321", "人民币", "旧"], {}, {"B2"}),
        (["C-7", "12345678", "人民币", "旧"], {}, set()),
        (["C-7", "87654321", "人民币", "旧"], {"child_mode": REPLACE}, {"B2", ""}),
    ],
    ids=["changed", "added", "as it is", "replaced"],
)
def test_locked_accounts_are_refused_at_the_check(
    row: list[str], options: dict[str, Any], cells: set[str]
) -> None:
    walk = Walk({"银行账户": [["客户编码", "银行账号", "币别", "户名"], row]})
    base = known(stored(state="enabled", children={"bank_accounts": [ACCOUNT]}))

    planner = Planner(walk.layout, Options(**options), NoAccounts(), walk.vocabulary)
    planned = planner.plan(walk.documents[0], base)

    locked = [one for one in planned.issues if one.kind == issues.LOCKED]
    assert {one.column and one.cell for one in locked} == cells


# Disabled values below a customer


@pytest.mark.django_db
@pytest.mark.parametrize("is_before", [True, False], ids=["at the check", "at the write"])
def test_a_disabled_bank_is_not_chosen_anew(
    is_before: bool, admin: User, world: SimpleNamespace
) -> None:
    bank = REFERENCE["bank"].root._default_manager.get(name="中国工商银行")

    def disable() -> None:
        saving.change(
            REFERENCE["bank"], bank.pk, {"is_active": False}, version=bank.version,
            act=act_by(admin),
        )  # fmt: skip

    if is_before:
        disable()
    batch = started(complete([1, 2]), admin)
    if is_before:
        assert desk.summary(batch).customers.failed == 2
        assert set(batch.issues.filter(is_error=True).values_list("kind", "field")) == {
            (issues.DISABLED, "bank_accounts.bank")
        }
        return
    assert desk.summary(batch).customers.created == 2
    disable()

    batch = desk.write(batch, "good", False, press(admin))

    result = desk.result(batch, admin)
    assert (result.customers.created, result.customers.failed) == (0, 2)
    assert all("开户银行" in row.reason for row in result.not_written)
    assert not Customer.objects.exists()


# Equal names


def twin(**over: Any) -> Planned:
    """Plan a customer of a name that a customer out of sight has."""
    name = normalised_name("同名公司")
    return plan(["", "同名公司"], known(owners={("name", name): [99]}), **over)


def test_an_equal_name_is_judged_when_customers_are_submitted_at_once() -> None:
    assert ("B2", issues.TAKEN) in kinds(twin(submit=True))
    assert ("B2", issues.TAKEN) not in kinds(twin(submit=False))


@pytest.mark.parametrize("said", ["", "两家公司"])
def test_an_equal_name_that_was_explained_once_does_not_stop_a_submission(said: str) -> None:
    name = normalised_name("同名公司")
    own = replace(stored(1, name="同名公司"), state="draft", same_name_reason=said)
    base = known(own, owners={("name", name): [1, 99]})

    planned = plan(["", "同名公司", "", "", "新"], base, submit=True)

    assert planned.pk == 1
    assert (("B2", issues.TAKEN) in kinds(planned)) is not bool(said)


@pytest.mark.django_db
def test_a_customer_of_an_equal_name_is_not_submitted_by_an_import(
    make_customer: Any, admin: User, world: SimpleNamespace
) -> None:
    make_customer("enabled", name="同名机械有限公司")
    rows = [customer_row(1, 客户名称="同名机械有限公司"), customer_row(2)]

    contacts = [CONTACTS, contact_row(1), contact_row(2)]
    data = workbook({"客户": [CUSTOMERS, *rows], "联系人": contacts})
    batch = started(data, admin, submit=True)
    assert desk.summary(batch).customers.undecided == 1
    batch = desk.decide(batch, 0, 2, "create", press(admin))

    assert batch.issues.filter(kind=issues.TAKEN, row=2, field="customers.name").exists()
    desk.write(batch, "good", True, press(admin))
    assert [one.name for one in Customer.objects.filter(state="submitted")] == [rows[1][2]]


@pytest.mark.django_db
def test_a_file_does_not_empty_what_a_customer_in_use_must_have(
    make_customer: Any, admin: User
) -> None:
    live, draft = make_customer("enabled"), make_customer()
    rows = [["客户编码", "地区", "备注"], [live.code, "", "一"], [draft.code, "", "二"]]
    batch = started(workbook({"客户": rows}), admin, empty="clear")

    [told] = batch.issues.filter(is_error=True)

    assert (told.kind, told.row, told.field) == (issues.INCOMPLETE, 2, "customers.region")
    desk.write(batch, "good", False, press(admin))
    stored = {one.pk: (one.region, one.remark) for one in Customer.objects.all()}
    assert stored[live.pk] == (live.region, live.remark)
    assert stored[draft.pk] == (None, "二")
