"""Writes the invented company and its customers: the past in bulk, today's work through services.

One transaction; nothing is written when any part of it is refused.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import extend, people, saving
from core.aggregate import RowInput
from core.history import Act
from core.models import Unit, User
from core.records import coding, transition
from core.records.changes.asking import Ask
from core.records.part import fetch
from core.records.record import Record
from core.records.transition import Shown
from customers.demo import cast, desk, requests, story
from customers.demo.company import mobile, person_name
from customers.demo.story import Plan, Step
from customers.models import Customer, Policy
from customers.models import reference as tables
from customers.parts import PARTS
from customers.queries import review
from customers.services import changes, kinds
from customers.services import customer as customer_service
from customers.services import reference as reference_service
from customers.services.aggregates import AGGREGATE

SYSTEM = "system"
CHUNK = 400
TOUCHED = 40
_TABLES = {
    "customer_type": tables.CustomerType, "region": tables.Region, "industry": tables.Industry,
    "category": tables.Category, "settlement_method": tables.SettlementMethod,
    "currency": tables.Currency, "bank": tables.Bank, "salesperson": tables.Salesperson,
    "department": Unit, "tags": tables.Tag,
}  # fmt: skip


def is_empty() -> bool:
    """Say whether nobody has used this database yet."""
    used = (User.objects.all(), Customer.objects.all(), Unit.objects.all())
    return not any(rows.exists() for rows in used)


def load(now: datetime | None = None, share: float = 1.0) -> int:
    """Write everything, or a share of the past; give the number of customers."""
    with transaction.atomic():
        return _Loader(timezone.localtime(now)).load(share)


class _Loader:
    """The people and reference values in hand while the customers are written."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.start = now - timedelta(days=story.DAYS + 30)
        self.users: dict[str, User] = {}
        self.known: dict[str, dict[str, Any]] = {}

    def load(self, share: float) -> int:
        self._people()
        self.known = {
            name: {row.code: row for row in table.objects.all()} for name, table in _TABLES.items()
        }
        self._past(list(story.plans(self.now, share)))
        for plan in desk.plans(self.now):
            self._today(plan)
        self._group()
        for asked in requests.ALL:
            self._request(asked)
        self._touch()
        self._retire()
        for load in extend.demos():
            load(self.now)
        return Customer.objects.count()

    def _act(self, username: str, at: datetime, reason: str = "", source: str = "form") -> Act:
        return Act(by=self.users[username], source=source, reason=reason, key=None, at=at)

    def _people(self) -> None:
        system = User(username=SYSTEM, display_name="系统", is_system=True, is_active=False)
        system.set_unusable_password()
        system.save()
        self.users[SYSTEM] = system
        act = self._act(SYSTEM, self.start, source="job")
        units: dict[str, Unit | None] = {"": None}
        for code, name, parent in cast.DEPARTMENTS:
            values = {"code": code, "name": name, "parent": units[parent]}
            units[code] = self._reference("unit", values, act)
        for person in cast.PEOPLE:
            profile = people.Profile(person.name, units[person.unit], frozenset({person.role}))
            word = cast.PASSWORD if person.has_login else secrets.token_urlsafe(24)
            user = people.create(
                person.username, profile, password=word, act=act, is_temporary=False
            )
            self.users[person.username] = user
        act = self._act(cast.ADMIN, self.start + timedelta(hours=1))
        for seller in cast.SELLERS:
            values = {"code": seller.code, "name": seller.name, "unit": units[seller.unit],
                      "user": self.users.get(seller.user)}  # fmt: skip
            self._reference("salesperson", values, act)
        for code, name, above in cast.CATEGORIES:
            parent = tables.Category.objects.get(code=above)
            self._reference("category", {"code": code, "name": name, "parent": parent}, act)

    def _reference(self, stem: str, values: dict[str, Any], act: Act) -> Any:
        return reference_service.create(reference_service.KINDS[stem], values, act=act)

    # The past, in bulk

    def _past(self, plans: Sequence[Plan]) -> None:
        drafts = [self._draft(plan) for plan in plans]
        codes = coding.draw(kinds.KIND, [draft.values for draft in drafts])
        for draft, code in zip(drafts, codes, strict=True):
            draft.values["code"] = code
        act = self._act(SYSTEM, self.now)
        keys = saving.bulk_create(AGGREGATE, drafts, act=act)
        coding.remember(kinds.KIND, zip(codes, keys, strict=True))
        waiting = [(pk, plan.steps) for pk, plan in zip(keys, plans, strict=True)]
        for turn in range(max(len(plan.steps) for plan in plans)):
            steps = {pk: steps[turn] for pk, steps in waiting if len(steps) > turn}
            for action in sorted({step.action for step in steps.values()}):
                chosen = {pk: step for pk, step in steps.items() if step.action == action}
                for part in _chunks(chosen):
                    self._move(action, part, version=turn + 1)

    def _draft(self, plan: Plan) -> saving.Draft:
        made = plan.company
        values = self._values_of(made.values)
        rows = {"contacts": made.contacts, "bank_accounts": map(self._values_of, made.accounts)}
        return saving.Draft(
            {**values, "scope_unit": values["department"]},
            {part: [saving.RowInput(None, one) for one in many] for part, many in rows.items()},
            {"tags": [self.known["tags"][code] for code in made.tags]},
            self._act(plan.by, plan.created),
        )

    def _move(self, action: str, steps: dict[int, Step], *, version: int) -> None:
        acts = {pk: self._act(step.by, step.at, step.reason) for pk, step in steps.items()}
        evidence = self._evidence(acts) if action == "approve" else {}
        edits = [
            saving.Edit(
                pk,
                version,
                self._moved(step, acts[pk], version + 1),
                act=acts[pk],
                evidence=evidence.get(pk),
                always=True,
            )
            for pk, step in steps.items()
        ]
        saving.bulk_change(AGGREGATE, edits, act=self._act(SYSTEM, self.now), action=action)

    def _moved(self, step: Step, act: Act, version: int) -> dict[str, Any]:
        if step.action == "change":
            return self._values_of(step.values)
        if step.action == "check":
            return {"review_due_date": Policy.current().next_review(act.at)}
        move = Customer.workflow.transition(step.action)
        values: dict[str, Any] = {"state": move.target, **move.stamped(act.at, act.by)}
        if step.action == "submit":
            values["four_eyes"] = False
        if step.action == "approve":
            due = Policy.current().next_review(act.at)
            values |= {"approved_version": version, "four_eyes": True, "review_due_date": due}
        return values

    def _evidence(self, acts: dict[int, Act]) -> dict[int, Any]:
        rows = Customer.objects.filter(pk__in=acts).select_related("customer_type", "submitted_by")
        found = list(rows)
        fetch(PARTS, found)
        return {
            row.pk: review.checklist(row, acts[row.pk].by).stored(shown=True, confirmed=False)
            for row in found
        }

    # Today, through the services

    def _today(self, plan: Plan) -> None:
        made = plan.company
        values = self._values_of(made.values)
        if values.get("name") == desk.TWIN:
            values["same_name_reason"] = desk.TWIN_REASON
        record = Record(
            values,
            {
                "contacts": [RowInput(None, row) for row in made.contacts],
                "bank_accounts": [RowInput(None, self._values_of(row)) for row in made.accounts],
            },
            {"tags": [self.known["tags"][code] for code in made.tags]},
        )
        customer: Any = customer_service.save(
            None, record, version=None, submit=False, act=self._act(plan.by, plan.created)
        )
        for step in plan.steps:
            act = self._act(step.by, step.at, step.reason)
            if step.action == "change":
                customer = self._save(customer, Record(self._values_of(step.values)), act)
                continue
            digest = review.checklist(customer, act.by).digest if step.action == "approve" else None
            customer = transition.perform(
                kinds.KIND, step.action, customer.pk, version=customer.version, act=act,
                shown=Shown(digest) if digest else None,
            )  # fmt: skip

    def _request(self, asked: requests.Asked) -> None:
        """Somebody asks for a change of a customer in use; others decide on it."""
        customer = Customer.objects.get(name=asked.name)
        kept = [RowInput(row.pk, {}) for row in customer.bank_accounts.order_by("line")]
        added = [RowInput(None, self._values_of(row)) for row in asked.accounts()]
        record = Record(self._values_of(asked.values),
                        {"bank_accounts": [*kept, *added]} if added else {})  # fmt: skip
        saved = customer_service.save(
            customer.pk, record, version=customer.version, submit=False,
            act=self._act(asked.by, self.now - timedelta(hours=asked.hours)),
            ask=Ask(asked.reason, asked.holds_from(self.now)),
        )  # fmt: skip
        request = saved.requested
        for turn in asked.turns:
            act = self._act(turn.by, self.now - timedelta(hours=turn.hours), turn.reason)
            judged = changes.judgement([request], act.by) if turn.move == "approve" else {}
            request = transition.perform(
                kinds.CHANGE, turn.move, request.pk, version=request.version, act=act,
                shown=Shown(judged[request.pk].digest) if judged else None, pinned=turn.pinned,
            )  # fmt: skip

    def _touch(self) -> None:
        """Clerks keep the contacts and tags of customers in use."""
        random = Random(story.SEED + 2)
        found = Customer.objects.enabled().filter(department__code__in=cast.CLERKS)
        found = found.filter(updated_at__lt=self.now - timedelta(days=20)).order_by("pk")
        chosen = random.sample(list(found.select_related("department")), TOUCHED)
        for number, customer in enumerate(sorted(chosen, key=lambda one: one.pk)):
            span = (self.now - customer.updated_at) * random.uniform(0.3, 0.95)
            act = self._act(cast.CLERKS[customer.department.code], customer.updated_at + span)
            rows = [RowInput(row.pk, {"is_primary": row.is_primary})
                    for row in customer.contacts.order_by("line")]  # fmt: skip
            added = {"name": person_name(random), "position": "采购助理", "mobile": mobile(random),
                     "is_primary": not rows}  # fmt: skip
            tags = [*customer.tags.all(), self.known["tags"]["CQHZ"]]
            if number % 3:
                self._save(customer, Record({}, {"contacts": [*rows, RowInput(None, added)]}), act)
            else:
                self._save(customer, Record({}, marks={"tags": list(dict.fromkeys(tags))}), act)

    def _group(self) -> None:
        """One customer belongs to another."""
        by_name = {row.name: row for row in Customer.objects.filter(name__contains="澜舟")}
        daughter, mother = by_name["苏州澜舟计量技术有限公司"], by_name["上海澜舟精密仪器有限公司"]
        act = self._act("liwenjing", self.now - timedelta(days=90))
        self._save(daughter, Record({"parent": mother}), act)

    def _retire(self) -> None:
        kind = reference_service.KINDS["salesperson"]
        row = self.known["salesperson"][cast.RETIRED]
        act = self._act(cast.ADMIN, self.now - timedelta(days=150))
        reference_service.set_active(kind, row.pk, False, version=row.version, act=act)

    def _save(self, customer: Customer, record: Record, act: Act) -> Customer:
        return customer_service.save(
            customer.pk, record, version=customer.version, submit=False, act=act
        )

    def _values_of(self, values: dict[str, Any]) -> dict[str, Any]:
        """Give the values with the rows that their codes name."""
        return {
            name: (self.known[name][value] if value else None) if name in self.known else value
            for name, value in values.items()
        }


def _chunks(steps: dict[int, Step]) -> Iterator[dict[int, Step]]:
    items = list(steps.items())
    for start in range(0, len(items), CHUNK):
        yield dict(items[start : start + CHUNK])
