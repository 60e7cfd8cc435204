"""Writes one chunk of an import: conflicts aside, then changes, codes, new customers, submits.

Runs inside the chunk's transaction; the set-based writing itself is core/saving's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from core import saving
from core.access import scope_unit
from core.aggregate import Draft, Edit, RowInput
from core.history import Act
from core.records import coding, plain, transition
from core.records.changes import asking
from core.records.changes.asking import Ask
from core.records.part import fetch
from core.records.plain import Target
from core.said import joined
from core.said import said as _
from customers.imports.fields import targets
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.kept.marks import LETTERS, letter_of, letters_of
from customers.imports.kept.outcomes import Done
from customers.imports.plan.plans import CREATE, UPDATE, Planned
from customers.imports.steps import conflicts, lookups
from customers.imports.steps.conflicts import Conflict, Entry
from customers.lifecycle import OPEN_STATES
from customers.models import Customer, ImportBatch, ImportSheet
from customers.queries import group
from customers.services import entered
from customers.services.aggregates import AGGREGATE
from customers.services.kinds import KIND

MOST_TRIES = 4
_SKIPPED, _FAILED = LETTERS["skipped"], LETTERS["failed"]


class _Again(Exception):
    """Some of the chunk must be left out: take it back and write it without them."""

    def __init__(self, out: Mapping[int, Conflict]) -> None:
        super().__init__(len(out))
        self.out = out


class Chunk:
    """Some plans on their way into the database, in one transaction."""

    def __init__(
        self, batch: ImportBatch, vocabulary: Vocabulary, act: Act, *, is_whole: bool
    ) -> None:
        self.batch, self.vocabulary, self.act = batch, vocabulary, act
        # Nobody sees new customers before the last of them: all at once need not be held back.
        self._pending = None if is_whole else batch.pk
        sheets = ImportSheet.objects.filter(batch=batch)
        self._sheets = dict(sheets.values_list("index", "name"))
        self._natives = Natives(vocabulary, {})
        self.out: dict[int, Conflict] = {}

    def write(self, entries: Sequence[Entry]) -> list[Done]:
        """Write what still holds and tell of each plan what became of it; `out` has the others."""
        out, overtaken = self.out, 0
        while True:
            try:
                with transaction.atomic():
                    out |= conflicts.find(
                        entries, self.act.by, self.vocabulary, lock=True, batch=self.batch.pk
                    )
                    good = [e.planned for e in entries if e.planned.number not in out]
                    done = self._write(good)
                plans = [entry.planned for entry in entries]
                return [done.get(p.number) or _left_out(p, out[p.number]) for p in plans]
            except _Again as again:
                out |= again.out
            except saving.Duplicate:
                # Somebody took a code or number between our look and our insert: look again.
                overtaken += 1
                if overtaken == MOST_TRIES:
                    raise

    def _write(self, plans: Sequence[Planned]) -> dict[int, Done]:
        done = {plan.number: _begun(plan) for plan in plans}
        self._load_parents(plans)
        changed = [plan for plan in plans if plan.action == UPDATE]
        created = [plan for plan in plans if plan.action == CREATE]
        self._change(changed, done)
        self._create(created, done)
        if self.batch.submit:
            self._submit([*changed, *created], done)
        return done

    def _load_parents(self, plans: Sequence[Planned]) -> None:
        """Load the group customers that these belong to, all at once."""
        asked = {plan.number: plan.new("parent") for plan in plans}
        parents = Customer.objects.in_bulk({pk for pk in asked.values() if pk})
        self._natives = Natives(self.vocabulary, parents)
        gone = [n for n, pk in asked.items() if pk and pk not in parents]
        if gone:
            reason = _("The group customer was deleted since the check.")
            raise _Again(dict.fromkeys(gone, Conflict(reason, is_since=True)))

    # -- updates

    def _change(self, plans: Sequence[Planned], done: Mapping[int, Done]) -> None:
        if not plans:
            return
        self._refuse_circles(plans)
        owners = self._owners(plans)
        drawn = self._codes_of_changed(plans, owners)
        before = self._rows_before(plans)
        edits, given = [], list[tuple[str, int]]()
        for plan in plans:
            assert plan.pk is not None
            assert plan.version is not None
            owner = owners[plan.pk]
            values: dict[str, Any] = _but(plan.asked, plan.values)
            old = {name: plan.changes[name][0] for name in values}
            if code := drawn.get(plan.number):
                values["code"], old["code"] = code, ""
            if code := values.get("code"):
                given.append((code, plan.pk))
            act = self._act(plan)
            rows = _but(plan.asked, plan.rows)
            edits.append(self._natives.edit(owner, plan.version, values, rows, act))
            done[plan.number].before = {"values": old, "rows": before.get(plan.pk, {})}
            done[plan.number].code = code or owner.code
        outcome = saving.bulk_change(AGGREGATE, edits, act=self.act)
        stale = set(outcome.stale)
        if stale:
            moved = [plan for plan in plans if plan.pk in stale]
            raise _Again({plan.number: conflicts.why_moved(plan) for plan in moved})
        changed = set(outcome.changed)
        for edit, plan in zip(edits, plans, strict=True):
            done[plan.number].version = edit.version + (edit.pk in changed)
        coding.remember(KIND, given)
        if needing := [plan for plan in plans if plan.asked]:
            self._ask(needing, owners, done)

    def _ask(
        self, plans: Sequence[Planned], owners: Mapping[int, Customer], done: Mapping[int, Done]
    ) -> None:
        """Make change requests of what needs a second pair of eyes: one for each customer."""
        by_pk = {plan.pk or 0: plan for plan in plans}
        fetch(KIND.parts, [owners[pk] for pk in by_pk])
        wanted = []
        for pk, plan in by_pk.items():
            values = {name: plan.values[name] for name in plan.asked if name in plan.changes}
            rows = {name: plan.rows[name] for name in plan.asked if name in plan.rows}
            natives = self._natives.of("customers", values), self._natives.rows(rows)
            wanted.append((owners[pk], asking.wanted_of(KIND, owners[pk], *natives)))
        acts = {pk: self._act(plan) for pk, plan in by_pk.items()}
        beside = {"import_batch": self.batch}
        ask = Ask(self.batch.reason)
        try:
            made = asking.put_many(KIND, wanted, ask, self.act, acts=acts, beside=beside)
        except saving.SomeRefused as some:
            sentence = _("It cannot be asked for: %(why)s")
            raise _Again(
                {
                    by_pk[pk].number: Conflict(sentence % {"why": joined(refused.problems)})
                    for pk, refused in some.refused.items()
                }
            ) from some
        for pk, request in made.items():
            done[by_pk[pk].number].request = request.pk

    def _refuse_circles(self, plans: Sequence[Planned]) -> None:
        """Leave out customers that would belong to themselves, by whatever was linked since."""
        links: dict[int, Any] = {
            plan.pk or 0: plan.values["parent"] for plan in plans if "parent" in plan.changes
        }
        if found := entered.circles(links):
            conflict = Conflict(group.circle_sentence(), is_since=True)
            raise _Again({plan.number: conflict for plan in plans if plan.pk in found})

    def _owners(self, plans: Sequence[Planned]) -> dict[int, Customer]:
        rows = Customer.objects.filter(pk__in=[plan.pk for plan in plans])
        found = rows.select_related("created_by__unit", *KIND.coding.fields)
        return {row.pk: row for row in found}

    def _codes_of_changed(
        self, plans: Sequence[Planned], owners: Mapping[int, Customer]
    ) -> dict[int, str]:
        """Give a code to drafts that have none as soon as all its parts are known."""
        names = KIND.coding.fields
        typed, wanted, records = [], [], []
        for plan in plans:
            owner = owners[plan.pk]  # type: ignore[index]
            parts = {name: getattr(owner, name) for name in names}
            parts |= {
                n: v for n, v in self._natives.of("customers", plan.values).items() if n in names
            }
            if code := plan.values.get("code"):
                typed.append((str(code), parts))
            elif not owner.code:
                wanted.append(plan.number)
                records.append(parts)
        self._accept(typed, plans)
        return dict(zip(wanted, coding.draw(KIND, records), strict=True))

    def _rows_before(self, plans: Sequence[Planned]) -> dict[int, dict[str, list[Any]]]:
        """Give the child rows of those whose rows change, as undoing puts them back."""
        found: dict[int, dict[str, list[Any]]] = {}
        for child in targets.CHILDREN:
            keys = [plan.pk or 0 for plan in plans if child in _but(plan.asked, plan.rows)]
            stored = lookups.children(child, keys) if keys else {}
            for key in keys:
                rows = [[one.pk, one.values] for one in stored.get(key, ())]
                found.setdefault(key, {})[child] = rows
        return found

    # -- new customers

    def _create(self, plans: Sequence[Planned], done: Mapping[int, Done]) -> None:
        if not plans:
            return
        drafts = [self._draft(plan) for plan in plans]
        typed = [(d.values["code"], d.values) for d in drafts if d.values.get("code")]
        self._accept(typed, plans)
        blank = [draft for draft in drafts if not draft.values.get("code")]
        for draft, code in zip(blank, coding.draw(KIND, [d.values for d in blank]), strict=True):
            draft.values["code"] = code
        pks = saving.bulk_create(AGGREGATE, drafts, act=self.act)
        given = [(draft.values["code"], pk) for draft, pk in zip(drafts, pks, strict=True)]
        coding.remember(KIND, given)
        for plan, draft, pk in zip(plans, drafts, pks, strict=True):
            made = done[plan.number]
            made.pk, made.version, made.code = pk, 1, draft.values["code"]

    def _draft(self, plan: Planned) -> Draft:
        values = self._natives.of("customers", plan.values)
        tags = values.pop("tags", None)
        values["department"] = values.get("department") or self.act.by.unit
        values |= {
            "scope_unit": scope_unit(values["department"], self.act.by),
            "import_batch": self.batch,
            "import_sheet": self._sheets.get(plan.sheet, ""),
            "import_row": plan.row,
            "pending_batch": self._pending,
        }
        rows = self._natives.rows(plan.rows)
        return Draft(values, rows, {"tags": tags} if tags else {}, self._act(plan))

    def _accept(self, typed: Sequence[tuple[str, Any]], plans: Sequence[Planned]) -> None:
        if problems := coding.accept(KIND, typed):
            raise _Again(
                {
                    plan.number: Conflict(
                        joined(problems[str(plan.values["code"])].problems), is_since=True
                    )
                    for plan in plans
                    if plan.values.get("code") in problems
                }
            )

    # -- submitting

    def _submit(self, plans: Sequence[Planned], done: Mapping[int, Done]) -> None:
        own = {done[plan.number].pk or 0: plan for plan in plans}
        rows = Customer.objects.filter(pk__in=own, state__in=OPEN_STATES)
        customers = list(rows.select_related(*KIND.known).order_by("pk"))
        acts = {pk: self._act(plan) for pk, plan in own.items()}
        try:
            transition.move_many(KIND, "submit", customers, act=self.act, acts=acts)
        except saving.SomeRefused as some:
            sentence = _("It cannot be submitted: %(why)s")
            out = {
                own[pk].number: Conflict(sentence % {"why": joined(refused.problems)})
                for pk, refused in some.refused.items()
            }
            raise _Again(out) from some
        for customer in customers:
            sent = done[own[customer.pk].number]
            sent.version, sent.code, sent.is_submitted = customer.version, customer.code, True

    def _act(self, plan: Planned) -> Act:
        """Give the act with the row it came from, as far as the history's source has room."""
        place = f"{self.act.source} {self._sheets.get(plan.sheet, '')} {plan.row}"
        return Act(**{**vars(self.act), "source": place[:60]})


