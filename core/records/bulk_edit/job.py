"""A bulk edit from the selection to its end: looked at, written, stopped, taken back.

Every step is a job: what is small or quick ends within the request, the rest goes on in a worker,
block by block, each with what came of it in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone

from core import extend, jobs
from core.access import permissions_of
from core.jobs import Failed, Run
from core.models import BulkEdit, Job, User
from core.records.bulk_edit import kept
from core.records.bulk_edit.kept import ASKED, CHANGED, LEFT
from core.records.bulk_edit.restoring import Restorer
from core.records.bulk_edit.work import Editor
from core.records.changes import asking
from core.records.kind import Kind
from core.said import joined
from core.said import said as _
from core.saving import Refused, Stale

LOOK, WRITE, UNDO = "bulk_edit.look", "bulk_edit.write", "bulk_edit.undo"
AT_ONCE, MOST = 500, 100_000
IDLE = timedelta(days=7)
PATIENCE = 2.0  # seconds that a request spends on looking before a worker goes on


def choose(edit: BulkEdit, choice: Mapping[str, Any], reason: str) -> None:
    """Set what an edit is to do, and look at what would come of it. Raises Stale once it began."""
    with atomic():
        mine = BulkEdit.objects.select_for_update().filter(pk=edit.pk, started_at=None)
        if not mine.exists():
            raise Stale
        edit.parts.update(seen=None)
        job = jobs.prepare(LOOK, {"edit": str(edit.pk)}, by=edit.user)
        mine.update(choice=choice, reason=reason, looked={}, job=job)
    jobs.run_here(job, seconds=PATIENCE)


def write(edit: BulkEdit, *, look: int, reason: str | None = None) -> None:
    """Carry out an edit as it was looked at in the job `look`, for this reason (None: as it is).

    Called again it does nothing: it began already. Raises Stale where it was not looked at so,
    Refused where there is no reason for change requests.
    """
    with atomic():
        mine = BulkEdit.objects.select_for_update().filter(pk=edit.pk)
        now = mine.get()
        if now.started_at:
            return
        if now.job_id != look or not now.looked:
            raise Stale
        why = now.reason if reason is None else reason
        if now.looked.get(ASKED):
            asking.require_reason(why)
        job = _made(WRITE, edit)
        mine.update(started_at=timezone.now(), job=job, reason=why)
    _run_small(edit, job)


def undo(edit: BulkEdit) -> BulkEdit:
    """Take back what an edit wrote and nobody changed since, and what it asked for and nobody
    approved; gives what does so, once only.

    Raises Refused where there is nothing to take back.
    """
    edit.refresh_from_db()
    if known := BulkEdit.objects.filter(undoes=edit).first():
        return known
    if not may_undo(edit):
        raise Refused([_("There is nothing that could be taken back.")])
    written = [
        (one.pk, one.version, one.fields, one.request)
        for one in kept.outcomes(edit)
        if one.outcome in (CHANGED, ASKED)
    ]
    try:
        with atomic():
            taking = BulkEdit.objects.create(
                user=edit.user, subject_type=edit.subject_type, choice=edit.choice,
                total=len(written), undoes=edit, started_at=timezone.now(),
            )  # fmt: skip
            kept.add_blocks(taking, written)
            job = _made(UNDO, taking)
            BulkEdit.objects.filter(pk=taking.pk).update(job=job)
    except IntegrityError:  # in this very moment by a second click
        return BulkEdit.objects.get(undoes=edit)
    _run_small(taking, job)
    return taking


def may_undo(edit: BulkEdit) -> bool:
    """Say whether an edit is over, wrote or asked for something, and takes none back."""
    is_over = edit.done_at and edit.undoes_id is None
    return bool(is_over and (edit.done.get(CHANGED) or edit.done.get(ASKED)))


def stop(edit: BulkEdit) -> None:
    """Ask for an edit to end after the block it is at; what is written stays, and can be undone."""
    if edit.job is not None and edit.undoes_id is None:
        jobs.cancel(edit.job, by=edit.user)


def forget_idle(user: User) -> None:
    """Drop selections of a person that nothing came of."""
    before = timezone.now() - IDLE
    BulkEdit.objects.filter(user=user, started_at=None, created_at__lt=before).delete()


def _made(name: str, edit: BulkEdit) -> Job:
    make = jobs.prepare if edit.total <= AT_ONCE else jobs.enqueue
    return make(name, {"edit": str(edit.pk)}, by=edit.user)


def _run_small(edit: BulkEdit, job: Job) -> None:
    if edit.total <= AT_ONCE:
        jobs.run_here(job)


def look(run: Run) -> None:
    """Do the job of looking. Raises Failed where a chosen value is gone."""
    edit = _edit(run)
    if edit.job_id != run.job_id:
        return
    try:
        editor = Editor(_kind(edit), edit, run.by)
    except Refused as refused:
        raise Failed(joined(refused.problems)) from refused
    run.phase("look", edit.total)
    for block in edit.blocks():
        if block.seen is None:
            seen = editor.look(block)
            with run.chunk() as step:
                if not _is_meant(run):
                    return
                edit.parts.filter(pk=block.pk).update(seen=kept.packed(seen))
                _count(step, seen)
    with run.chunk():
        mine = BulkEdit.objects.filter(pk=edit.pk, job=run.job_id, started_at=None)
        mine.update(looked=run.checkpoint["counts"])


def write_all(run: Run) -> None:
    """Do the job of writing. Raises Failed where the right or a chosen value is gone."""
    _carry_out(run, Editor)


def take_back(run: Run) -> None:
    """Do the job of undoing. Raises Failed where the right is gone."""
    _carry_out(run, Restorer)


def end(run: Run) -> None:
    """Close the books of an edit that was stopped or failed: what it did not come to is left."""
    with run.chunk():
        _close(_edit(run))


def _carry_out(run: Run, carrier: Callable[[Kind, BulkEdit, User], Editor]) -> None:
    edit = _edit(run)
    if edit.done_at is not None:
        return
    kind = _kind(edit)
    if kind.right("change") not in permissions_of(run.by):
        sentence = _("You may look at %(records)s but not change them.")
        raise Failed(sentence % {"records": kind.plural})
    try:
        editor = carrier(kind, edit, run.by)
    except Refused as refused:
        raise Failed(joined(refused.problems)) from refused
    run.phase("write", edit.total)
    for block in edit.blocks():
        if block.told is None:
            with run.chunk() as step:
                told = editor.write(block)
                edit.parts.filter(pk=block.pk).update(told=kept.packed(told))
                _count(step, told)
    with run.chunk():
        _close(edit)


def _close(edit: BulkEdit) -> None:
    counts = kept.counted(kept.outcomes(edit), {})
    if left := edit.total - sum(counts.values()):
        counts[LEFT] = left
    BulkEdit.objects.filter(pk=edit.pk).update(done=counts, done_at=timezone.now())


def _count(step: Any, told: Sequence[kept.Done]) -> None:
    """Put the sums so far into the checkpoint, which commits with what they tell of."""
    step.done += len(told)
    counts = kept.counted(told, step.checkpoint.get("counts", {}))
    step.checkpoint = {**step.checkpoint, "counts": counts}


def _is_meant(run: Run) -> bool:
    """Say whether the edit is still to be looked at by this job: nobody chose anew."""
    mine = BulkEdit.objects.select_for_update().filter(pk=run.params["edit"])
    return mine.filter(job=run.job_id, started_at=None).exists()


def _edit(run: Run) -> BulkEdit:
    return BulkEdit.objects.select_related("undoes", "user").get(pk=UUID(run.params["edit"]))


def _kind(edit: BulkEdit) -> Kind:
    found: Kind = next(one for one in extend.kinds() if one.subject == edit.subject_type)
    return found


JOBS = (
    extend.JobKind(LOOK, look),
    extend.JobKind(WRITE, write_all, end),
    extend.JobKind(UNDO, take_back, end, is_tireless=True),
)
