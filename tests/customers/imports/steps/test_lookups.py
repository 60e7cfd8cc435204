from types import SimpleNamespace
from typing import Any

import pytest

from core.models import User
from core.records import widgets
from customers.imports.fields import targets
from customers.imports.plan.documents import Collector
from customers.imports.plan.judging import Rights
from customers.imports.plan.planner import Planner
from customers.imports.plan.plans import CREATE, UNCHANGED, UPDATE, Document, Options, Planned
from customers.imports.plan.values import Parser
from customers.imports.steps import lookups
from customers.parts import PARTS
from tests.customers.imports.sheets import Sheets, layout_of

pytestmark = pytest.mark.django_db

PEOPLE = [{"name": "刘洋", "mobile": "13800132207"}, {"name": "Anna", "email": "anna@example.com"}]


def account_of(world: SimpleNamespace) -> dict[str, Any]:
    return {
        "account_name": "北京恒信",
        "bank": world.bank,
        "account_number": "6222020200112233445",
        "currency": world.currency,
        "is_default": True,
    }


def run(sheets: Sheets, user: User, **options: Any) -> list[Planned]:
    """Take a file through the whole check, as the job does."""
    layout, known = layout_of(sheets), lookups.vocabulary()
    parser, collector = Parser(layout.by_index, known, {}), Collector(layout.by_index)
    for index, rows in enumerate(sheets.values()):
        collector.add(parser.parse(index, range(1, len(rows) + 1), rows))
    collector.finish()
    documents = list(collector.documents())
    planner = Planner(layout, Options(given=layout.given, **options), Rights(user), known)
    base = lookups.known_to(documents, user)
    return [planner.plan(document, base) for document in documents]


def exported(pks: list[int], user: User) -> dict[str, list[list[str]]]:
    """Write stored customers as sheets, the way an export does."""
    known = targets.by_key().values()
    readers = widgets.readers(known, lookups.vocabulary().names)
    base = lookups.known_to([], user, pks)
    sheets: dict[str, list[list[str]]] = {}
    for sheet in targets.SHEETS:
        names = [one.name for one in targets.of_sheet(sheet)]
        rows = [[one.head for one in targets.of_sheet(sheet)]]
        for snapshot in base.by_pk.values():
            records = (
                [snapshot.values]
                if sheet == targets.CUSTOMERS
                else [one.values for one in snapshot.children[sheet]]
            )
            for values in records:
                given = {targets.OWNER_CODE: snapshot.values["code"], **values}
                rows.append([readers[f"{sheet}.{n}"].show(given.get(n)) for n in names])
        sheets[str(targets.CATALOGS[sheet].model._meta.verbose_name_plural)] = rows
    return sheets


@pytest.mark.parametrize("empty", ["keep", "clear"])
@pytest.mark.parametrize("child_mode", ["merge", "replace"])
def test_what_was_exported_changes_nothing(
    make_customer: Any, world: SimpleNamespace, admin: User, empty: str, child_mode: str
) -> None:
    tags = [world.tag, world.other_tag]
    customers = [
        make_customer(state, contacts=PEOPLE, accounts=[account_of(world)], tags=tags)
        for state in ("draft", "submitted", "enabled", "disabled")
    ]

    plans = run(
        exported([one.pk for one in customers], admin), admin, empty=empty, child_mode=child_mode
    )

    assert [(one.action, one.changes, one.children) for one in plans] == [(UNCHANGED, {}, [])] * 4


def test_reviewed_fields_of_an_approved_customer_are_asked_for(
    make_customer: Any, admin: User
) -> None:
    customer = make_customer("enabled")

    (plan,) = run(
        {"客户": [["客户编码", "客户名称", "备注"], [customer.code, "新的名字", "可以改"]]}, admin
    )

    assert (plan.issues, plan.asked) == ([], ["name"])
    assert set(plan.changes) == {"name", "remark"}


def test_what_the_user_does_not_see_is_neither_matched_nor_shown(
    make_customer: Any, clerk: User, outsider: User, world: SimpleNamespace
) -> None:
    hidden = make_customer("submitted", by=outsider, department=world.units.second)
    rows = [["客户编码", "客户名称", "统一社会信用代码"], ["", "另一家", hidden.uscc]]

    (plan,) = run({"客户": rows}, clerk)

    assert plan.action == CREATE
    assert all(hidden.name not in issue.reason for issue in plan.issues)


def test_children_and_tags_of_a_stored_customer_are_compared(
    make_customer: Any, world: SimpleNamespace, admin: User
) -> None:
    customer = make_customer("draft", contacts=PEOPLE, tags=[world.tag])
    sheets = {
        "客户": [["客户编码", "客户名称", "标签"], [customer.code, customer.name, "T2"]],
        "联系人": [["客户编码", "姓名", "手机"], [customer.code, "Anna", "13800132299"]],
    }

    (plan,) = run(sheets, admin)

    assert plan.action == UPDATE
    assert plan.changes == {"tags": ([world.tag.pk], [world.other_tag.pk])}
    assert [one.op for one in plan.children] == ["mod"]


@pytest.mark.parametrize("count", [10, 1000])
def test_the_number_of_queries_does_not_depend_on_the_number_of_documents(
    count: int,
    make_customer: Any,
    world: SimpleNamespace,
    admin: User,
    django_assert_max_num_queries: Any,
) -> None:
    group = make_customer("draft", contacts=PEOPLE, accounts=[account_of(world)])
    documents = [
        Document(
            number,
            0,
            number + 2,
            {"name": f"公司{number}", "code": f"N-{number}", "uscc": f"U{number}",
             "tax_number": f"T{number}", "parent": group.code},
        )
        for number in range(count)
    ]  # fmt: skip

    with django_assert_max_num_queries(10 + len(PARTS)):
        base = lookups.known_to(documents, admin)

    assert base.parents[group.code] == [group.pk]


def test_references_cost_one_query_a_kind(
    world: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(10):
        known = lookups.vocabulary()

    assert known.names["customers.region"].find("北京市").pk == world.beijing.pk
