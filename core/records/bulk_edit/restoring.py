"""Takes back what a bulk edit wrote of some records, and what it asked for.

Judged and written as an edit is, by the same rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from django.utils import timezone

from core.access import Seen
from core.models import BulkEdit, BulkEditBlock, User
from core.models.bulk_edit import unpack
from core.records.bulk_edit.kept import REFUSED, Done
from core.records.bulk_edit.moved import changed_since, later, since
from core.records.bulk_edit.work import Choice, Editor, Plan, seen_now
from core.records.changes import withdrawing
from core.records.kind import Kind
from core.said import said as _


class Restorer(Editor):
    """Takes back what an edit wrote, field by field, where nobody changed it since.

    What it asked for is withdrawn unless somebody approved it; nothing is asked for to take back.
    """

    may_ask = False

    def __init__(self, kind: Kind, edit: BulkEdit, user: User) -> None:
        assert edit.undoes is not None
        super().__init__(kind, edit, user)
        self.act = replace(self.act, source="bulk undo")
        self._names = frozenset(edit.undoes.choice)
        self._held: Mapping[int, str] = {}

    def write(self, block: BulkEditBlock) -> list[Done]:
        """Take back what was made of the records of a block, in the caller's transaction."""
        self.act = replace(self.act, at=timezone.now())
        self._held = self._withdraw(block)
        return super().write(block)

    def _withdraw(self, block: BulkEditBlock) -> dict[int, str]:
        """Withdraw the requests of the records that the person sees; say by record what stays."""
        asked = {item.request: item.pk for item in _items(block) if item.request}
        seen = {one.pk for one in seen_now(self.kind)(self.user, list(asked.values()))}
        keys = [key for key, pk in asked.items() if pk in seen]
        kept = withdrawing.withdraw_many(self.kind, keys, self.act) if keys else {}
        return {asked[key]: why for key, why in kept.items()}

    def _chosen(self, choice: Choice) -> dict[str, Any]:
        return {}

    def _marked(self) -> list[str]:
        return [name for name in self.kind.aggregate.m2m if name in self._names]

    def _planned(self, block: BulkEditBlock, ask: Seen) -> tuple[list[Plan], list[Done]]:
        """Give the plans of those that the person still sees, and why not of the others."""
        written = {item.pk: item for item in _items(block)}
        records = {one.pk: one for one in ask(self.user, list(written))}
        gone = {pk: item.version for pk, item in written.items() if pk not in records}
        why = since(self.kind, gone, set()) if gone else {}
        seen = {pk: written[pk].version for pk in records}
        touched = self._touched({pk: seen[pk] for pk in seen if records[pk].version != seen[pk]})
        pairs = [item.fields.items() for item in written.values()]
        self._instances.look_up((name, old) for some in pairs for name, (old, _new) in some)
        plans = [self._plan(one, written[pk], touched.get(pk, {})) for pk, one in records.items()]
        self._judge(plans, self._marks(list(records.values())))
        return plans, [Done(pk, REFUSED, sentence=why[pk]) for pk in gone]

    def _plan(self, record: Any, item: _Item, touched: Mapping[str, Any]) -> Plan:
        free = {name: pair for name, pair in item.fields.items() if name not in touched}
        names = [name for name in item.fields if name in touched]
        plan = Plan(record, {}, changed_since(self.kind, names, touched))
        plan.request, plan.held = item.request, self._held.get(item.pk, "")
        plan.is_withdrawn = bool(item.request) and not plan.held
        plan.sentence = "" if free else plan.note
        try:
            plan.wish = {
                name: self._instances.native(name, old) for name, (old, _new) in free.items()
            }
        except KeyError:
            plan.sentence = _("A value that it had is not there any more.")
        return plan

    def _touched(self, versions: Mapping[int, int]) -> dict[int, dict[str, User]]:
        """Say by record and field who changed it after these versions."""
        found: dict[int, dict[str, User]] = {}
        for entry in later(self.kind, versions):
            names = found.setdefault(entry.subject_id, {})
            names |= dict.fromkeys(entry.changes.get("fields", ()), entry.actor)
        return found


class _Item(NamedTuple):
    """What an edit made of a record that is taken back; its request, 0 for none."""

    pk: int
    version: int
    fields: Mapping[str, Any]
    request: int = 0


def _items(block: BulkEditBlock) -> list[_Item]:
    return [_Item(*one) for one in unpack(block.items)]
