"""Proves that what is stored agrees with itself: history, versions, references, triggers.

It reads only, in streams; apps add their own proofs through core/extend.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, Max, OuterRef

from core import append_only, extend, marks
from core.aggregate import Aggregate
from core.models import Change
from core.snapshot import snapshot

CHUNK = 2_000
MOST_SHOWN = 100


class Tally:
    """What one check looked at and what it found wrong; the first findings in words."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.looked = 0
        self.wrong = 0
        self.findings: list[str] = []

    def look(self, count: int = 1) -> None:
        """Count what was looked at."""
        self.looked += count

    def find(self, row: str, problem: str) -> None:
        """Note a row with what is wrong about it."""
        self.wrong += 1
        if len(self.findings) < MOST_SHOWN:
            self.findings.append(f"{row}: {problem}")


Check = Callable[[Tally], None]


def run() -> Iterator[Tally]:
    """Carry out every check, one after the other, on one unmoving view of the database."""
    checks = {**CHECKS, **extend.verifications()}
    with snapshot():
        for name, check in checks.items():
            tally = Tally(name)
            check(tally)
            yield tally


def entries(**only: Any) -> Iterator[tuple[tuple[str, int], Iterator[Change]]]:
    """Give the history of every subject, ((type, id), entries oldest first), as a stream."""
    stored = Change.objects.filter(**only).order_by("subject_type", "subject_id", "version")
    rows = stored.iterator(chunk_size=CHUNK)
    return groupby(rows, key=attrgetter("subject_type", "subject_id"))


def beside(
    left: Iterator[tuple[int, Any]], right: Iterator[tuple[int, Any]]
) -> Iterator[tuple[int, Any, Any]]:
    """Walk two streams of (key, value), both in order, together; None where one lacks a key."""
    one, two = next(left, None), next(right, None)
    while one is not None or two is not None:
        key = min(pair[0] for pair in (one, two) if pair is not None)
        yield (
            key,
            one[1] if one is not None and one[0] == key else None,
            two[1] if two is not None and two[0] == key else None,
        )
        if one is not None and one[0] == key:
            one = next(left, None)
        if two is not None and two[0] == key:
            two = next(right, None)


def _history(tally: Tally) -> None:
    """Every entry has the right digest and follows the one before; versions run from 1 on."""
    for _subject, found in entries():
        version, previous = 0, ""
        for entry in found:
            tally.look()
            if entry.version != version + 1:
                tally.find(str(entry), f"version {version + 1} is missing before it")
            if entry.prev_hash != previous:
                tally.find(str(entry), "it does not name the hash of the entry before")
            if entry.hash != entry.digest():
                tally.find(str(entry), "its content does not fit its hash")
            if entry.redacted_hash:
                tally.find(str(entry), "it claims to be redacted, which nothing here does")
            version, previous = entry.version, entry.hash


def _versions(tally: Tally) -> None:
    """Every root is at the version of its newest entry; one without a row was deleted."""
    for aggregate in extend.aggregates():
        gone = []
        for pk, version, newest in beside(_roots(aggregate), _newest(aggregate)):
            tally.look()
            row = f"{aggregate.subject_type} {pk}"
            if version is None:
                gone.append((pk, newest))
            elif version != (newest or 0):
                tally.find(row, f"it is at version {version}, its history at {newest or 0}")
            if len(gone) == CHUNK:
                _gone(aggregate, gone, tally)
                gone = []
        _gone(aggregate, gone, tally)


def _roots(aggregate: Aggregate) -> Iterator[tuple[int, int]]:
    rows: Any = aggregate.root._default_manager.order_by("pk").values_list("pk", "version")
    return iter(rows.iterator(chunk_size=CHUNK))


def _newest(aggregate: Aggregate) -> Iterator[tuple[int, int]]:
    stored = Change.objects.filter(subject_type=aggregate.subject_type)
    newest = stored.values("subject_id").annotate(newest=Max("version")).order_by("subject_id")
    return iter(newest.values_list("subject_id", "newest").iterator(chunk_size=CHUNK))


def _gone(aggregate: Aggregate, gone: list[tuple[int, int]], tally: Tally) -> None:
    newest = dict(gone)
    last = Change.objects.filter(
        subject_type=aggregate.subject_type, subject_id__in=newest, version__in=newest.values()
    ).values_list("subject_id", "version", "changes")
    deleted = {pk for pk, version, told in last if version == newest[pk] and "snapshot" in told}
    for pk in sorted(set(newest) - deleted):
        row = f"{aggregate.subject_type} {pk}"
        tally.find(row, "the row is gone, but its history does not tell of its deletion")


def _marks(tally: Tally) -> None:
    """Every row repeats just the marks that its links give it."""
    for aggregate in extend.aggregates():
        for name, column in aggregate.mark_columns.items():
            rows: Any = aggregate.root._default_manager.order_by("pk").values_list("pk", column)
            links = marks.stored(aggregate, name).iterator(chunk_size=CHUNK)
            linked = (
                (pk, [key for _pk, key in found]) for pk, found in groupby(links, itemgetter(0))
            )
            for pk, text, keys in beside(iter(rows.iterator(chunk_size=CHUNK)), linked):
                tally.look()
                if text != marks.text_of(keys or ()):
                    row = f"{aggregate.subject_type} {pk}"
                    tally.find(row, f"{column} is {text!r}, its links say {keys or []}")


def _references(tally: Tally) -> None:
    """No row points to one that is not there."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.ForeignKey) and not model._meta.proxy:
                tally.look()
                _orphans(model, field, tally)


def _orphans(model: type[models.Model], field: models.ForeignKey, tally: Tally) -> None:
    target: Any = field.remote_field.model
    there = target._base_manager.filter(**{field.target_field.attname: OuterRef(field.attname)})
    rows = model._base_manager.filter(~Exists(there), **{f"{field.attname}__isnull": False})
    for pk, key in rows.order_by("pk").values_list("pk", field.attname).iterator(CHUNK):
        tally.find(f"{model._meta.db_table} {pk}", f"{field.column} {key} does not exist")


def _database(tally: Tally) -> None:
    """The database itself finds its pages, indexes and constraints in order."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            told = [row[0] for row in cursor.fetchall()]
            tally.look()
            for line in told if told != ["ok"] else []:
                tally.find("integrity_check", line)
            return
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, convalidated FROM pg_constraint "
            "WHERE connamespace = current_schema()::regnamespace AND conrelid <> 0"
        )
        for table, name, is_valid in cursor.fetchall():
            tally.look()
            if not is_valid:
                tally.find(table, f"the constraint {name} is not valid")
        cursor.execute(
            "SELECT indexrelid::regclass::text, indisvalid FROM pg_index "
            "JOIN pg_class ON pg_class.oid = indexrelid "
            "WHERE relnamespace = current_schema()::regnamespace"
        )
        for name, is_valid in cursor.fetchall():
            tally.look()
            if not is_valid:
                tally.find(name, "the index is not valid")


def _triggers(tally: Tally) -> None:
    """The triggers that keep the history append-only are there."""
    tally.look()
    for name in append_only.missing():
        tally.find(append_only.TABLE, f"the trigger {name} is missing")


CHECKS: dict[str, Check] = {
    "history: digests, chain, no gap": _history,
    "versions: rows agree with their history": _versions,
    "marks: rows repeat what their links say": _marks,
    "references: nothing points into the void": _references,
    "database: pages, indexes, constraints": _database,
    "triggers: the history is append-only": _triggers,
}

__all__ = ["CHECKS", "Check", "Tally", "beside", "entries", "run"]
