"""History entries of many subjects as rows: each is put into canonical JSON once and sealed.

The shape of an entry and of its hash is core/models/change.py's; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping
from json.encoder import encode_basestring
from typing import Any

from django.db import models

from core.bulk.tables import Row, Table
from core.history import Act, role_of
from core.models import Change
from core.models.change import canonical, moment, sealed


class Entries:
    """Collects one entry per subject and writes them together."""

    def __init__(self, model: type[models.Model], action: str) -> None:
        self._table = Table(Change)
        self._type = model._meta.label_lower
        self._action = action
        self._acts: dict[int, tuple[Act, Row, str, str]] = {}
        self._rows: list[Row] = []
        place = self._table.places
        self._own = [
            place[name]
            for name in ("subject_id", "subject_label", "version", "changes", "prev_hash", "hash")
        ]

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
        known = self._acts.get(id(act)) or self._head(act)
        _act, row, before, between = known
        row = row.copy()
        label = label[:200]
        told = canonical(changes)
        body = (
            f'{before}{told}{between}{pk},"subject_label":{encode_basestring(label)},'
            f'"subject_type":{encode_basestring(self._type)},"version":{version}}}'
        )
        own = (str(pk), label, str(version), told, prev_hash, sealed(prev_hash, body))
        for place, text in zip(self._own, own, strict=True):
            row[place] = self._table.text(text)
        self._rows.append(row)

    def write(self) -> None:
        """Append all entries to the history."""
        self._table.insert(self._rows)

    def _head(self, act: Act) -> tuple[Act, Row, str, str]:
        """Give what all entries of an act share: the act (kept, so that its id stays its own)."""
        first = {"action": self._action, "actor": act.by.pk, "at": moment(act.at)}
        second = {
            "operation": str(act.operation),
            "reason": act.reason,
            "role": role_of(act),
            "source": act.source,
        }
        row = self._table.row({
            **first, **second, "at": act.at, "operation": act.operation, "subject_type": self._type,
        })  # fmt: skip
        before = canonical(first)[:-1] + ',"changes":'
        between = f',{canonical(second)[1:-1]},"subject_id":'
        self._acts[id(act)] = found = (act, row, before, between)
        return found
