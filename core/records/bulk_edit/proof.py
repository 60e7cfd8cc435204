"""The proof for `manage.py verify`: edits of many records tell what the history tells of them."""

from __future__ import annotations

from core.models import BulkEdit, Change
from core.records.bulk_edit import kept
from core.verify import CHUNK, Check, Tally


def check_edits(tally: Tally) -> None:
    """Every record that an edit says it wrote has an entry of that edit, and no other has one."""
    for edit in BulkEdit.objects.exclude(started_at=None).order_by("created_at", "pk").iterator():
        entries = Change.objects.filter(operation=edit.pk, subject_type=edit.subject_type)
        there = set(entries.values_list("subject_id", flat=True).iterator(CHUNK))
        told = {one.pk for one in kept.outcomes(edit) if one.fields}
        tally.look(edit.total)
        for pk in sorted(told ^ there):
            lacks = "its history lacks what the edit tells"
            told_not = "the edit does not tell what its history has"
            row = f"{edit.subject_type} {pk}, bulk edit {edit.pk}"
            tally.find(row, lacks if pk in told else told_not)


CHECKS: dict[str, Check] = {"bulk edits: they tell what the history tells": check_edits}
