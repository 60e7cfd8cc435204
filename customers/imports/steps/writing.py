"""Writes what a check planned: chunk by chunk, each with its outcome and checkpoint in one commit.

Killed at any moment it goes on where it stopped; new records stay out of sight until the last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import timezone

from core import faults, jobs, saving
from core.history import Act
from core.said import plain
from core.said import said as _
from customers.import_lifecycle import CHECK, WRITING
from customers.imports.kept import marks, outcomes, shapes
from customers.imports.kept.marks import LETTERS
from customers.imports.steps import conflicts, lookups, moves, undo
from customers.imports.steps.chunks import Chunk
from customers.imports.steps.conflicts import Entry
from customers.models import ImportBatch, ImportOutcome, ImportPlan
from customers.services.aggregates import AGGREGATE

Phase = ImportOutcome.Phase
Entries = Callable[[int], Sequence[Entry]]
# The plans of a small import stay in memory between its two looks at them.
KEPT_BLOCKS = 10
MOST_MOVED = 1_000
# So many go into the first chunk while somebody waits: a request ends between two of them.
SHORT_CHUNK = 500


def run(run: jobs.Run) -> None:
    """Do the job "import.write". Raises jobs.Failed when the user lost the right to import."""
    batch = ImportBatch.objects.select_related("by").get(pk=run.params["batch"])
    if batch.state != WRITING:
        return
    conflicts.require_right(run)
    blocks = list(
        ImportPlan.objects.filter(batch=batch).order_by("first").values_list("pk", "count")
    )
    total = sum(count for _pk, count in blocks)
    vocabulary = lookups.vocabulary()
    entries = lru_cache(len(blocks) if len(blocks) <= KEPT_BLOCKS else 0)(_entries)
    run.pace.begin(
        min(settings.IMPORT_CHUNK, SHORT_CHUNK) if run.is_awaited else settings.IMPORT_CHUNK
    )
    is_sure = bool(batch.policy != ImportBatch.Policy.ALL or run.checkpoint.get("sure"))
    if not is_sure and total > run.pace.size:
        if not _still_holds(batch, run, blocks, entries, vocabulary):
            return
        is_sure = True
    if ImportOutcome.objects.filter(batch=batch, phase=Phase.UNDO).exists():
        raise jobs.Failed(_("The import was interrupted while it was taken back."))
    run.phase("write", total)
    begun = max(run.checkpoint.get("next", 0), outcomes.number(batch, Phase.WRITE))
    is_sure = is_sure or begun > 0
    for part in _parts(blocks, begun, entries, run.pace):
        try:
            _write(batch, run, part, vocabulary, is_sure=is_sure, is_whole=len(part) == total)
        except _Moved as error:
            _tell_moved(batch, run, _places(part, error.found))
            return
    faults.point("import.write.finish")
    with run.chunk():
        saving.release(AGGREGATE, batch.pk)
        _finish(batch, run)
    faults.point("import.write.finished")


class _Moved(Exception):
    """Something moved since the check, and all or nothing was wanted."""

    def __init__(self, found: Mapping[int, conflicts.Conflict]) -> None:
        super().__init__(len(found))
        self.found = found


def _write(
    batch: ImportBatch,
    run: jobs.Run,
    part: Sequence[Entry],
    vocabulary: Any,
    *,
    is_sure: bool,
    is_whole: bool,
) -> None:
    """Write one chunk, maybe the only one.

    Raises _Moved, with nothing written, unless `is_sure` that all may go on.
    """
    faults.point("import.write.chunk")
    with run.chunk() as step:
        _take_turn()
        conflicts.require_right(run)
        chunk = Chunk(batch, vocabulary, act_of(batch, run), is_whole=is_whole)
        done = chunk.write(part)
        if chunk.out and not is_sure:
            raise _Moved(chunk.out)
        outcomes.keep(batch, Phase.WRITE, part[0].planned.number, done)
        step.done += len(part)
        step.checkpoint = {"sure": True, "next": part[-1].planned.number + 1}
        faults.point("import.write.written")
    faults.point("import.write.committed")


def give_up(run: jobs.Run) -> None:
    """Take back everything a write did, because it was stopped or cannot be done."""
    batch = ImportBatch.objects.select_related("by").get(pk=run.params["batch"])
    if batch.state != WRITING:
        return
    undo.take_back(batch, run, act_of(batch, run))
    with run.chunk():
        saving.release(AGGREGATE, batch.pk)
        undo.let_go(batch)
        _settle(batch)
        moves.end(batch, run, counts=batch.counts)


def act_of(batch: ImportBatch, run: jobs.Run) -> Act:
    """Give who writes, from which import, as one operation of the history."""
    assert batch.operation is not None
    return Act(
        by=run.by,
        source=f"import #{batch.number}",
        reason="",
        key=None,
        operation=batch.operation,
        batch=batch.pk,
    )


def _take_turn() -> None:
    """Let one import write at a time: two with the same customer must see one another.

    The oldest import's row stands for all of them; it is locked for the length of a chunk.
    """
    ImportBatch.objects.select_for_update(no_key=True).order_by("pk").first()


def _still_holds(
    batch: ImportBatch, run: jobs.Run, blocks: Sequence[Any], entries: Entries, vocabulary: Any
) -> bool:
    """Check the whole plan again before the first row; if something moved, nothing is written."""
    run.phase("verify", sum(count for _pk, count in blocks))
    moved: list[list[Any]] = []
    for pk, _count in blocks:
        part = entries(pk)
        found = conflicts.find(part, run.by, vocabulary, lock=False, batch=batch.pk)
        moved += _places(part, found)
        run.beat()
    faults.point("import.write.verified")
    if moved:
        _tell_moved(batch, run, moved)
        return False
    with run.chunk() as step:
        step.checkpoint = {"sure": True, "next": 0}
    return True


def _places(part: Sequence[Entry], found: Mapping[int, conflicts.Conflict]) -> list[list[Any]]:
    """Give where in the file the plans with a conflict stand, and what it is."""
    return [
        [
            planned.sheet,
            planned.row,
            planned.title,
            planned.pk,
            plain(conflict.reason),
            conflict.is_since,
        ]
        for planned in (entry.planned for entry in part)
        if (conflict := found.get(planned.number))
    ]


def _tell_moved(batch: ImportBatch, run: jobs.Run, moved: Sequence[list[Any]]) -> None:
    """Have everything checked anew, with what moved since the last time: nothing was written."""
    told = {"moved": moved[:MOST_MOVED]}
    with run.chunk():
        job = jobs.enqueue(CHECK, {"batch": batch.pk, "told": told}, by=run.by)
        moves.made(batch, "check_again", job=job)


def _parts(
    blocks: Sequence[tuple[int, int]], begun: int, entries: Entries, pace: Any
) -> Iterator[list[Entry]]:
    """Give the plans from number `begun` on, as many at once as go into one chunk."""
    waiting: list[Entry] = []
    for pk, count in blocks:
        first = ImportPlan.objects.values_list("first", flat=True).get(pk=pk)
        if first + count <= begun:
            continue
        waiting += [entry for entry in entries(pk) if entry.planned.number >= begun]
        while len(waiting) >= pace.size:
            size = pace.size
            yield waiting[:size]
            waiting = waiting[size:]
    while waiting:
        size = pace.size
        yield waiting[:size]
        waiting = waiting[size:]


def _entries(pk: int) -> list[Entry]:
    """Give the plans of a block with their keys."""
    block = ImportPlan.objects.get(pk=pk)
    pairs = zip(shapes.plans_of(block), shapes.keys_in(block), strict=True)
    return [Entry(planned, keys, frozenset(seen)) for planned, (keys, seen) in pairs]


def _finish(batch: ImportBatch, run: jobs.Run) -> None:
    """Close the books: counts from what every customer of the file came to, row by row."""
    _settle(batch)
    now = timezone.now()
    # Kept here: the job of the batch is another one as soon as somebody takes it back.
    took = (now - (run.job.started_at or now)).total_seconds()
    batch.counts["write_seconds"] = max(round(took, 2), 0.01)
    moves.made(batch, "finish", counts=batch.counts, finished_at=now)


def _settle(batch: ImportBatch) -> None:
    """Put into `counts["result"]` what came of the rows and customers of the file."""
    customers: Counter[str] = Counter()
    codes, submitted = outcomes.Runs(), 0
    moved: dict[int, dict[int, str]] = {}
    for done in outcomes.of(batch, Phase.WRITE):
        customers[done.letter] += 1
        submitted += done.is_submitted
        if done.letter == LETTERS["created"] and done.code:
            codes.add(done.code)
        for sheet, row, letter in done.rows:
            moved.setdefault(sheet, {})[row] = letter
    shapes.mark(batch, moved)
    batch.counts = {
        **batch.counts,
        "result": {
            "sheets": shapes.sheet_counts(batch, is_written=True),
            "customers": marks.counted(customers),
            "codes": codes.told(),
            "submitted": submitted,
        },
    }
