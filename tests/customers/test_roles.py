"""The role table and the rules of single fields, against tables written by hand."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group

from core import access
from core.extend import roles
from customers import roles as table
from customers.change_lifecycle import LIFE as CHANGES
from customers.lifecycle import LIFE

# The rights to make moves stand in the matrix of the lifecycle (test_lifecycle_matrix.py).
PERMISSIONS = """
                    clerk finance reviewer admin viewer
view_customer       +     +       +        +     +
view_change         +     +       +        +     +
view_dashboard      +     +       +        +     +
add_customer        +     +       .        +     .
change_customer     +     +       .        +     .
review_customer     .     .       +        +     .
import_customer     .     .       .        +     .
export_customer     .     .       .        +     .
export_change       .     .       .        +     .
manage_reference    .     .       .        +     .
manage_code_rules   .     .       .        +     .
manage_settings     .     .       .        +     .
manage_users        .     .       .        +     .
"""
# Who sees account numbers in full. own: created by the person; + full, . last four digits.
NUMBERS = """
          own-draft own-returned own-submitted own-enabled draft returned submitted approved enabled
clerk     +         +            .             .           .     .        .         .        .
finance   +         +            +             +           +     +        +         +        +
admin     +         +            +             +           +     +        +         +        +
reviewer  .         .            +             .           .     .        +         .        .
viewer    .         .            .             .           .     .        .         .        .
nobody    .         .            .             .           .     .        .         .        .
"""


def read(text):
    head, *lines = [line.split() for line in text.strip().splitlines()]
    return [(line[0], dict(zip(head, line[1:], strict=True))) for line in lines]


@pytest.mark.parametrize(("name", "cells"), read(PERMISSIONS), ids=lambda value: str(value)[:20])
def test_every_permission_belongs_to_the_roles_of_the_table(name, cells):
    found = {
        role.name: "+" if {f"customers.{name}", f"core.{name}"} & role.permissions else "."
        for role in table.ROLES
    }

    assert found == cells


def test_no_role_has_a_permission_that_the_table_does_not_name():
    named = {name for name, _cells in read(PERMISSIONS)}

    granted = {one for role in table.ROLES for one in role.permissions}
    moves = {move.permission for life in (LIFE, CHANGES) for move in life.transitions}
    assert {one.partition(".")[2] for one in granted - moves} == named


def test_only_clerks_are_kept_to_their_department():
    assert {role.name for role in table.ROLES if role.scope != "all"} == {"clerk"}


def test_every_role_has_a_group_a_label_and_a_hint(db):
    names = {role.name for role in table.ROLES}

    assert names <= set(Group.objects.values_list("name", flat=True))
    assert names <= set(roles())
    assert all(str(role.label) and str(role.hint) for role in table.ROLES)


@pytest.mark.parametrize(("who", "cells"), read(NUMBERS), ids=lambda value: str(value)[:10])
def test_account_numbers_are_seen_in_full_by_the_people_of_the_table(cast, who, cells):
    user = cast[who]

    def sees(place):
        owner, _dash, state = place.rpartition("-")
        customer = SimpleNamespace(pk=1, state=state, created_by_id=user.pk if owner else 0)
        return "." if table.sees_bank_numbers(user, customer) else "+"

    assert {place: sees(place) for place in cells} == cells


@pytest.mark.parametrize("customer", [None, SimpleNamespace(pk=None)])
def test_who_types_a_number_sees_it(clerk, customer):
    assert table.sees_bank_numbers(clerk, customer) == ""


def test_a_superuser_sees_and_changes_like_an_administrator(make_user):
    root = make_user("root", is_superuser=True)
    customer = SimpleNamespace(pk=1, state="enabled", created_by_id=0)

    assert table.sees_bank_numbers(root, customer) == ""
    assert table.changes_general(root, customer) == ""
    assert table.changes_financial(root, customer) == ""


def test_a_person_of_two_roles_has_the_rights_of_both(make_user):
    both = make_user("both", "clerk", "finance")
    customer = SimpleNamespace(pk=1, state="enabled", created_by_id=0)

    assert table.changes_general(both, customer) == ""
    assert table.changes_financial(both, customer) == ""


def test_every_reason_is_a_sentence_of_its_own(cast):
    live = SimpleNamespace(pk=1, state="enabled", created_by_id=0)
    waiting = SimpleNamespace(pk=1, state="submitted", created_by_id=0)

    told = [
        table.changes_general(cast["viewer"], live),
        table.changes_general(cast["clerk"], waiting),
        table.changes_general(cast["finance"], live),
        table.changes_financial(cast["clerk"], live),
        table.changes_never(cast["admin"], live),
        table.sees_bank_numbers(cast["viewer"], live),
    ]

    assert all(told)
    assert len(set(told)) == len(told)


def test_nobody_changes_what_the_lifecycle_sets(admin):
    from customers.catalog import CUSTOMER

    assert access.may_change(CUSTOMER.by_name["state"], admin, None)
