"""An entry of changes looks at what came back otherwise only, and says what the whole form says."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client

from core.aggregate import same
from core.forms.keyed import new_key
from core.models import Change
from core.records.entry import Entry
from customers.models import Customer
from customers.parts import PARTS
from customers.registers import REGISTER
from customers.services.kinds import KIND
from tests.cast import (
    enter,
    found_world,
    player,
    seat_system,
    seat_units,
    set_raw,
    valid_uscc,
)

FIELDS = [row.name for row in KIND.catalog if row.form]
CELLS = [
    f"{part.section}-{line}-{name}"
    for part in PARTS
    for line in (0, 1)
    for name in (*(row.name for row in part.columns), "pk", "line", "DELETE")
]
PICKS = ["contacts-primary", "accounts-default", "accounts-invoice"]
COUNTS = [
    f"{part.section}-{which}_FORMS"
    for part in PARTS
    for which in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")
]
VALUES = (None, "", " ", "1", "on", "2031-02-03", "甲\u200b")


# Who may not change most of it, and the second database, which reads the same, get half of them.
FEW = (None, "1", "甲\u200b")


@pytest.fixture(scope="module")
def people(frame: None) -> SimpleNamespace:
    units = seat_units(seat_system())
    return SimpleNamespace(
        world=found_world(seat_system(), units),
        clerk=player("clerk", units),
        finance=player("finance", units),
    )


@pytest.fixture(scope="module")
def standing(people: SimpleNamespace) -> Customer:
    world = people.world
    made: Customer = enter(
        world, people.clerk,
        tags=[world.tag], founded_date="2020-02-29", registered_capital="5000000",
        remark="一\n二", phone="010-62510002", uscc=valid_uscc(7), credit_managed=True,
        contacts=[
            {"name": "甲", "mobile": "13800132207", "is_primary": True},
            {"name": "乙", "email": "a@example.com", "is_primary": False},
        ],
        accounts=[{"account_number": "0109033450012", "bank": world.bank, "is_default": True}],
    )  # fmt: skip
    return made


@pytest.fixture
def customer(standing: Customer, db: None) -> Customer:
    return Customer.objects.get(pk=standing.pk)


@pytest.fixture
def clerk(people: SimpleNamespace, db: None) -> Any:
    return people.clerk


def untouched(user: Any, customer: Customer) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in Entry(REGISTER, user, stored(user, customer)).raw().items():
        data.setlist(name, values)
    data.update({"key": new_key(), "version": str(customer.version)})
    return data


def stored(user: Any, customer: Customer) -> Any:
    return KIND.find(customer.pk, user)


def effect(entry: Entry) -> tuple[Any, ...]:
    """Give what saving a valid entry would make of the record."""
    given, start = entry.typed(), entry.form.start
    values = {
        name: value
        for name, value in given.values.items()
        if not same(start[name], value) and (name, value) != ("code", "")
    }
    rows = {name: own for name, own in given.rows.items() if not is_stored(entry, name, own)}
    marks = {name: {str(one) for one in own} for name, own in given.marks.items()
             if {one.pk for one in own} != {one.pk for one in start[name]}}  # fmt: skip
    return values, rows, marks


def strangers(entry: Entry) -> list[str]:
    return [key for grid in entry.parts.values() for key in grid.strangers]


def is_stored(entry: Entry, name: str, rows: Any) -> bool:
    there = list(getattr(entry.record, name).all())
    return [row.pk for row in rows] == [one.pk for one in there] and all(
        same(getattr(one, cell), value)
        for row, one in zip(rows, there, strict=True)
        for cell, value in row.values.items()
    )


def both(user: Any, customer: Customer, data: QueryDict) -> tuple[Entry, Entry]:
    part = Entry(REGISTER, user, stored(user, customer), data, of_changes=True)
    return part, Entry(REGISTER, user, stored(user, customer), data)


@pytest.mark.parametrize("who", ["clerk", "finance"])
def test_nothing_is_looked_at_where_nothing_was_touched(
    who: str, people: SimpleNamespace, customer: Customer
) -> None:
    user = getattr(people, who)

    entry = Entry(
        REGISTER, user, stored(user, customer), untouched(user, customer), of_changes=True
    )

    assert (set(entry.form.fields), entry.parts) == ({"key", "version"}, {})
    assert entry.is_valid(submit=False)
    assert entry.typed().values == {}


@pytest.mark.parametrize("who", ["clerk", "finance"])
@pytest.mark.parametrize("name", [*FIELDS, *CELLS, *PICKS, *COUNTS])
def test_whatever_one_control_sends_the_whole_form_would_save_the_same(
    name: str, who: str, people: SimpleNamespace, customer: Customer
) -> None:
    user = getattr(people, who)
    page, is_all = untouched(user, customer), who == "clerk" and connection.vendor == "sqlite"
    for turn, value in enumerate(VALUES if is_all else FEW):
        data = page.copy()
        if value is None:
            data.pop(name, None)
        else:
            data[name] = value

        part, whole = both(user, customer, data)
        submit = bool(turn % 2)
        is_right = whole.is_valid(submit=submit)
        assert part.is_valid(submit=submit) == is_right, (value, whole.form.errors)
        assert strangers(part) == strangers(whole), value
        if is_right and not strangers(whole):
            assert effect(part) == effect(whole), value


@pytest.mark.parametrize("twice", [("", None), (None, ""), ("x", None), (None, "x")])
def test_what_comes_twice_means_what_it_means_to_the_whole_form(
    twice: tuple[str | None, str | None], clerk: Any, customer: Customer
) -> None:
    page = untouched(clerk, customer)
    for name in (*FIELDS, *CELLS, *PICKS):
        data = page.copy()
        sent = data.getlist(name)
        first, last = (sent if text is None else [text] for text in twice)
        data.setlist(name, [*first, *last])

        part, whole = both(clerk, customer, data)
        is_right = whole.is_valid(submit=True)
        assert part.is_valid(submit=True) == is_right, (name, whole.form.errors)
        assert strangers(part) == strangers(whole), name
        if is_right and not strangers(whole):
            assert effect(part) == effect(whole), name


def test_what_is_stored_wrong_is_looked_at_though_nobody_touched_it(
    clerk: Any, customer: Customer
) -> None:
    set_raw(customer, phone="no phone")

    entry = Entry(
        REGISTER, clerk, stored(clerk, customer), untouched(clerk, customer), of_changes=True
    )

    assert not entry.is_valid(submit=False)
    assert set(entry.form.errors) == {"phone"}


def test_an_edit_asks_and_tells_of_one_field_only(
    client: Client, clerk: Any, customer: Customer
) -> None:
    client.force_login(clerk)
    data = untouched(clerk, customer)
    data["remark"] = "anders"

    answer = client.post(f"/customers/{customer.pk}/edit/", data)

    assert answer.status_code == 302
    entry = Change.objects.filter(subject_id=customer.pk).latest("version")
    assert entry.changes == {"fields": {"remark": ["一\n二", "anders"]}}
