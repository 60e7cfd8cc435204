"""The review queue and the machine checklist: what was checked, what was found, the evidence."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import QuerySet

from core.prepared import Prepared
from core.said import counted, joined, label, pieces, plain
from core.said import said as _
from customers.catalog import CUSTOMER
from customers.models import Customer, CustomerType, UsedCode
from customers.queries import duplicate, readiness
from customers.rules import finance, identity, record

OK, WARN, FAIL = "ok", "warn", "fail"
NUMBERS = {name: CUSTOMER.label(name) for name in ("uscc", "tax_number")}

_LEDGER = Prepared(
    lambda codes: UsedCode.objects.filter(
        subject_type=Customer._meta.label_lower, code__in=codes
    ).values_list("code", "subject_id")
)


@dataclass(frozen=True)
class Line:
    """One check: its result, what was found, and the evidence; red until confirmed if asked."""

    name: str
    result: str
    finding: str
    evidence: str
    needs_confirmation: bool = False
    hits: tuple[duplicate.Hit, ...] = field(default=())


@dataclass(frozen=True)
class Checklist:
    """All checks of one version of a record, failures first."""

    lines: tuple[Line, ...]
    version: int

    @property
    def digest(self) -> str:
        """Names exactly this result, so that a decision can say what it was based on."""
        facts = [[line.name, line.result, [hit.pk for hit in line.hits]] for line in self.lines]
        body = json.dumps([self.version, sorted(facts)])
        return hashlib.sha256(body.encode()).hexdigest()[:32]

    def of(self, result: str) -> list[Line]:
        """Give the lines with this result."""
        return [line for line in self.lines if line.result == result]

    @property
    def passed(self) -> list[Line]:
        """The lines in order."""
        return self.of(OK)

    @property
    def doubtful(self) -> list[Line]:
        """The lines a person has to judge."""
        return self.of(WARN)

    @property
    def failed(self) -> list[Line]:
        """The red lines."""
        return self.of(FAIL)

    def red(self, *, confirmed: bool) -> list[Line]:
        """Give the lines that stand in the way of approval."""
        return [
            line
            for line in self.lines
            if line.result == FAIL and not (line.needs_confirmation and confirmed)
        ]

    def problems(self, *, confirmed: bool) -> list[str]:
        """Say what stands in the way of approval."""
        return list(map(told, self.red(confirmed=confirmed)))

    @property
    def doubts(self) -> list[str]:
        """Say what a person should look at, though it stands in nobody's way."""
        return list(map(told, self.of(WARN)))

    def stored(self, *, shown: bool, confirmed: bool) -> dict[str, Any]:
        """Give what is stored with the decision; of other customers their keys beside the words."""
        return {
            "shown": shown,
            "confirmed": confirmed,
            "lines": [
                plain({**asdict(line), "hits": [hit.pk for hit in line.hits]})
                for line in self.lines
            ],
        }


def told(line: Line) -> str:
    """Give a line as a sentence."""
    return _("%(label)s: %(text)s") % {"label": line.finding, "text": line.evidence}


@dataclass(frozen=True)
class Others:
    """What other rows say about some records: owners of codes, equal numbers, equal names."""

    code_owners: dict[str, int]
    owners: dict[int, duplicate.Hit]
    numbers: dict[str, duplicate.Hits]
    names: duplicate.Hits

    @classmethod
    def of(cls, customers: Sequence[Customer], user: Any) -> Others:
        """Read it once for all of them."""
        codes = [customer.code for customer in customers if customer.code]
        code_owners = dict(_LEDGER(codes))
        foreign = {code_owners.get(one.code, one.pk) for one in customers if one.code}
        foreign -= {one.pk for one in customers}
        return cls(
            code_owners=code_owners,
            owners=duplicate.owners(foreign, "code", user) if foreign else {},
            numbers={name: duplicate.numbers_of(customers, name, user) for name in NUMBERS},
            names=duplicate.same_names_of(customers, user),
        )


def queue(user: Any) -> QuerySet[Customer]:
    """Give the records waiting for a reviewer that the user sees, oldest first."""
    return (
        Customer.objects.visible_to(user)
        .awaiting_review()
        .select_related("submitted_by", "customer_type", "scope_unit")
        .order_by("submitted_at", "pk")
    )


def checklist(customer: Customer, user: Any) -> Checklist:
    """Run every check on a stored record."""
    return checklists([customer], user)[0]


def checklists(customers: Sequence[Customer], user: Any) -> list[Checklist]:
    """Run every check on some stored records; what others have is asked once for all of them."""
    others = Others.of(customers, user)
    return [_checklist(customer, user, others) for customer in customers]


def _checklist(customer: Customer, user: Any, others: Others) -> Checklist:
    lines = [check(customer, user, others) for check in _CHECKS]
    order = {FAIL: 0, WARN: 1, OK: 2}
    found = [line for line in lines if line is not None]
    return Checklist(tuple(sorted(found, key=lambda line: order[line.result])), customer.version)


def _code(customer: Customer, user: Any, others: Others) -> Line:
    if not customer.code:
        return Line("code", FAIL, _("Code is not unique"), _("No code yet"))
    owner = others.code_owners.get(customer.code, customer.pk)
    if owner == customer.pk:
        return Line("code", OK, _("Code is unique"), customer.code)
    hits = (others.owners[owner],) if owner in others.owners else ()
    evidence = pieces([customer.code, *map(str, hits)])
    return Line("code", FAIL, _("Code is not unique"), evidence, hits=hits)


