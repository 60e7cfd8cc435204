"""Judges and writes some records of a bulk edit, asks for what takes a second pair of eyes.

All that is asked is asked of many at once; what is wrong with one stands beside it and keeps no
other from its change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from core import saving
from core.access import Seen
from core.aggregate import Edit, key_of
from core.bulk import loading
from core.history import Act
from core.models import BulkEdit, BulkEditBlock, User
from core.models.bulk_edit import unpack
from core.records import coding, judging, plain
from core.records.bulk_edit import kept
from core.records.bulk_edit.kept import (
    ADD,
    ASKED,
    CHANGED,
    KEPT,
    REFUSED,
    REMOVE,
    SAME,
    WITHDRAWN,
    Done,
)
from core.records.bulk_edit.moved import since
from core.records.changes import asking
from core.records.changes.asking import Ask
from core.records.changes.wanted import Wanted
from core.records.kind import Kind
from core.said import items, joined, label
from core.said import said as _
from core.saving import Refused, SomeRefused, Stale

Choice = Mapping[str, Mapping[str, Any]]
Wish = Mapping[str, Any]  # native values by field, lists of marks among them


@dataclass
class Plan:
    """One record on its way: what is wished, what is written and asked for, or why not.

    Where it is taken back, its request was withdrawn, or stays because it is `held`.
    """

    record: Any
    wish: Wish
    note: str = ""
    sentence: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    filled: Wish = field(default_factory=dict)
    marks: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    fields: dict[str, list[Any]] = field(default_factory=dict)
    wanted: Wanted = Wanted()
    request: int = 0
    is_withdrawn: bool = False
    held: str = ""

    @property
    def is_written(self) -> bool:
        return not self.sentence and bool(self.fields or self.wanted)

    @property
    def outcome(self) -> str:
        """Say in one word what came of it."""
        if self.held:
            return KEPT
        if self.sentence:
            return WITHDRAWN if self.is_withdrawn else REFUSED
        if self.wanted:
            return ASKED
        return CHANGED if self.fields else WITHDRAWN if self.is_withdrawn else SAME

    @property
    def done(self) -> Done:
        """Give what came of it."""
        sentence = joined(filter(None, (self.held, self.sentence or self.note)))
        asked = {one.name: [one.old, one.new] for one in self.wanted.fields}
        told = ({}, {}) if self.sentence else (self.fields, asked)
        version = self.record.version
        return Done(self.record.pk, self.outcome, version, sentence, *told, self.request)


class Editor:
    """Carries out an edit for a person, block by block. Raises Refused where a value is gone.

    What needs a second pair of eyes is asked for: one change request for each record.
    """

    may_ask = True

    def __init__(self, kind: Kind, edit: BulkEdit, user: User) -> None:
        self.kind, self.edit, self.user = kind, edit, user
        self.act = Act(by=user, source="bulk", reason=edit.reason, key=None, operation=edit.pk)
        self._targets = kept.targets(kind)
        self._instances = kept.Instances(self._targets)
        self._wish = self._chosen(kept.chosen(kind, edit))

    def look(self, block: BulkEditBlock) -> list[Done]:
        """Say what will be made of the records of a block; it writes nothing."""
        plans, told = self._planned(block, seen_now(self.kind))
        if asking_for := [plan for plan in plans if plan.wanted]:
            pairs = [(plan.record, plan.wanted) for plan in asking_for]
            self._refuse(asking_for, asking.refusals(self.kind, pairs, self.user))
        return _in_order(block, [*told, *(plan.done for plan in plans)])

    def write(self, block: BulkEditBlock) -> list[Done]:
        """Change the records of a block that may be, in the caller's transaction."""
        self.act = replace(self.act, at=timezone.now())
        plans, told = self._planned(block, _locked(self.kind))
        self._write_most([plan for plan in plans if plan.is_written])
        return _in_order(block, [*told, *(plan.done for plan in plans)])

    def _chosen(self, choice: Choice) -> dict[str, Any]:
        """Give the values to set as the model holds them."""
        self._instances.look_up((name, one["value"]) for name, one in choice.items())
        try:
            found = {
                name: self._instances.native(name, one["value"]) for name, one in choice.items()
            }
        except KeyError as gone:
            raise Refused([_("A value that was chosen is not there any more.")]) from gone
        for value in found.values():
            for one in value if isinstance(value, list) else [value]:
                if not getattr(one, "is_active", True):
                    sentence = _("“%(name)s” was disabled; choose another value.")
                    raise Refused([sentence % {"name": one}])
        return found

    def _planned(self, block: BulkEditBlock, ask: Seen) -> tuple[list[Plan], list[Done]]:
        """Give the plans of the records of a block, and what came of those that moved on."""
        versions = {item[0]: item[1] for item in unpack(block.items)}
        records = ask(self.user, list(versions))
        there = [one for one in records if one.version == versions[one.pk]]
        moved = versions.keys() - {one.pk for one in there}
        away = {pk: versions[pk] for pk in moved}
        why = since(self.kind, away, {one.pk for one in records}) if away else {}
        told = [Done(pk, REFUSED, sentence=why[pk]) for pk in away]
        marks = self._marks(there)
        plans = [Plan(one, self._wish_of(marks.get(one.pk, {}))) for one in there]
        self._judge(plans, marks)
        return plans, told

    def _wish_of(self, marks: Mapping[str, list[Any]]) -> Wish:
        """Give what a record should have, with marks added to its own or taken from them."""
        wish = dict(self._wish)
        for name, own in marks.items():
            way, chosen = self.edit.choice[name]["way"], self._wish[name]
            keys = {one.pk for one in chosen}
            rest = [one for one in own if one.pk not in keys]
            wish[name] = rest if way == REMOVE else [*rest, *chosen] if way == ADD else chosen
        return wish

    def _marks(self, records: Sequence[Any]) -> dict[int, dict[str, list[Any]]]:
        """Give the marks that the records carry, as far as the edit names them."""
        aggregate, found = self.kind.aggregate, {one.pk: dict[str, list[Any]]() for one in records}
        for name in self._marked():
            _model, _source, target = loading.links_of(aggregate, name)
            links = loading.links(aggregate, name, list(found), loading.Pointed())
            own = {pk: [link[target] for link in below.values()] for pk, below in links.items()}
            self._instances.look_up((name, keys) for keys in own.values())
            for pk, keys in own.items():
                found[pk][name] = self._instances.native(name, keys)
        return found

    def _marked(self) -> list[str]:
        return [name for name in self.kind.aggregate.m2m if name in self._wish]

    def _judge(self, plans: Iterable[Plan], marks: Mapping[int, Mapping[str, Any]]) -> None:
        for plan in plans:
            if plan.sentence:
                continue
            try:
                self._follow(plan, marks.get(plan.record.pk, {}))
            except Refused as refused:
                plan.sentence = _sentence(self.kind, refused)

    def _follow(self, plan: Plan, own: Mapping[str, list[Any]]) -> None:
        """Note what is written of a record. Raises Refused where it may not be."""
        kind, record = self.kind, plan.record
        marks = {name: plan.wish[name] for name in own if name in plan.wish}
        marks = {name: wanted for name, wanted in marks.items() if _differ(wanted, own[name])}
        values = {name: value for name, value in plan.wish.items() if name not in own}
        judged = judging.judge(kind, record, values, self.user, marks=marks)
        given = judged.require(may_ask=self.may_ask)
        if not given and not marks:
            return
        plan.marks = kind.rules.marks(marks, self.act) if marks else {}
        plan.values, plan.filled = judging.followed(kind, record, given)
        if asked := {name: plan.values.pop(name) for name in judged.asked}:
            plan.wanted = asking.wanted_of(kind, record, asked, {})
        pairs = [(name, record.serializable_value(name), plan.values[name]) for name in plan.values
                 if name in self._targets]  # fmt: skip
        pairs += [(name, own[name], wanted) for name, wanted in marks.items()]
        plan.fields = {
            name: [plain.of(self._targets[name], old), plain.of(self._targets[name], new)]
            for name, old, new in pairs
        }

    def _write_most(self, plans: Sequence[Plan]) -> None:
        """Write these but for those that turn out not to be possible."""
        try:
            self._write(plans)
        except SomeRefused as some:
            self._refuse(plans, some.refused)
            self._write_most([plan for plan in plans if plan.is_written])
        except (Refused, Stale):  # one of them: find out which
            for plan in plans:
                self._write_alone(plan)

    def _write(self, plans: Sequence[Plan]) -> None:
        with atomic():
            self._ask([plan for plan in plans if plan.wanted])
            self._change([plan for plan in plans if plan.fields])

    def _ask(self, plans: Sequence[Plan]) -> None:
        """Ask for what needs a second pair of eyes, before locked records become what they get."""
        if not plans:
            return
        wanted = [(plan.record, plan.wanted) for plan in plans]
        ask = Ask(self.edit.reason)
        beside = {"operation": self.edit.pk}
        made = asking.put_many(self.kind, wanted, ask, self.act, acts={}, beside=beside)
        for plan in plans:
            plan.request = made[plan.record.pk].pk

    def _change(self, plans: Sequence[Plan]) -> None:
        if not plans:
            return
        kind = self.kind
        without = [plan for plan in plans if kind.code and not plan.record.code]
        with atomic():
            codes = coding.draw(kind, [plan.filled for plan in without]) if without else []
            for plan, code in zip(without, codes, strict=True):
                plan.values["code"] = code
            edits = [
                Edit(
                    plan.record.pk, plan.record.version, plan.values, {}, plan.marks,
                    locked=plan.record,
                )
                for plan in plans
            ]  # fmt: skip
            if saving.bulk_change(kind.aggregate, edits, act=self.act).stale:
                raise Stale
            drawn = zip(codes, without, strict=True)
            if pairs := [(code, plan.record.pk) for code, plan in drawn if code]:
                coding.remember(kind, pairs)

    def _write_alone(self, plan: Plan) -> None:
        try:
            self._write([plan])
        except SomeRefused as some:
            self._refuse([plan], some.refused)
        except Refused as refused:
            plan.sentence = _sentence(self.kind, refused)
        except Stale:
            plan.sentence = _("It is being changed by somebody else at this moment.")

    def _refuse(self, plans: Iterable[Plan], refused: Mapping[int, Refused]) -> None:
        for plan in plans:
            if plan.record.pk in refused:
                plan.sentence = _sentence(self.kind, refused[plan.record.pk])
                plan.request = 0


