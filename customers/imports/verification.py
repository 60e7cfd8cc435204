"""What `manage.py verify` proves about imports: they add up, and their customers are there.

It reads only, one import after the other.
"""

from __future__ import annotations

from collections import Counter

from core.verify import Check, Tally
from customers.imports import marks, outcomes
from customers.models import Customer, ImportBatch, ImportBlock, ImportOutcome

State = ImportBatch.State
Phase = ImportOutcome.Phase
_WRITTEN = (State.DONE, State.UNDOING, State.UNDONE)


def add_up(tally: Tally) -> None:
    """Of every written import read = added + updated + unchanged + skipped + failed, by rows."""
    for batch in ImportBatch.objects.filter(state__in=_WRITTEN).order_by("pk").iterator():
        tally.look()
        told = batch.counts.get("result", {})
        done = Counter(one.letter for one in outcomes.of(batch, Phase.WRITE))
        if marks.counted(done) != told.get("customers"):
            tally.find(str(batch), "its counts differ from what its chunks say")
        sheets: dict[str, Counter[str]] = {}
        stored = ImportBlock.objects.filter(batch=batch).values_list("sheet", "statuses", "count")
        for sheet, statuses, count in stored:
            if len(statuses) != count:
                tally.find(str(batch), f"sheet {sheet} has rows without a status")
            sheets.setdefault(str(sheet), Counter()).update(statuses.replace("d", "s"))
        for sheet, counts in told.get("sheets", {}).items():
            if marks.counted(sheets.get(sheet, Counter())) != counts:
                tally.find(str(batch), f"the counts of sheet {sheet} differ from its rows")
            if counts["read"] != sum(n for name, n in counts.items() if name != "read"):
                tally.find(str(batch), f"the counts of sheet {sheet} do not add up")


def nothing_pending(tally: Tally) -> None:
    """Only an import that is being written holds customers back."""
    held = Customer.objects.exclude(pending_batch=None)
    writing = ImportBatch.objects.filter(state=State.WRITING).values("pk")
    tally.look(held.count())
    lost = held.exclude(pending_batch__in=writing)
    for pk, batch in lost.values_list("pk", "pending_batch").iterator():
        tally.find(f"customer {pk}", f"it is held back for import {batch}, which is not writing")


CHECKS: dict[str, Check] = {
    "imports: counts agree with the rows": add_up,
    "imports: nobody is held back for good": nothing_pending,
}