def _begun(plan: Planned) -> Done:
    """Give what becomes of a plan as long as nothing is written; nobody decides any more."""
    letter = letter_of(plan)
    letter = _SKIPPED if letter == LETTERS["undecided"] else letter
    place, label = (plan.number, plan.sheet, plan.row), plan.title[:120]
    return Done(*place, letter, plan.pk, label=label, reason=plan.reason)


def _but(asked: Collection[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is written at once: all but the fields and parts that are asked for."""
    return {name: value for name, value in given.items() if name not in asked}


def _left_out(plan: Planned, conflict: Conflict) -> Done:
    letter = _SKIPPED if conflict.is_since else _FAILED
    rows = [[sheet, row, letter] for sheet, row in letters_of(plan)]
    done = replace(_begun(plan), letter=letter, rows=rows)
    done.reason, done.is_since = conflict.reason, conflict.is_since
    return done


class Natives:
    """Gives plain values as models hold them, references as instances; all raise KeyError."""

    def __init__(self, vocabulary: Vocabulary, records: Mapping[int, Customer]) -> None:
        def known(one: Target) -> Mapping[int, Any]:
            return records if one.kind == plain.RECORD else vocabulary.instances(one.key)

        self._ways = {
            sheet: [
                (one.name, way)
                for one in targets.of_sheet(sheet)
                if (way := plain.native(one.kind, known(one)))
            ]
            for sheet in targets.SHEETS
        }

    def of(self, sheet: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Give the values of a customer or of one of its rows."""
        found = dict(values)
        for name, way in self._ways[sheet]:
            value = found.get(name)
            if value is not None and value != "":
                found[name] = way(value)
        return found

    def rows(self, given: Mapping[str, Sequence[Any]]) -> dict[str, list[RowInput]]:
        """Give the wanted rows (pk or None, values) of each part."""
        return {
            child: [RowInput(pk, self.of(child, values)) for pk, values in listed]
            for child, listed in given.items()
        }

    def edit(
        self, owner: Customer, version: int, values: Mapping[str, Any], rows: Any, act: Act
    ) -> Edit:
        """Give the edit that brings a stored customer these values and rows."""
        wanted = self.of("customers", values)
        marks = {"tags": wanted.pop("tags")} if "tags" in wanted else {}
        if "department" in wanted:
            wanted["scope_unit"] = scope_unit(wanted["department"], owner.created_by)
        return Edit(owner.pk, version, wanted, self.rows(rows), marks, act)