def _complete(customer: Customer, user: Any, others: Others) -> Line:
    problems = readiness.of_customer(customer)
    if problems:
        found = counted("%(n)d thing is missing", "%(n)d things are missing", len(problems))
        text = " ".join(problem.message for problem in problems)
        return Line("complete", FAIL, found % {"n": len(problems)}, text)
    contacts = len(customer.contacts.all())
    count = counted("%(n)d contact", "%(n)d contacts", contacts) % {"n": contacts}
    return Line("complete", OK, _("Nothing is missing"), count)


Check = Callable[[Customer, Any, Others], Line | None]


def number_check(name: str) -> Check:
    def check(customer: Customer, user: Any, others: Others) -> Line | None:
        value = getattr(customer, name)
        title = label(NUMBERS[name])
        if not value:
            return None
        kind = customer.customer_type.kind if customer.customer_type else CustomerType.Kind.COMPANY
        wrong = record.cross_problems({name: value}, kind=kind).get(name)
        if wrong:
            return Line(name, FAIL, _("%(label)s is not valid") % {"label": title}, wrong)
        hits = tuple(others.numbers[name].get(customer.pk, ()))
        taken = tuple(hit for hit in hits if hit.reserved)
        if taken:
            finding = _("%(label)s is used by another customer") % {"label": title}
            return Line(name, FAIL, finding, pieces(taken), hits=taken)
        if hits:
            finding = _("%(label)s also stands in a draft") % {"label": title}
            return Line(name, WARN, finding, pieces(hits), hits=hits)
        checked = (
            _("check character correct, used by nobody else")
            if identity.is_uscc(value)
            else _("form correct, used by nobody else")
        )
        return Line(name, OK, _("%(label)s is valid") % {"label": title}, pieces([value, checked]))

    return check


def same_name(customer: Customer, user: Any, others: Others) -> Line:
    hits = others.names.get(customer.pk)
    if not hits:
        return Line("same_name", OK, _("No customer of the same name"), customer.name)
    count = counted(
        "%(n)d customer of the same name", "%(n)d customers of the same name", len(hits)
    ) % {"n": len(hits)}
    known = {"hits": pieces(hits), "why": customer.same_name_reason}
    text = _("%(hits)s. The clerk gave no reason.") % known
    if duplicate.is_explained(customer.same_name_reason):
        text = _("%(hits)s. Explanation: %(why)s") % known
    return Line("same_name", FAIL, count, text, needs_confirmation=True, hits=tuple(hits))


def _of_accounts(judge: Callable[[Customer, list[Any]], Line]) -> Check:
    def check(customer: Customer, user: Any, others: Others) -> Line | None:
        accounts = list(customer.bank_accounts.all())
        return judge(customer, accounts) if accounts else None

    return check


def _account_banks(customer: Customer, accounts: list[Any]) -> Line:
    without = [account for account in accounts if not account.bank_and_branch]
    if without:
        finding = _("A bank account does not say at which bank it is")
        return Line("account_banks", WARN, finding, pieces(map(str, without)))
    named = dict.fromkeys(account.bank_and_branch for account in accounts)
    return Line("account_banks", OK, _("Every bank account names its bank"), pieces(named))


def _account_names(customer: Customer, accounts: list[Any]) -> Line:
    other = [
        account.account_name
        for account in accounts
        if account.account_name and not record.is_same_name(account.account_name, customer.name)
    ]
    if other:
        finding = _("Account name differs from the customer name")
        return Line("account_names", WARN, finding, pieces(other))
    count = counted("%(n)d account", "%(n)d accounts", len(accounts)) % {"n": len(accounts)}
    return Line("account_names", OK, _("Account names equal the customer name"), count)


def _account_numbers(customer: Customer, accounts: list[Any]) -> Line:
    judged = [
        (one, finance.account_plausible(one.account_number, one.bank.code if one.bank else ""))
        for one in accounts
    ]
    texts = [_told(account, found) for account, found in judged if found.ok]
    odd = [_told(account, found) for account, found in judged if not found.ok]
    if odd:
        return Line("account_numbers", WARN, _("A bank number looks unusual"), joined(odd))
    return Line("account_numbers", OK, _("Bank numbers are plausible"), joined(texts))


def _told(account: Any, found: finance.Evidence) -> str:
    return _("%(label)s: %(text)s") % {"label": str(account), "text": found.text}


def _four_eyes(customer: Customer, user: Any, others: Others) -> Line:
    names = _("submitted by %(who)s, reviewed by %(me)s") % {
        "who": customer.submitted_by,
        "me": user,
    }
    if customer.submitted_by_id == user.pk:
        return Line("four_eyes", WARN, _("You submitted this yourself"), names)
    return Line("four_eyes", OK, _("Submitter and reviewer differ"), names)


ACCOUNT_NAMES, ACCOUNT_NUMBERS = _of_accounts(_account_names), _of_accounts(_account_numbers)
_CHECKS: tuple[Check, ...] = (
    _code,
    _complete,
    *map(number_check, NUMBERS),
    same_name,
    _of_accounts(_account_banks),
    ACCOUNT_NAMES,
    ACCOUNT_NUMBERS,
    _four_eyes,
)
