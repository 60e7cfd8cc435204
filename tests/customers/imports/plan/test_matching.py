from typing import Any

import pytest

from customers.imports.plan import children
from customers.imports.plan.plans import Child, Document, Known, Snapshot

CONTACTS, ACCOUNTS = "contacts", "bank_accounts"


def account(number: str = "", currency: int | None = None, **more: Any) -> dict[str, Any]:
    return {"account_number": number, "currency": currency, **more}


def meant(kind: str, stored: list[dict[str, Any]], given: list[dict[str, Any]]) -> list[int | None]:
    """Give for each row of the file the place of the stored row it was taken for."""
    there = [Child(values, pk=at) for at, values in enumerate(stored)]
    found = children.children(kind, there, [Child(values) for values in given])
    return [one.pk if one else None for one in found]


@pytest.mark.parametrize(
    ("kind", "stored", "given"),
    [
        (ACCOUNTS, [account("622", 1), account("622", 2)], {"account_number": "622"}),
        (
            CONTACTS,
            [{"name": "刘洋"}, {"name": "刘洋", "title": "经理"}],
            {"name": "刘洋", "phone": "1"},
        ),
    ],
    ids=["digits without a currency", "a name without phone or e-mail in common"],
)
def test_a_row_that_could_be_two_is_neither(kind, stored, given) -> None:
    stored = [{**one, "remark": str(at)} for at, one in enumerate(stored)]
    given = {**given, "remark": "new"}

    assert meant(kind, stored, [given]) == [None]
    assert meant(kind, stored[1:], [given]) == [0]


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        (ACCOUNTS, account("622", 1)),
        (CONTACTS, {"name": "刘洋", "mobile": "138"}),
        (CONTACTS, {"name": "刘洋"}),
    ],
    ids=["account", "person", "name alone"],
)
def test_equal_rows_pair_off_in_order_and_no_stored_row_is_meant_twice(kind, row) -> None:
    assert meant(kind, [row, row], [row, row, row]) == [0, 1, None]
    assert meant(kind, [row, row], [row]) == [0]


@pytest.mark.parametrize("reach", ["mobile", "phone", "email"])
def test_a_person_is_known_by_name_and_one_way_to_reach_them(reach: str) -> None:
    others = {"name": "刘洋", "mobile": "1", "phone": "2", "email": "a@b"}
    person = {"name": "刘洋", "mobile": "3", "phone": "4", "email": "c@d"}

    assert meant(CONTACTS, [others, person], [{"name": "刘洋", reach: person[reach]}]) == [1]
    changed = {"name": "刘洋", reach: person[reach], "title": "总监"}
    assert meant(CONTACTS, [others, person], [changed]) == [1]
    assert meant(CONTACTS, [others], [changed]) == [None]


@pytest.mark.parametrize(
    ("kind", "row", "name"),
    [
        (ACCOUNTS, account("622", 1), "account_name"),
        (CONTACTS, {"name": "刘洋", "mobile": "138"}, "title"),
    ],
    ids=["account", "person"],
)
def test_of_two_that_fit_the_equal_one_is_meant(kind, row, name) -> None:
    stored = [{**row, name: "甲"}, {**row, name: "乙"}]

    assert meant(kind, stored, [{**row, name: "乙"}]) == [1]


def test_who_is_certain_is_found_before_who_is_only_likely() -> None:
    stored = [{"name": "刘洋", "title": "经理"}, {"name": "刘洋", "mobile": "138"}]
    given = [{"name": "刘洋", "title": "总监"}, {"name": "刘洋", "mobile": "138", "title": "主任"}]

    assert meant(CONTACTS, stored, given) == [0, 1]


def test_an_account_is_known_by_digits_and_currency() -> None:
    stored = [account("622", 1, account_name="甲"), account("622", 2, account_name="乙")]

    assert meant(ACCOUNTS, stored, [account("622", 2), account("622", 1)]) == [1, 0]
    assert meant(ACCOUNTS, stored[:1], [account("622", 3), account("623", 1)]) == [None, None]
    assert meant(ACCOUNTS, stored, [{"account_name": "丙"}]) == [None]


def stored(pk: int, **values: Any) -> Snapshot:
    return Snapshot(pk, 1, "draft", 1, values, {})


def known(*rows: Snapshot) -> Known:
    by: dict[str, dict[str, list[int]]] = {name: {} for name in ("uscc", "tax_number", "name")}
    for row in rows:
        for name, index in by.items():
            if value := row.values.get(name):
                index.setdefault(str(value), []).append(row.pk)
    return Known(
        by_pk={row.pk: row for row in rows},
        by_code={str(row.values["code"]): row.pk for row in rows if row.values.get("code")},
        by_uscc=by["uscc"],
        by_tax_number=by["tax_number"],
        by_name=by["name"],
    )


def document(**values: Any) -> Document:
    return Document(0, 0, 2, values)


def test_a_customer_is_known_by_code_then_credit_code_then_tax_number_then_name() -> None:
    there = known(
        stored(1, code="A-1", name="甲"),
        stored(2, uscc="U", name="乙"),
        stored(3, tax_number="T", name="丙"),
        stored(4, name="丁"),
    )
    every = {"code": "A-1", "uscc": "U", "tax_number": "T", "name": "丁"}
    found = []
    for name in list(every):
        match = children.customer(document(**every), there)
        found.append((match.pk, match.by))
        del every[name]

    assert found == [(1, "code"), (2, "uscc"), (3, "tax_number"), (4, "name")]
    assert children.customer(document(), there) == children.Match()


@pytest.mark.parametrize("name", ["uscc", "tax_number", "name"])
def test_a_customer_that_could_be_two_is_asked_about(name: str) -> None:
    there = known(stored(1, **{name: "甲"}), stored(2, **{name: "甲"}))

    assert children.customer(document(**{name: "甲"}), there) == children.Match(
        by=name, candidates=(1, 2)
    )


@pytest.mark.parametrize("number", ["code", "uscc", "tax_number"])
def test_an_equal_name_with_another_number_is_asked_about(number: str) -> None:
    there = known(stored(1, name="甲", **{number: "1"}))

    assert children.customer(document(name="甲", **{number: "2"}), there).candidates == (1,)
    assert children.customer(document(name="甲"), there).pk == 1
    assert (
        children.customer(document(name="甲", **{number: "2"}), known(stored(1, name="甲"))).pk == 1
    )
