"""Judges and writes some records of a bulk edit, or takes back what another one wrote of them.

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
from core.models import BulkEdit, BulkEditBlock, Change, User
from core.models.bulk_edit import unpack
from core.records import coding, judging, plain
from core.records.bulk_edit import kept
from core.records.bulk_edit.kept import ADD, CHANGED, REFUSED, REMOVE, SAME, Done
from core.records.kind import Kind
from core.said import items, joined, label
from core.said import said as _
from core.saving import Refused, Stale

Choice = Mapping[str, Mapping[str, Any]]
Wish = Mapping[str, Any]  # native values by field, lists of marks among them


@dataclass
class _Plan:
    """One record on its way: what is wished, what is written, or the sentence why not."""

    record: Any
    wish: Wish
    note: str = ""
    sentence: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    filled: Wish = field(default_factory=dict)
    marks: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    fields: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def is_written(self) -> bool:
        return not self.sentence and bool(self.fields)

    @property
    def done(self) -> Done:
        """Give what came of it."""
        outcome = REFUSED if self.sentence else CHANGED if self.fields else SAME
        told = {} if self.sentence else self.fields
        return Done(self.record.pk, outcome, self.record.version, self.sentence or self.note, told)


class Editor:
    """Carries out an edit for a person, block by block. Raises Refused where a value is gone."""

    def __init__(self, kind: Kind, edit: BulkEdit, user: User) -> None:
        self.kind, self.edit, self.user = kind, edit, user
        self.act = Act(by=user, source="bulk", reason=edit.reason, key=None, operation=edit.pk)
        self._targets = kept.targets(kind)
        self._instances = kept.Instances(self._targets)
        self._wish = self._chosen(edit.choice)

    def look(self, block: BulkEditBlock) -> list[Done]:
        """Say what will be made of the records of a block; it writes nothing."""
        plans, told = self._planned(block, _seen(self.kind))
        return _in_order(block, [*told, *(plan.done for plan in plans)])

    def write(self, block: BulkEditBlock) -> list[Done]:
        """Change the records of a block that may be, in the caller's transaction."""
        self.act = replace(self.act, at=timezone.now())
        plans, told = self._planned(block, _locked(self.kind))
        going = [plan for plan in plans if plan.is_written]
        try:
            self._write(going)
        except (Refused, Stale):  # one of them: find out which
            for plan in going:
                self._write_alone(plan)
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

    def _planned(self, block: BulkEditBlock, ask: Seen) -> tuple[list[_Plan], list[Done]]:
        """Give the plans of the records of a block, and what came of those that moved on."""
        versions = {item[0]: item[1] for item in unpack(block.items)}
        records = ask(self.user, list(versions))
        there = [one for one in records if one.version == versions[one.pk]]
        moved = versions.keys() - {one.pk for one in there}
        away = {pk: versions[pk] for pk in moved}
        why = since(self.kind, away, {one.pk for one in records}) if away else {}
        told = [Done(pk, REFUSED, sentence=why[pk]) for pk in away]
        marks = self._marks(there)
        plans = [_Plan(one, self._wish_of(marks.get(one.pk, {}))) for one in there]
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

    def _judge(self, plans: Iterable[_Plan], marks: Mapping[int, Mapping[str, Any]]) -> None:
        for plan in plans:
            if plan.sentence:
                continue
            try:
                self._follow(plan, marks.get(plan.record.pk, {}))
            except Refused as refused:
                plan.sentence = _sentence(self.kind, refused)

    def _follow(self, plan: _Plan, own: Mapping[str, list[Any]]) -> None:
        """Note what is written of a record. Raises Refused where it may not be."""
        kind, record = self.kind, plan.record
        marks = {name: plan.wish[name] for name in own if name in plan.wish}
        marks = {name: wanted for name, wanted in marks.items() if _differ(wanted, own[name])}
        values = {name: value for name, value in plan.wish.items() if name not in own}
        free = judging.judge(kind, record, values, self.user, marks=marks).require()
        if not free and not marks:
            return
        plan.marks = kind.rules.marks(marks, self.act) if marks else {}
        plan.values, plan.filled = judging.followed(kind, record, free)
        pairs = [(name, record.serializable_value(name), plan.values[name]) for name in plan.values
                 if name in self._targets]  # fmt: skip
        pairs += [(name, own[name], wanted) for name, wanted in marks.items()]
        plan.fields = {
            name: [plain.of(self._targets[name], old), plain.of(self._targets[name], new)]
            for name, old, new in pairs
        }

    def _write(self, plans: Sequence[_Plan]) -> None:
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

    def _write_alone(self, plan: _Plan) -> None:
        try:
            self._write([plan])
        except Refused as refused:
            plan.sentence = _sentence(self.kind, refused)
        except Stale:
            plan.sentence = _("It is being changed by somebody else at this moment.")


