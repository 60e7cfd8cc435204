"""Takes an import back: one piece of code for undo, for stopping, and for what cannot be done.

Created customers are deleted, updated ones restored; who was touched or used since is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core import faults, jobs, saving
from core.aggregate import Edit
from core.history import Act
from core.records import coding
from core.records.changes import withdrawing
from core.said import joined
from core.said import said as _
from customers.import_lifecycle import UNDOING
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.kept import outcomes
from customers.imports.kept.marks import LETTERS
from customers.imports.kept.outcomes import FAILED, KEPT, REVERTED, Done
from customers.imports.steps import chunks, conflicts, lookups, moves
from customers.lifecycle import LIFE
from customers.models import Customer, ImportBatch, ImportOutcome
from customers.parts import PARTS
from customers.queries import group
from customers.services import entered, kinds
from customers.services.aggregates import AGGREGATE

Phase = ImportOutcome.Phase
CREATED, UPDATED = LETTERS["created"], LETTERS["updated"]
MADE = (CREATED, UPDATED, LETTERS["requested"])


def run(run: jobs.Run) -> None:
    """Do the job "import.undo". Raises jobs.Failed when the user lost the right to import."""
    batch = ImportBatch.objects.select_related("by").get(pk=run.params["batch"])
    if batch.state != UNDOING:
        return
    conflicts.require_right(run)
    take_back(batch, run, act_of(batch, run))
    faults.point("import.undo.finish")
    with run.chunk():
        close(batch, run, "take_back")


def give_up(run: jobs.Run) -> None:
    """End an undo that may not go on: the import is done as before, less what was taken back.

    The rest of it can be undone by somebody who may.
    """
    batch = ImportBatch.objects.get(pk=run.params["batch"])
    if batch.state == UNDOING:
        with run.chunk():
            close(batch, run, "leave", failure=run.job.error)


def act_of(batch: ImportBatch, run: jobs.Run) -> Act:
    """Give who takes the import back; the pending rows of the batch are its own."""
    source = f"undo #{batch.number}"
    return Act(by=run.by, source=source, reason="", key=None, batch=batch.pk)


def close(batch: ImportBatch, run: jobs.Run, move: str, *, failure: str = "") -> None:
    """Close the books of an undo: what its chunks did, and how many customers are left."""
    letters = Counter(done.letter for done in outcomes.of(batch, Phase.UNDO))
    let_go(batch)
    told: dict[str, Any] = {name: letters[letter] for name, letter in outcomes.BUCKETS.items()}
    told["left"] = len(waiting(batch))
    if letters or move == "take_back":
        told |= {"at": timezone.now().isoformat(), "by": str(run.by)}
        batch.counts = {**batch.counts, "undo": told}
    moves.made(batch, move, counts=batch.counts, failure=failure)


def waiting(batch: ImportBatch) -> list[Done]:
    """Give the customers that the import wrote and nobody tried to take back yet."""
    return [
        done
        for data in _left(batch).order_by("first").values_list("data", flat=True)
        for done in outcomes.unpacked(data)
        if done.letter in MADE
    ]


def forgotten(batch: ImportBatch) -> int:
    """Count the customers that are left although the import is over: undo takes them back."""
    is_left = moves.can(batch, "undo_rest") and _left(batch).exists()
    return len(waiting(batch)) if is_left else 0


def _left(batch: ImportBatch) -> QuerySet[ImportOutcome]:
    """Give the chunks that were written and not taken back."""
    undone = ImportOutcome.objects.filter(batch=batch, phase=Phase.UNDO)
    written = ImportOutcome.objects.filter(batch=batch, phase=Phase.WRITE)
    return written.exclude(first__in=undone.values("first"))


def take_back(batch: ImportBatch, run: jobs.Run, act: Act) -> None:
    """Take back every chunk that was written, the last first; goes on where it was interrupted."""
    counts = dict(_left(batch).order_by("-first").values_list("pk", "count"))
    run.phase("undo", sum(counts.values()))
    vocabulary = lookups.vocabulary()
    for pk, count in counts.items():
        faults.point("import.undo.chunk")
        with run.chunk() as step:
            chunk = ImportOutcome.objects.get(pk=pk)
            told = Taker(batch, vocabulary, act).revert(outcomes.unpacked(chunk.data))
            outcomes.keep(batch, Phase.UNDO, chunk.first, told)
            step.done += count
            step.checkpoint = {**step.checkpoint, "undone": chunk.first}
            faults.point("import.undo.written")
        faults.point("import.undo.committed")


def let_go(batch: ImportBatch) -> None:
    """Let codes follow those that are left, once all is taken back."""
    taken_back = outcomes.of(batch, Phase.UNDO)
    coding.let_go(kinds.KIND, (done.code for done in taken_back if done.letter == REVERTED))


class Taker:
    """Takes back what one chunk did, inside one transaction."""

    def __init__(self, batch: ImportBatch, vocabulary: Vocabulary, act: Act) -> None:
        self.batch, self.vocabulary, self.act = batch, vocabulary, act
        self._told: dict[int, Done] = {}

    def revert(self, done: Sequence[Done]) -> list[Done]:
        """Take back all that is as the import left it; tell of every created or updated one."""
        written = [one for one in done if one.letter in MADE]
        asked = [one for one in written if one.request is not None]
        approved = self._withdraw(asked)
        here = self._untouched([one for one in written if one.request is None or has_values(one)])
        self._delete([one for one in here if one.letter == CREATED])
        self._restore([one for one in here if one.letter != CREATED])
        for one in asked:
            self._join(one, approved.get(one.number, ""))
        return [self._told[one.number] for one in written]

    def _withdraw(self, asked: Sequence[Done]) -> dict[int, str]:
        """Withdraw the change requests that nobody approved; say by number why others stay."""
        own = {one.request or 0: one for one in asked}
        acts = {pk: self._act(one) for pk, one in own.items()}
        kept = withdrawing.withdraw_many(kinds.KIND, own, self.act, acts=acts)
        return {own[pk].number: why for pk, why in kept.items()}

    def _join(self, one: Done, kept: str) -> None:
        """Tell of one with a change request: it is taken back when the rest of it is, too."""
        rest = self._told.get(one.number)
        if kept:
            also = [rest.reason] if rest and rest.letter != REVERTED else []
            self._tell(one, KEPT, joined([kept, *also]))
        elif rest is None:
            self._tell(one, REVERTED)

    def _untouched(self, written: Sequence[Done]) -> list[Done]:
        keys = [one.pk or 0 for one in written]
        stored = Customer.objects.select_for_update(no_key=True).filter(pk__in=keys)
        versions = dict(stored.order_by("pk").values_list("pk", "version"))
        moved = [one for one in written if versions.get(one.pk or 0) != one.version]
        reasons = conflicts.who_moved({one.pk or 0: one.version for one in moved})
        for one in moved:
            self._tell(one, KEPT, reasons[one.pk or 0])
        gone = {one.number for one in moved}
        return [one for one in written if one.number not in gone]

    def _delete(self, created: Sequence[Done]) -> None:
        if not created:
            return
        by_pk = {one.pk or 0: one for one in created}
        seen = {pk: one.version for pk, one in by_pk.items()}
        left = saving.bulk_delete(AGGREGATE, seen, act=self.act)
        users = saving.in_use(AGGREGATE, list(left)) if left else {}
        for pk, one in by_pk.items():
            if pk in left:
                self._tell(one, KEPT, users.get(pk, _("It is in use.")))
            else:
                self._tell(one, REVERTED)

    def _restore(self, updated: Sequence[Done]) -> None:
        if not updated:
            return
        try:
            with transaction.atomic():
                self._write(updated)
        except (saving.Refused, saving.Stale, KeyError):
            for one in updated:
                self._restore_alone(one)

    def _restore_alone(self, one: Done) -> None:
        """One of them cannot be restored: find out which, and say why."""
        try:
            with transaction.atomic():
                self._write([one])
        except saving.Refused as problem:
            self._tell(one, FAILED, joined(problem.problems))
        except saving.Stale:
            self._tell(one, KEPT, conflicts.who_moved({one.pk or 0: one.version})[one.pk or 0])
        except KeyError:
            self._tell(one, FAILED, _("A value that it had is not there any more."))

    def _write(self, updated: Sequence[Done]) -> None:
        _refuse_circles(updated)
        versions = self._withdrawn([one for one in updated if one.is_submitted])
        present = self._present(updated)
        owners = Customer.objects.select_related("created_by__unit").in_bulk(
            [one.pk or 0 for one in updated]
        )
        parents = {one.before.get("values", {}).get("parent") for one in updated}
        natives = chunks.Natives(self.vocabulary, Customer.objects.in_bulk(parents - {None}))
        edits = []
        for one in updated:
            assert one.pk is not None
            values = one.before.get("values", {})
            rows = {
                child: [(pk if pk in present[child] else None, old) for pk, old in listed]
                for child, listed in one.before.get("rows", {}).items()
            }
            version = versions.get(one.pk, one.version)
            edits.append(natives.edit(owners[one.pk], version, values, rows, self._act(one)))
        outcome = saving.bulk_change(AGGREGATE, edits, act=self.act)
        if outcome.stale:
            raise saving.Stale
        for one in updated:
            self._tell(one, REVERTED)

    def _withdrawn(self, submitted: Sequence[Done]) -> dict[int, int]:
        """Bring those that were submitted back to drafts; give the versions they have then."""
        move = LIFE.transition("withdraw")
        edits = [
            Edit(one.pk or 0, one.version, {"state": move.target}, act=self._act(one))
            for one in submitted
        ]
        if edits and saving.bulk_change(AGGREGATE, edits, act=self.act, action=move.name).stale:
            raise saving.Stale
        return {one.pk or 0: one.version + 1 for one in submitted}

    def _present(self, updated: Sequence[Done]) -> dict[str, set[int]]:
        keys = [one.pk for one in updated]
        return {
            part.name: set(part.rows().filter(customer__in=keys).values_list("pk", flat=True))
            for part in PARTS
        }

    def _act(self, one: Done) -> Act:
        return replace(self.act, source=f"{self.act.source} {one.row}"[:60])

    def _tell(self, one: Done, letter: str, reason: str = "") -> None:
        self._told[one.number] = replace(
            one, letter=letter, reason=reason, before={}, rows=[], is_since=letter == KEPT
        )


def has_values(one: Done) -> bool:
    """Say whether an update replaced values at once."""
    return any(one.before.get(what) for what in ("values", "rows"))


def _refuse_circles(updated: Sequence[Done]) -> None:
    """Raise Refused when a customer would belong to itself, by what was linked since."""
    links: dict[int, int | None] = {
        one.pk or 0: one.before["values"]["parent"]
        for one in updated
        if "parent" in one.before.get("values", {})
    }
    if entered.circles(links):
        raise saving.Refused([group.circle_sentence()])
