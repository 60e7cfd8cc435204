"""What `manage.py verify` proves about imports: they add up, and their customers are there.

It reads only, one import after the other.
"""

from __future__ import annotations

from collections import Counter

from core.verify import Check, Tally
from customers.import_lifecycle import CANCELLED, DONE, FAILED, RUNNING, UNDOING, UNDONE, WRITING
from customers.imports.kept import marks, outcomes, shapes
from customers.imports.kept.marks import LETTERS
from customers.models import Customer, ImportBatch, ImportBlock, ImportOutcome

Phase = ImportOutcome.Phase
_WRITTEN = (DONE, UNDOING, UNDONE)
_MADE = (LETTERS["created"], LETTERS["updated"], LETTERS["requested"])


def add_up(tally: Tally) -> None:
    """Of every written import read = added + updated + unchanged + skipped + failed, by rows."""
    for batch in ImportBatch.objects.filter(state__in=_WRITTEN).order_by("pk").iterator():
        tally.look()
        told = batch.counts.get("result", {})
        done = Counter(one.letter for one in outcomes.of(batch, Phase.WRITE))
        if marks.counted(done) != told.get("customers"):
            tally.find(str(batch), "its counts differ from what its chunks say")
        stored = ImportBlock.objects.filter(batch=batch).values_list("sheet", "statuses", "count")
        for sheet, statuses, count in stored:
            if len(statuses) != count:
                tally.find(str(batch), f"sheet {sheet} has rows without a status")
        sheets = shapes.sheet_counts(batch, is_written=True)
        for sheet, counts in told.get("sheets", {}).items():
            if sheets.get(sheet) != counts:
                tally.find(str(batch), f"the counts of sheet {sheet} differ from its rows")
            if counts["read"] != sum(n for name, n in counts.items() if name != "read"):
                tally.find(str(batch), f"the counts of sheet {sheet} do not add up")


def nothing_pending(tally: Tally) -> None:
    """Only an import that is being written holds customers back."""
    held = Customer.objects.exclude(pending_batch=None)
    writing = ImportBatch.objects.filter(state=WRITING).values("pk")
    tally.look(held.count())
    lost = held.exclude(pending_batch__in=writing)
    for pk, batch in lost.values_list("pk", "pending_batch").iterator():
        tally.find(f"customer {pk}", f"it is held back for import {batch}, which is not writing")


def undone(tally: Tally) -> None:
    """What was taken back adds up: all of it where the import says so, and nothing twice."""
    over = (*_WRITTEN, CANCELLED, FAILED)
    for batch in ImportBatch.objects.filter(state__in=over).order_by("pk").iterator():
        tally.look()
        written, taken = _by_chunk(batch, Phase.WRITE), _by_chunk(batch, Phase.UNDO)
        for first, letters in taken.items():
            number = sum(letters.values())
            if sum(written.get(first, Counter())[one] for one in _MADE) != number:
                tally.find(str(batch), f"chunk {first} was taken back otherwise than written")
        untouched = [letters for first, letters in written.items() if first not in taken]
        left = sum(letters[one] for letters in untouched for one in _MADE)
        if left and batch.state not in (DONE, UNDOING):
            tally.find(str(batch), f"it is over, but {left} customers were not taken back")
        told = batch.counts.get("undo")
        if told and batch.state in (DONE, UNDONE):
            total = sum(taken.values(), Counter())
            found = {name: total[letter] for name, letter in outcomes.BUCKETS.items()}
            if {name: told.get(name) for name in found} != found:
                tally.find(str(batch), "the counts of its undo differ from what its chunks say")


def _by_chunk(batch: ImportBatch, phase: str) -> dict[int, Counter[str]]:
    stored = ImportOutcome.objects.filter(batch=batch, phase=phase)
    return {
        first: Counter(one.letter for one in outcomes.unpacked(data))
        for first, data in stored.values_list("first", "data").iterator(10)
    }


def none_stands_still(tally: Tally) -> None:
    """Whatever is being read, checked, written or undone has a job that goes on with it."""
    tally.look(ImportBatch.objects.filter(state__in=RUNNING).count())
    for batch in ImportBatch.objects.standing_still().iterator():
        tally.find(
            str(batch), f"it is “{batch.state}” and no job works on it (a worker sets it going)"
        )


CHECKS: dict[str, Check] = {
    "imports: counts agree with the rows": add_up,
    "imports: what was undone adds up": undone,
    "imports: none stands still": none_stands_still,
    "imports: nobody is held back for good": nothing_pending,
}
