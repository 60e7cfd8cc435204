"""The machine checklist of a change request: what its customer would be, and who asked for it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.aggregate import as_text
from core.models import Change
from core.records.changes.applying import Instances
from core.records.changes.wanted import DEL, Targets, Wanted, columns, row_of
from core.said import counted, pieces
from core.said import said as _
from customers.models import BankAccount, Customer, CustomerChange
from customers.parts import BANK_ACCOUNTS
from customers.queries import review
from customers.queries.review import OK, WARN, Line, Others

_ACCOUNTS = BANK_ACCOUNTS.name
_SUBJECT = CustomerChange._meta.label_lower


@dataclass(frozen=True)
class Asked:
    """A request with its customer as it is, and as it would be."""

    request: CustomerChange
    wanted: Wanted
    before: Customer
    after: Customer
    instances: Instances
    header: Targets

    @property
    def moves_numbers(self) -> bool:
        """Whether it changes a number that one customer alone can have."""
        return any(one.name in ("uscc", "tax_number") for one in self.wanted.fields)

    def touches(self, *names: str) -> bool:
        """Say whether it is about one of these fields or parts."""
        fields, parts = self.wanted.fields, self.wanted.rows
        return any(one.name in names for one in fields) or any(one.part in names for one in parts)

    @property
    def new_accounts(self) -> list[BankAccount]:
        """The accounts that it adds, or gives another number."""
        known = {one.pk: one.account_number for one in self.before.bank_accounts.all()}
        rows = self.after.bank_accounts.all()
        return [one for one in rows if known.get(one.pk) != one.account_number]


@dataclass(frozen=True)
class Judgement(review.Checklist):
    """Whether one person may approve a change: the four eyes and the checks of what changes.

    `barred` says why it is not possible at all; `now` is what stands in the places it is about.
    """

    barred: tuple[str, ...]
    own: str
    now: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Names exactly this result, and what it was found on."""
        body = json.dumps([super().digest, self.now])
        return hashlib.sha256(body.encode()).hexdigest()[:32]

    def problems(self, *, confirmed: bool) -> list[str]:
        """Say what stands in the way: the change, who it is, the red lines nobody confirmed."""
        first = filter(None, [*self.barred, self.own])
        return [*first, *super().problems(confirmed=confirmed)]


def judge(
    asked: Mapping[int, Asked], user: Any, *, four_eyes: bool, barred: Mapping[int, Sequence[str]]
) -> dict[int, Judgement]:
    """Run every check on some requests; what others have is asked once for all of them."""
    used = _users_of([one for each in asked.values() for one in each.new_accounts])
    edited = _given_by(user, list(asked))
    found: dict[int, Judgement] = {}
    for some in _rounds(asked):
        others = Others.of([one.after for one in some.values()], user)
        for pk, one in some.items():
            part = _part_of(user, one.request, has_edited=pk in edited)
            own = _own(part)[1] if four_eyes and part else ""
            lines = [*_lines(one, user, others, used), _four_eyes(one, user, part)]
            lines.sort(key=_urgency)
            why, version = tuple(barred.get(pk, ())), one.request.version
            found[pk] = Judgement(tuple(lines), version, why, own, _now(one))
    return found


def _rounds(asked: Mapping[int, Asked]) -> Iterable[dict[int, Asked]]:
    """Give requests in groups that have one of each customer at most."""
    left = dict(asked)
    while left:
        first = {one.before.pk: pk for pk, one in reversed(left.items())}
        yield {pk: left[pk] for pk in sorted(first.values())}
        left = {pk: one for pk, one in left.items() if pk not in first.values()}


def _given_by(user: Any, keys: Sequence[int]) -> set[int]:
    """Give those of these requests whose content, now or before, is by this person."""
    given = ("create", "change")
    told = Change.objects.filter(subject_type=_SUBJECT, subject_id__in=keys, action__in=given)
    return set(told.filter(actor=user.pk).values_list("subject_id", flat=True))


def _part_of(user: Any, request: CustomerChange, *, has_edited: bool) -> str:
    """Say what this person did for a request: its first part in it counts, "" for none."""
    if user.pk == request.created_by_id:
        return "asked"
    if user.pk == request.submitted_by_id:
        return "submitted"
    return "edited" if has_edited else ""


def _own(part: str) -> tuple[str, str]:
    """Give what a person did who must not approve: as a finding, and as what to do now."""
    if part == "asked":
        told = _("You asked for this change; somebody else must approve it.")
        return _("You asked for this yourself"), told
    if part == "submitted":
        told = _("You submitted this change; somebody else must approve it.")
        return _("You submitted this yourself"), told
    told = _("You edited this change request; somebody else must approve it.")
    return _("You edited this request yourself"), told


