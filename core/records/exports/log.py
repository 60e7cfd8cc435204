"""Writes down every file that leaves: before its first byte, and again when it is complete."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone, translation

from core.jobs import files
from core.models import ExportLog
from core.snapshot import snapshot

KEPT = timedelta(days=7)

Parts = Callable[[], Iterator[tuple[int, bytes]]]


def begin(
    subject: str,
    user: Any,
    *,
    kind: str,
    name: str,
    conditions: dict[str, Any],
    columns: Sequence[str],
    state: str = ExportLog.State.RUNNING,
) -> ExportLog:
    """Note who is about to take what; without this row nothing leaves."""
    return ExportLog.objects.create(
        user=user,
        subject_type=subject,
        kind=kind,
        name=name,
        conditions=conditions,
        columns=list(columns),
        state=state,
    )


def finish(log: ExportLog, *, rows: int, state: str) -> None:
    """Note how many rows left, and whether the file is complete."""
    ExportLog.objects.filter(pk=log.pk).update(rows=rows, state=state, finished_at=timezone.now())


def forget_old() -> None:
    """Drop the files that were made longer ago than they are kept; what left stays noted."""
    before = timezone.now() - KEPT
    for log in ExportLog.objects.filter(finished_at__lt=before, file__isnull=False):
        assert log.file is not None
        files.delete(log.file)


def streamed(log: ExportLog, parts: Parts) -> Iterator[bytes]:
    """Give a file part by part, all of it from one look at the database, in today's language.

    A reader who goes away, or an error half-way, leaves a record that says so.
    """
    return _streamed(log, parts, translation.get_language() or "")


def _streamed(log: ExportLog, parts: Parts, language: str) -> Iterator[bytes]:
    total, state = 0, ExportLog.State.FAILED
    try:
        with translation.override(language), snapshot():
            for rows, data in parts():
                total = rows
                if data:
                    yield data
        state = ExportLog.State.DONE
    finally:
        finish(log, rows=total, state=state)
