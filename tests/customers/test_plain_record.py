"""A record of any kind goes out as plain data and comes back as it was; what is wrong is named."""

from decimal import Decimal

import pytest

from core import extend
from core.records import plain
from core.records.plain_record import KEY, from_plain, to_plain
from customers.services.kinds import KIND
from tests.plain import come_back


@pytest.mark.parametrize("kind", extend.kinds(), ids=lambda kind: kind.stem)
def test_what_goes_out_comes_back(kind, world, admin, make_customer):
    make_customer()

    come_back(kind, admin)


def test_references_stand_by_code_and_parts_as_lists(make_customer, world, admin):
    customer = make_customer(tags=[world.tag], contacts=[{"name": "刘洋", "phone": "010-62510002"}])

    told = to_plain(KIND, customer, admin)

    assert (told["region"], told["tags"]) == ("110000", ["T1"])
    (row,) = told["contacts"]
    assert (row["name"], row["phone"]) == ("刘洋", "010-62510002")
    assert "state" not in told


def test_everything_wrong_is_named_by_field_and_row(world, admin):
    data = {
        "name": ["甲"],
        "region": "nowhere",
        "nothing": 1,
        "credit_days": "soon",
        "tags": "T1",
        "contacts": [{"name": "刘洋"}, {"name": "李雷", "email": "no mail"}],
        "bank_accounts": {"bank": "102"},
    }

    _record, problems = from_plain(KIND, data, admin)

    assert {(one.field, one.row, one.column) for one in problems} == {
        ("name", None, ""),
        ("region", None, ""),
        ("nothing", None, ""),
        ("credit_days", None, ""),
        ("tags", None, ""),
        ("contacts", 1, "email"),
        ("bank_accounts", None, ""),
    }


def test_a_text_wrong_in_form_is_kept_and_told(world, admin):
    record, problems = from_plain(KIND, {"contacts": [{"email": "no mail"}]}, admin)

    assert record.rows["contacts"][0].values == {"email": "no mail"}
    assert [one.column for one in problems] == ["email"]


def test_what_is_not_for_everybody_goes_only_by_right(make_customer, viewer, admin):
    customer = make_customer(accounts=[{"account_number": "6222020000000001"}])

    (hidden,) = to_plain(KIND, customer, viewer)["bank_accounts"]
    (seen,) = to_plain(KIND, customer, admin)["bank_accounts"]

    assert "account_number" not in hidden
    assert seen["account_number"] == "6222020000000001"


def test_a_disabled_value_stays_where_it_was_and_cannot_be_chosen_anew(make_customer, world, admin):
    customer = make_customer()
    customer.region.is_active = False
    data = {"region": "110000"}

    stays, told = from_plain(KIND, data, admin, customer)

    assert (stays.values["region"], told) == (customer.region, [])


def test_a_row_of_another_record_is_a_new_one(make_customer, admin):
    theirs, mine = make_customer(), make_customer()
    data = {"contacts": [{KEY: theirs.contacts.get().pk, "name": "刘洋"}]}

    record, _problems = from_plain(KIND, data, admin, mine)

    assert [row.pk for row in record.rows["contacts"]] == [None]


def test_fields_say_what_a_record_cannot_do_without_and_how_amounts_are_written():
    targets = {one.name: one for one in plain.targets_of("customers", KIND.catalog)}

    needed = [name for name, one in targets.items() if one.is_needed]
    assert needed == [
        "name", "customer_type", "region", "registered_address", "department", "salesperson",
    ]  # fmt: skip
    assert plain.of(targets["credit_limit"], Decimal("5")) == "5.00"
