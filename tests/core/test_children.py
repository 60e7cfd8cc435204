"""Child rows: added, changed, removed, reordered, flags that move from row to row."""

import pytest
from django.core.exceptions import SuspiciousOperation

from core import history, saving
from core.aggregate import RowInput
from customers.models import Bank
from customers.services.aggregates import AGGREGATE, REFERENCE
from tests.cast import act_by

CONTACTS = [
    {"name": "张三", "mobile": "13800000001", "is_primary": True},
    {"name": "李四", "mobile": "13800000002"},
    {"name": "王五", "phone": "010-88880000"},
]
ACCOUNTS = [
    {"account_number": "4000023009200000001", "is_default": True, "is_invoice": True},
    {"account_number": "4000023009200000002"},
]


@pytest.fixture
def customer(make_customer):
    return make_customer(contacts=CONTACTS, accounts=ACCOUNTS)


def write(customer, clerk, name, rows):
    return saving.change(
        AGGREGATE, customer.pk, {}, {name: rows}, version=customer.version, act=act_by(clerk)
    )


def stored(customer, name="contacts"):
    return list(getattr(customer, name).order_by("line"))


def told(customer):
    """(op, label, fields) of the newest entry."""
    changes = history.of(AGGREGATE.subject_type, customer.pk)[0].changes
    return [(row["op"], row["label"], row["fields"]) for row in changes.get("rows", [])]


def test_rows_are_added_changed_and_removed_in_one_go(customer, clerk):
    first, second, _third = stored(customer)

    changed = write(
        customer,
        clerk,
        "contacts",
        [
            RowInput(first.pk, {"position": "总经理"}),
            RowInput(second.pk, {"name": "李四"}),
            RowInput(None, {"name": "赵六", "email": "zhao@example.com"}),
        ],
    )

    assert [row.name for row in stored(changed)] == ["张三", "李四", "赵六"]
    assert told(changed) == [
        ("del", "王五", {"name": ["王五", ""], "phone": ["010-88880000", ""]}),
        ("mod", "张三", {"position": ["", "总经理"]}),
        ("add", "赵六", {"name": ["", "赵六"], "email": ["", "zhao@example.com"]}),
    ]


def test_a_row_keeps_what_is_not_named(customer, clerk):
    rows = stored(customer)

    changed = write(
        customer, clerk, "contacts", [RowInput(row.pk, {"remark": "新"}) for row in rows]
    )

    assert [row.name for row in stored(changed)] == ["张三", "李四", "王五"]
    assert [row.is_primary for row in stored(changed)] == [True, False, False]


def test_rows_change_places(customer, clerk):
    rows = stored(customer)

    changed = write(customer, clerk, "contacts", [RowInput(row.pk, {}) for row in rows[::-1]])

    assert [row.name for row in stored(changed)] == ["王五", "李四", "张三"]
    assert changed.version == 2
    assert told(changed) == [("order", "", {})]


def test_the_same_rows_in_the_same_order_are_no_change(customer, clerk):
    rows = [RowInput(row.pk, {"name": row.name}) for row in stored(customer)]

    assert write(customer, clerk, "contacts", rows).version == 1


@pytest.mark.parametrize("target", [1, 2])
def test_the_primary_mark_moves_to_a_later_row(customer, clerk, target):
    rows = [
        RowInput(row.pk, {"is_primary": index == target})
        for index, row in enumerate(stored(customer))
    ]

    changed = write(customer, clerk, "contacts", rows)

    assert [row.is_primary for row in stored(changed)] == [index == target for index in range(3)]
    assert [(op, label) for op, label, _fields in told(changed)] == [
        ("mod", "张三"),
        ("mod", stored(customer)[target].name),
    ]


def test_the_primary_mark_moves_to_an_earlier_row(customer, clerk):
    first, second, third = stored(customer)
    order = [RowInput(third.pk, {"is_primary": True}), RowInput(second.pk, {})]

    changed = write(
        customer, clerk, "contacts", [*order, RowInput(first.pk, {"is_primary": False})]
    )

    assert [(row.name, row.is_primary) for row in stored(changed)] == [
        ("王五", True),
        ("李四", False),
        ("张三", False),
    ]


def test_a_new_row_takes_the_default_from_an_old_one(customer, clerk):
    first, second = stored(customer, "bank_accounts")

    changed = write(
        customer,
        clerk,
        "bank_accounts",
        [
            RowInput(None, {"account_number": "4000023009200000003", "is_default": True}),
            RowInput(first.pk, {"is_default": False, "is_invoice": False}),
            RowInput(second.pk, {"is_invoice": True}),
        ],
    )

    assert [(row.is_default, row.is_invoice) for row in stored(changed, "bank_accounts")] == [
        (True, False),
        (False, False),
        (False, True),
    ]


def test_a_new_row_takes_the_default_from_a_removed_one(customer, clerk):
    second = stored(customer, "bank_accounts")[1]

    changed = write(
        customer,
        clerk,
        "bank_accounts",
        [
            RowInput(second.pk, {}),
            RowInput(None, {"account_number": "4000023009200000003", "is_default": True}),
        ],
    )

    assert [row.is_default for row in stored(changed, "bank_accounts")] == [False, True]


def test_two_marked_rows_are_refused_with_a_sentence(customer, clerk):
    rows = [RowInput(row.pk, {"is_primary": True}) for row in stored(customer)]

    with pytest.raises(saving.Duplicate, match="主联系人"):
        write(customer, clerk, "contacts", rows)

    assert [row.is_primary for row in stored(customer)] == [True, False, False]


def test_a_row_of_another_customer_is_refused(customer, make_customer, clerk):
    foreign = make_customer().contacts.get()

    with pytest.raises(SuspiciousOperation):
        write(customer, clerk, "contacts", [RowInput(foreign.pk, {"name": "改名"})])

    foreign.refresh_from_db()
    assert foreign.name == "刘洋"


def test_a_new_customer_cannot_bring_the_row_of_another(customer, clerk, units):
    values = {"name": "新公司", "scope_unit": units.first}
    rows = {"contacts": [RowInput(stored(customer)[0].pk, {"name": "改名"})]}

    with pytest.raises(SuspiciousOperation):
        saving.create(AGGREGATE, values, rows, act=act_by(clerk))


def test_one_row_cannot_come_twice(customer, clerk):
    first = stored(customer)[0]

    with pytest.raises(SuspiciousOperation):
        write(customer, clerk, "contacts", [RowInput(first.pk, {}), RowInput(first.pk, {})])


def test_account_numbers_stand_in_the_history_in_full(customer, clerk):
    first, second = stored(customer, "bank_accounts")
    rows = [RowInput(first.pk, {"account_number": "4000023009200099999"}), RowInput(second.pk, {})]

    changed = write(customer, clerk, "bank_accounts", rows)

    assert told(changed) == [
        (
            "mod",
            "**** 9999",
            {"account_number": ["4000023009200000001", "4000023009200099999"]},
        )
    ]


def test_a_reference_is_exchanged_for_another_of_the_same_name(customer, world, clerk):
    twin = saving.create(
        REFERENCE["bank"], {"code": "999", "name": world.bank.name}, act=act_by(clerk)
    )
    first, second = stored(customer, "bank_accounts")
    rows = [RowInput(first.pk, {"bank": world.bank}), RowInput(second.pk, {})]
    changed = write(customer, clerk, "bank_accounts", rows)

    changed = write(changed, clerk, "bank_accounts", [RowInput(first.pk, {"bank": twin}), rows[1]])

    assert stored(changed, "bank_accounts")[0].bank == Bank.objects.get(pk=twin.pk)