class Restorer(Editor):
    """Takes back what an edit wrote, field by field, where nobody changed it since."""

    def __init__(self, kind: Kind, edit: BulkEdit, user: User) -> None:
        assert edit.undoes is not None
        super().__init__(kind, edit, user)
        self.act = replace(self.act, source="bulk undo")
        self._names = frozenset(edit.undoes.choice)

    def _chosen(self, choice: Choice) -> dict[str, Any]:
        return {}

    def _marked(self) -> list[str]:
        return [name for name in self.kind.aggregate.m2m if name in self._names]

    def _planned(self, block: BulkEditBlock, ask: Seen) -> tuple[list[_Plan], list[Done]]:
        """Give the plans of those that the person still sees, and why not of the others."""
        written = {pk: (version, fields) for pk, version, fields in unpack(block.items)}
        records = {one.pk: one for one in ask(self.user, list(written))}
        gone = {pk: version for pk, (version, _fields) in written.items() if pk not in records}
        why = since(self.kind, gone, set()) if gone else {}
        touched = self._touched(
            {pk: written[pk][0] for pk, one in records.items() if one.version != written[pk][0]}
        )
        pairs = [fields.items() for _version, fields in written.values()]
        self._instances.look_up((name, old) for some in pairs for name, (old, _new) in some)
        plans = [
            self._plan(one, written[pk][1], touched.get(pk, {})) for pk, one in records.items()
        ]
        self._judge(plans, self._marks(list(records.values())))
        return plans, [Done(pk, REFUSED, sentence=why[pk]) for pk in gone]

    def _plan(self, record: Any, fields: Mapping[str, Any], touched: Mapping[str, Any]) -> _Plan:
        free = {name: pair for name, pair in fields.items() if name not in touched}
        note = _changed_since(self.kind, [name for name in fields if name in touched], touched)
        try:
            wish = {name: self._instances.native(name, old) for name, (old, _new) in free.items()}
        except KeyError:
            return _Plan(record, {}, sentence=_("A value that it had is not there any more."))
        return _Plan(record, wish, note, "" if free else note)

    def _touched(self, versions: Mapping[int, int]) -> dict[int, dict[str, User]]:
        """Say by record and field who changed it after these versions."""
        found: dict[int, dict[str, User]] = {}
        for entry in _later(self.kind, versions):
            names = found.setdefault(entry.subject_id, {})
            names |= dict.fromkeys(entry.changes.get("fields", ()), entry.actor)
        return found


def since(kind: Kind, seen: Mapping[int, int], in_sight: set[int]) -> dict[int, str]:
    """Say of records that are not as they were `seen` who moved them on, for one who may know."""
    last = {entry.subject_id: entry for entry in _later(kind, seen)}
    unseen = seen.keys() - in_sight
    rows = kind.model._default_manager.filter(pk__in=unseen)
    hidden = set(rows.values_list("pk", flat=True)) if unseen else set()
    return {pk: _since(last.get(pk), is_hidden=pk in hidden) for pk in seen}


def _since(entry: Change | None, *, is_hidden: bool) -> str:
    if is_hidden or entry is None:
        return _("You may not see it any more.") if is_hidden else _("It is not there any more.")
    if entry.action == "delete":
        return _("%(name)s deleted it after you selected it.") % {"name": entry.actor}
    sentence = _("%(name)s changed it after you selected it; look at it again.")
    return sentence % {"name": entry.actor}


def _later(kind: Kind, versions: Mapping[int, int]) -> Iterable[Change]:
    """Give the history entries of these records after these versions, the oldest first."""
    if not versions:
        return ()
    entries = Change.objects.filter(
        subject_type=kind.subject,
        subject_id__in=list(versions),
        version__gt=min(versions.values()),
    )
    found = entries.select_related("actor").order_by("version").iterator(500)
    return (entry for entry in found if entry.version > versions[entry.subject_id])


def _changed_since(kind: Kind, names: Sequence[str], touched: Mapping[str, User]) -> str:
    if not names:
        return ""
    people = items(sorted({str(touched[name]) for name in names}))
    labels = items(label(kind.catalog.label(name)) for name in names)
    return _("%(name)s changed it since: %(what)s") % {"name": people, "what": labels}


def _sentence(kind: Kind, refused: Refused) -> str:
    """Give what was refused of a record as one text, each field with its label."""
    told = [
        _("%(label)s: %(text)s") % {"label": label(kind.catalog.label(name)), "text": text}
        if name in kind.catalog.by_name
        else text
        for name, text in refused.fields.items()
    ]
    others = [one for one in refused.problems if one not in refused.fields.values()]
    return joined([*told, *others])


def _differ(wanted: Iterable[Any], own: Iterable[Any]) -> bool:
    return {key_of(one) for one in wanted} != {key_of(one) for one in own}


def _in_order(block: BulkEditBlock, told: Iterable[Done]) -> list[Done]:
    """Put what came of records into the order in which they were selected."""
    found = {one.pk: one for one in told}
    return [found[item[0]] for item in unpack(block.items)]


@cache
def _seen(kind: Kind) -> Seen:
    return Seen(kind.model, lambda rows, keys: _whole(kind, rows, keys))


@cache
def _locked(kind: Kind) -> Seen:
    return Seen(kind.model, lambda rows, keys: _whole(kind, loading.locking(rows), keys))


def _whole(kind: Kind, rows: Any, keys: Any) -> Any:
    related = (*kind.known, "created_by__unit")
    return rows.select_related(*related).filter(pk__in=keys).order_by("pk")
