"""History entries of many subjects as rows: each is put into canonical JSON once and sealed.

The shape of an entry and of its hash is core/models/change.py's; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

from django.db import models

from core.bulk.tables import Row, table_of
from core.history import Act, role_of
from core.models import Change
from core.models.change import canonical, moment, sealed


class Entries:
    """Collects one entry per subject and writes them together."""

    def __init__(self, model: type[models.Model], action: str) -> None:
        self._table = table_of(Change)
        self._type = model._meta.label_lower
        self._action = action
        self._heads: dict[tuple[Any, ...], tuple[Row, str, str]] = {}
        self._rows: list[Row] = []
        place = self._table.places
        self._own = [
            place[name]
            for name in (
                "subject_id", "subject_label", "version", "changes", "prev_hash", "hash", "source",
            )
        ]  # fmt: skip

    def add(
        self,
        pk: int,
        label: str,
        *,
        version: int,
        act: Act,
        changes: Mapping[str, Any],
        prev_hash: str = "",
    ) -> None:
        """Note what an act did to a subject."""
        case = (act.by.pk, act.at, act.operation, act.reason)
        head, before, between = self._heads.get(case) or self._head(act, case)
        row = head.copy()
        label = label[:200]
        told = canonical(changes)
        body = (
            f'{before}{told}{between},"source":{encode_basestring(act.source)},"subject_id":{pk},'
            f'"subject_label":{encode_basestring(label)},'
            f'"subject_type":{encode_basestring(self._type)},"version":{version}}}'
        )
        seal = sealed(prev_hash, body)
        own = (str(pk), label, str(version), told, prev_hash, seal, act.source)
        for place, text in zip(self._own, own, strict=True):
            row[place] = self._table.text(text)
        self._rows.append(row)

    def write(self) -> None:
        """Append all entries to the history."""
        self._table.insert(self._rows)

    def _head(self, act: Act, case: tuple[Any, ...]) -> tuple[Row, str, str]:
        """Give what all entries of acts that differ in their sources alone have in common."""
        first = {"action": self._action, "actor": act.by.pk, "at": moment(act.at)}
        second = {"operation": str(act.operation), "reason": act.reason, "role": role_of(act)}
        row = self._table.row({
            **first, **second, "at": act.at, "operation": act.operation, "subject_type": self._type,
        })  # fmt: skip
        before = canonical(first)[:-1] + ',"changes":'
        self._heads[case] = found = (row, before, f",{canonical(second)[1:-1]}")
        return found
