"""A small town to walk through: customers in every state, and the address of every page.

The addresses come from the URLconf; what stands for <pk> and the like is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from core.aggregate import RowInput
from core.jobs import files
from core.models import BulkAction, ExportLog, KeptForm, User
from core.records.bulk_edit import job as bulk_job
from core.records.bulk_edit import kept as bulk_edit
from core.records.exports import job as noted
from customers.change_lifecycle import LIFE as CHANGE_LIFE
from customers.lifecycle import LIFE, SUBMITTED
from customers.models import Customer, CustomerChange
from customers.services.aggregates import REFERENCE
from customers.services.kinds import KIND
from sales.lifecycle import LIFE as STAGES
from sales.models import Opportunity
from sales.services.kinds import KIND as OPPORTUNITY
from tests.cast import PLAYERS, enter, found_world, player, seat_system, seat_units
from tests.customers.asking import ask, decide
from tests.customers.imports import filled
from tests.sales import conftest as opportunities

T = TypeVar("T")
PEOPLE = (*(name for name in PLAYERS if name != "judge"), "root")
CONTACTS = [
    {"name": "刘洋", "mobile": "13800132207", "is_primary": True, "position": "采购经理"},
    {"name": "Anna Schmidt", "email": "anna@example.com", "remark": "只发邮件"},
]


@dataclass(frozen=True)
class Address:
    """One page: the name of its URL, a word for the object on it, and its path."""

    name: str
    about: str
    path: str

    def __str__(self) -> str:
        return f"{self.name} {self.about}".rstrip()


@dataclass
class Town:
    """Who lives here and what they have made."""

    people: dict[str, User]
    world: SimpleNamespace
    customers: dict[str, Customer]
    hidden: Customer
    opportunities: dict[str, Opportunity] = field(default_factory=dict)
    changes: dict[str, CustomerChange] = field(default_factory=dict)
    subjects: dict[str, list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)

    def addresses(self) -> list[Address]:
        """Give every named address, with every object that stands for it."""
        return [
            Address(name, about, reverse(name, kwargs=arguments))
            for name, wanted in named_patterns()
            if not name.startswith("admin:")
            for about, arguments in self._arguments(name, wanted)
        ]

    def views(self) -> list[Address]:
        """Give one address of every view: enough where the object makes no difference."""
        return list({one.name: one for one in reversed(self.addresses())}.values())

    def _arguments(self, name: str, wanted: frozenset[str]) -> list[tuple[str, dict[str, Any]]]:
        if not wanted:
            return [("", {})]
        stem = name.partition(":")[2]
        parts = stem.split("-")
        for known in ("-".join(parts[:count]) for count in range(len(parts), 0, -1)):
            fitting = [pair for pair in self.subjects.get(known, ()) if set(pair[1]) == wanted]
            if fitting:
                return fitting
        raise LookupError(f"tests/town.py does not say what stands for {sorted(wanted)} in {name}")


def named_patterns() -> Iterator[tuple[str, frozenset[str]]]:
    """Yield name and arguments of every named address of the URLconf, through all includes."""

    def walk(patterns: Any, space: str, known: frozenset[str]) -> Iterator[Any]:
        for pattern in patterns:
            wanted = known | set(pattern.pattern.converters)
            if isinstance(pattern, URLResolver):
                inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
                yield from walk(pattern.url_patterns, inner, wanted)
            elif isinstance(pattern, URLPattern) and pattern.name:
                yield f"{space}{pattern.name}", wanted

    yield from walk(get_resolver().url_patterns, "", frozenset())


def found_town() -> Town:
    """Make customers of the clerk in every state, one of another department, all their pages."""
    system = seat_system()
    units = seat_units(system)
    world = found_world(system, units)
    people = {name: player(name, units) for name in PEOPLE if name in PLAYERS}
    people["root"] = User.objects.create_superuser("root", display_name="超级管理员")
    account = {
        "account_name": "北京恒信科技有限公司", "bank": world.bank, "branch": "中关村支行",
        "account_number": "6222020200112233445", "currency": world.currency, "is_default": True,
    }  # fmt: skip
    rows = {"contacts": CONTACTS, "accounts": [account], "tags": [world.tag, world.other_tag]}
    states = [state.name for state in LIFE.states]
    customers = {state: enter(world, people["clerk"], state, **rows) for state in states}
    hidden = enter(world, people["outsider"], "submitted", department=units.second)
    found = Town(people, world, customers, hidden)
    _add_subjects(found)
    _add_opportunities(found)
    _add_changes(found, rows)
    return found


def share(pages: Iterable[T], who: str, people: Sequence[str]) -> list[T]:
    """Give this person's share of pages: on SQLite all, on PostgreSQL one of so many in turn.

    What a page shows to whom is decided above the database: there each is opened by somebody.
    """
    if connection.vendor == "sqlite":
        return list(pages)
    return list(pages)[people.index(who) :: len(people)]


@pytest.fixture(scope="module")
def for_all(django_db_setup: None, django_db_blocker: Any) -> Callable[[], Any]:
    """Let a fixture of the module reach the database: `with for_all(): …`."""
    return partial(django_db_blocker.unblock)


@pytest.fixture(scope="module")
def frame(for_all: Callable[[], Any]) -> Iterator[None]:
    """A transaction around the tests of a module; what the module made is gone after the last."""
    around = transaction.atomic()
    around._from_testcase = True  # as in TestCase: what must not be nested may be nested in this
    with for_all(), around:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def standing_town(frame: None) -> Town:
    """The town for all tests of a module; what a test does to it is taken back."""
    return found_town()


@pytest.fixture
def town(standing_town: Town, db: None) -> Town:
    """The town of the module, for one test."""
    return standing_town


def _imports(town: Town) -> dict[str, Any]:
    """Imports of the administrator: with errors, with a column nobody knows, no workbook at all."""
    admin = town.people["admin"]
    odd = filled.workbook(
        {"客户": [[*filled.CUSTOMERS, "神秘列"], [*filled.customer_row(1), "某值"]]}
    )
    return {
        "checked": filled.started(filled.complete([1, 2], 销售部门="销售一处"), admin),
        "to match": filled.started(odd, admin),
        "unreadable": filled.started(b"no workbook", admin),
    }


def _add_subjects(town: Town) -> None:
    records = [*town.customers.items(), ("of another department", town.hidden)]
    with_pk = [(about, {"pk": customer.pk}) for about, customer in records]
    action = BulkAction.objects.create(
        user=town.people["admin"],
        workflow=LIFE.name,
        action="submit",
        items=[[town.customers["draft"].pk, town.customers["draft"].version]],
    )
    edits = _edits(KIND, [town.customers["draft"], town.customers["submitted"]], town)
    in_force = [one for name, one in town.customers.items() if LIFE.state(name).is_in_force]
    days = {"credit_days": {"way": "set", "value": 30}}
    edits += _edits(KIND, in_force, town, days, " of those in force")
    imports = _imports(town)
    references = {
        stem: aggregate.root._default_manager.order_by("-pk").first()
        for stem, aggregate in REFERENCE.items()
    }
    town.subjects = {
        "customer": [*with_pk, ("frozen set", {"bulk_id": action.pk}), *edits],
        "customer-do": [
            (move.name, {"pk": town.customers["submitted"].pk, "name": move.name})
            for move in LIFE.transitions
        ],
        "customer-by-code": [
            (about, {"code": customer.code}) for about, customer in records if customer.code
        ],
        "review": [(SUBMITTED, {"pk": town.customers[SUBMITTED].pk}), with_pk[-1]],
        "import": [(about, {"pk": batch.pk}) for about, batch in imports.items()],
        "customer-export": [("of the administrator", {"pk": _export(town.people["admin"]).pk})],
        "kept": [("of the clerk", {"pk": _kept(town.people["clerk"]).pk})],
        "user": [("clerk", {"pk": town.people["clerk"].pk})],
        "choose": [(key, {"source": key}) for key in ("customers.region", "core.unit")],
        "code-rule": [("in force", {"pk": town.world.rule.pk})],
        "reference": [
            *((stem, {"stem": stem}) for stem in references),
            *((stem, {"stem": stem, "pk": row.pk}) for stem, row in references.items() if row),
        ],
    }


def _add_opportunities(town: Town) -> None:
    """An opportunity in every stage, one of another department, and their pages."""
    enabled = next(state.name for state in LIFE.states if state.is_usable)
    clerk, outsider = town.people["clerk"], town.people["outsider"]
    town.opportunities = {
        stage.name: opportunities.enter(town.customers[enabled], clerk, stage.name)
        for stage in STAGES.states
    }
    admin = town.people["admin"]
    hidden = opportunities.enter(town.customers[enabled], admin, department=outsider.unit)
    first = town.opportunities[STAGES.initial.name]
    action = BulkAction.objects.create(
        user=town.people["admin"], workflow=STAGES.name, action="delete",
        items=[[first.pk, first.version]],
    )  # fmt: skip
    records = [*town.opportunities.items(), ("of another department", hidden)]
    export = _export(town.people["admin"], "sales.opportunity")
    town.subjects |= {
        "opportunity": [
            *((about, {"pk": one.pk}) for about, one in records),
            ("frozen set", {"bulk_id": action.pk}),
            *_edits(OPPORTUNITY, [first], town),
        ],
        "opportunity-do": [
            (move.name, {"pk": first.pk, "name": move.name}) for move in STAGES.transitions
        ],
        "opportunity-export": [("of the administrator", {"pk": export.pk})],
    }


def _edits(
    kind: Any, records: list[Any], town: Town, choice: Any = None, of: str = ""
) -> list[tuple[str, dict[str, Any]]]:
    """Bulk edits of the administrator: with nothing chosen yet, looked at, done, taken back."""
    admin = town.people["admin"]
    choice = choice or {"salesperson": {"way": "set", "value": town.world.other_salesperson.pk}}

    def frozen() -> Any:
        items = [(one.pk, kind.model.objects.get(pk=one.pk).version) for one in records]
        return bulk_edit.freeze(kind, items, by=admin)

    stages = {about: frozen() for about in ("to choose", "looked at")}
    bulk_job.choose(stages["looked at"], choice, "")
    stages["done"] = frozen()
    bulk_job.choose(stages["done"], choice, "交接")
    stages["done"].refresh_from_db()
    bulk_job.write(stages["done"], look=stages["done"].job_id)
    stages["taken back"] = bulk_job.undo(stages["done"])
    return [(f"{about}{of}", {"edit_id": edit.pk}) for about, edit in stages.items()]


def _add_changes(town: Town, rows: dict[str, Any]) -> None:
    """A request in every state, one about accounts, one of another department, and their pages."""
    people, units = town.people, town.world.units
    finance, admin, first = people["finance"], people["admin"], CHANGE_LIFE.initial.name

    def customer() -> Customer:
        return enter(town.world, people["clerk"], "enabled", **rows)

    found = {}
    for state in CHANGE_LIFE.states:
        title = {"invoice_title": f"新抬头 {state.name}"}
        made = ask(customer(), finance, title, submit=state.name != first)
        for move in CHANGE_LIFE.path(state.name, made.state):
            made = decide(made, move.name, finance if move.group == "enter" else admin, "请核实")
        found[state.name] = made
    town.changes, other = found, customer()
    [kept] = other.bank_accounts.all()
    new = {"account_number": "6222020200998877665", "account_name": "北京恒信"}
    changed = [RowInput(kept.pk, {"is_default": False}), RowInput(None, new)]
    account = ask(other, finance, rows={"bank_accounts": changed})
    there = enter(town.world, people["outsider"], "enabled", department=units.second)
    hidden = ask(there, finance, {"invoice_title": "别处"})
    waits = found[SUBMITTED]
    action = BulkAction.objects.create(
        user=admin, workflow=CHANGE_LIFE.name, action="approve", items=[[waits.pk, waits.version]]
    )
    known = [*((f"{name} request", one) for name, one in found.items()), ("accounts", account)]
    records = [*known, ("of another department", hidden)]
    town.subjects |= {
        "change": [
            *((about, {"pk": one.pk}) for about, one in records),
            ("frozen set", {"bulk_id": action.pk}),
        ],
        "change-review": [
            (about, {"pk": one.pk}) for about, one in records if one.state == SUBMITTED
        ],
        "change-do": [
            (move.name, {"pk": waits.pk, "name": move.name}) for move in CHANGE_LIFE.transitions
        ],
        "change-export": [
            ("of the administrator", {"pk": _export(admin, "customers.customerchange").pk})
        ],
    }


def _kept(user: User) -> KeptForm:
    """A form that the person had typed when the session ended."""
    return KeptForm.objects.create(
        user=user, key="k" * 20, place="/settings/policy/", body="key=k&review_months=6",
        kept_at=timezone.now(),
    )  # fmt: skip


def _export(user: User, subject: str = "customers.customer") -> ExportLog:
    """A large export that a job has finished, with its file."""
    log = noted.begin(
        subject, user, kind="csv", name="客户.csv", conditions={}, columns=["客户名称"]
    )
    log.file = files.store("客户.csv", [b"x"], user)
    log.state = ExportLog.State.DONE
    log.save()
    return log