def _sentence(kind: Kind, refused: Refused) -> str:
    """Give what was refused of a record as one text, behind the labels of its fields."""
    labels: dict[str, list[str]] = {}
    for name in (row.name for row in kind.catalog if row.name in refused.fields):
        labels.setdefault(refused.fields[name], []).append(label(kind.catalog.label(name)))
    told = [
        _("%(label)s: %(text)s") % {"label": items(names), "text": text}
        for text, names in labels.items()
    ]
    others = [one for one in refused.problems if one not in labels]
    return joined([*told, *others])


def _differ(wanted: Iterable[Any], own: Iterable[Any]) -> bool:
    return {key_of(one) for one in wanted} != {key_of(one) for one in own}


def _in_order(block: BulkEditBlock, told: Iterable[Done]) -> list[Done]:
    """Put what came of records into the order in which they were selected."""
    found = {one.pk: one for one in told}
    return [found[item[0]] for item in unpack(block.items)]


@cache
def seen_now(kind: Kind) -> Seen:
    return Seen(kind.model, lambda rows, keys: _whole(kind, rows, keys))


@cache
def _locked(kind: Kind) -> Seen:
    return Seen(kind.model, lambda rows, keys: _whole(kind, loading.locking(rows), keys))


def _whole(kind: Kind, rows: Any, keys: Any) -> Any:
    related = (*kind.known, "created_by__unit")
    return rows.select_related(*related).filter(pk__in=keys).order_by("pk")