def _now(asked: Asked) -> tuple[str, ...]:
    stored = row_of(asked.header, asked.before)
    fields = [json.dumps([one.name, stored[one.name]]) for one in asked.wanted.fields]
    touched = {one.pk for one in asked.wanted.rows}
    rows = [
        json.dumps([row.pk, row_of(columns(BANK_ACCOUNTS), row)])
        for row in asked.before.bank_accounts.all()
        if row.pk in touched
    ]
    return tuple(sorted((*fields, *rows)))


def _lines(asked: Asked, user: Any, others: Others, used: Mapping[str, set[int]]) -> Iterable[Line]:
    found = (check(asked, user, others, used) for check in _CHECKS)
    return (one for one in found if one is not None)


def _urgency(line: Line) -> int:
    return (review.FAIL, WARN, OK).index(line.result)


Check = Callable[[Asked, Any, Others, Mapping[str, set[int]]], Line | None]


def _of_review(check: review.Check, *places: str) -> Check:
    """Ask what a review asks, of the customer as it would be, where one of these changes."""

    def asked_of(
        asked: Asked, user: Any, others: Others, _used: Mapping[str, set[int]]
    ) -> Line | None:
        return check(asked.after, user, others) if asked.touches(*places) else None

    return asked_of


def _new_account(
    asked: Asked, _user: Any, _others: Others, used: Mapping[str, set[int]]
) -> Line | None:
    new = asked.new_accounts
    if not new:
        return None
    taken = [one for one in new if used.get(one.account_number, set()) - {asked.before.pk}]
    if taken:
        finding = _("An account number is used by another customer")
        return Line("account_used", WARN, finding, pieces(map(str, taken)))
    finding = _("An account is used for the first time")
    told = _("Confirm it by a call to a number that was known before.")
    return Line("account_used", WARN, finding, told)


def _credit(
    asked: Asked, _user: Any, _others: Others, _used: Mapping[str, set[int]]
) -> Line | None:
    old, new = asked.before.credit_limit or Decimal(0), asked.after.credit_limit or Decimal(0)
    if not asked.touches("credit_limit"):
        return None
    values = _("%(old)s → %(new)s") % {"old": f"{old:,.2f}", "new": f"{new:,.2f}"}
    if new <= old:
        return Line("credit", OK, _("The credit limit is not raised"), values)
    if not old:
        return Line("credit", WARN, _("A credit limit is given for the first time"), values)
    share = {"percent": int((new - old) * 100 / old)}
    return Line("credit", WARN, _("The credit limit is raised by %(percent)d %%") % share, values)


def _numbers_agree(
    asked: Asked, _user: Any, _others: Others, _used: Mapping[str, set[int]]
) -> Line | None:
    after = asked.after
    if not asked.touches("uscc", "tax_number") or not (after.uscc and after.tax_number):
        return None
    values = pieces([after.uscc, after.tax_number])
    if after.uscc == after.tax_number:
        return Line("numbers", OK, _("Credit code and tax number are the same"), values)
    return Line("numbers", WARN, _("Credit code and tax number differ"), values)


def _gone(asked: Asked, _user: Any, _others: Others, _used: Mapping[str, set[int]]) -> Line | None:
    gone = [one for one in asked.wanted.rows if one.op == DEL]
    if not gone:
        return None
    finding = counted("%(n)d row is removed", "%(n)d rows are removed", len(gone))
    left = counted("%(n)d stays", "%(n)d stay", len(asked.after.bank_accounts.all()))
    told = left % {"n": len(asked.after.bank_accounts.all())}
    return Line("removed", WARN, finding % {"n": len(gone)}, told)


def _four_eyes(asked: Asked, user: Any, part: str) -> Line:
    known = {"who": as_text(asked.request.created_by), "me": str(user)}
    names = _("asked for by %(who)s, reviewed by %(me)s") % known
    if part:
        return Line("four_eyes", WARN, _own(part)[0], names)
    return Line("four_eyes", OK, _("Who asked and who reviews differ"), names)


def _users_of(accounts: Iterable[BankAccount]) -> dict[str, set[int]]:
    """Give by number the customers that have one of these accounts."""
    numbers = {one.account_number for one in accounts if one.account_number}
    found: dict[str, set[int]] = {}
    if numbers:
        rows = BankAccount.objects.filter(account_number__in=numbers, customer__pending_batch=None)
        for number, pk in rows.values_list("account_number", "customer_id"):
            found.setdefault(number, set()).add(pk)
    return found


_CHECKS: tuple[Check, ...] = (
    *(_of_review(review.number_check(name), name, "customer_type") for name in review.NUMBERS),
    _numbers_agree,
    _of_review(review.same_name, "name"),
    _of_review(review.ACCOUNT_NAMES, _ACCOUNTS, "name"),
    _of_review(review.ACCOUNT_NUMBERS, _ACCOUNTS),
    _new_account,
    _gone,
    _credit,
)
