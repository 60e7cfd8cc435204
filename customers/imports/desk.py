"""The imports as pages know them: start, match, check, fix, decide, write, stop, undo, look.

Every function that changes something takes `act` and decides again who may; pages never write.
"""

from __future__ import annotations

from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import jobs
from core.history import Act
from core.models import User
from core.records.changes.asking import say_why
from core.refusal import Refused
from customers.import_lifecycle import CHECKED, RUNNING, UNDOING
from customers.imports.kept import shapes
from customers.imports.pages import asking, encodings, fixing, grid, problems, results
from customers.imports.pages.shown import Progress
from customers.imports.plan.plans import Options as Options
from customers.imports.steps import moves
from customers.imports.steps import undo as undoing
from customers.models import ImportBatch
from customers.models.import_batch import ImportBatchQuerySet

start = moves.begin
columns = asking.columns
column_problems = asking.column_problems
match_columns = asking.match_columns
encoding = encodings.of
read_anew = encodings.read_anew
values = asking.values
questions_of = asking.questions_of
match_values = asking.match_values
summary = problems.summary
groups = problems.groups
rows = grid.rows
row = grid.row
next_problem = fixing.next_problem
fix_cell = fixing.fix_cell
fix_group = fixing.fix_group
decide = fixing.decide
upload_again = fixing.upload_again
forgotten = undoing.forgotten
resume = moves.resume
error_workbook_rows = results.error_sheets
result = results.of
result_rows = results.rows
origin = results.origin

_PHASES = {
    "read": lazy("Reading the file"),
    "check": lazy("Checking the rows"),
    "plan": lazy("Comparing with what is there"),
    "verify": lazy("Checking everything once more"),
    "write": lazy("Writing"),
    "undo": lazy("Taking back"),
}


def visible_to(user: User) -> ImportBatchQuerySet:
    """Give the imports a user may open, newest first: one's own, all for administrators."""
    found: ImportBatchQuerySet = ImportBatch.objects.visible_to(user).newest_first()
    return found


def write(
    batch: ImportBatch, policy: str, submit: bool, act: Act, *, reason: str = ""
) -> ImportBatch:
    """Write what the check planned; small imports before this returns, others by the worker.

    With policy "all" nothing is written unless everything still holds: the batch is then
    "checked" again and `summary().moved` says what moved. A change of `submit` is checked first:
    with it, a customer that lacks something for the reviewer is an error; look at `state`.
    `reason` stands in the change requests that are made of what is in force.
    Raises Refused (errors with policy "all", nothing to write, no reason, right), Stale.
    """
    if policy not in ImportBatch.Policy.values:
        raise Refused([_("There is no such write mode.")])
    if submit != batch.submit:
        batch = moves.go(batch, act, "check", submit=submit, policy=policy)
        if batch.state != CHECKED or (policy == "all" and _has_errors(batch)):
            return batch
    if batch.state == CHECKED:
        if policy == ImportBatch.Policy.ALL and _has_errors(batch):
            raise Refused([_("There are errors: mend them, or write only the good rows.")])
        customers = problems.summary(batch).customers
        if not customers.writable:
            raise Refused([_("There is nothing to write.")])
        if customers.requested and not reason.strip():
            raise Refused([say_why()], {"reason": say_why()})
    counts = shapes.unmoved(batch.counts)
    return moves.go(
        batch, act, "write",
        policy=policy, reason=reason.strip(), operation=uuid4(), counts=counts,
    )  # fmt: skip


def _has_errors(batch: ImportBatch) -> bool:
    counts = batch.counts
    sheets = counts.get("sheets", {}).values()
    return any(one.get("failed") for one in (*sheets, counts.get("customers", {})))


def cancel(batch: ImportBatch, act: Act) -> ImportBatch:
    """Stop a check or write after its current chunk; what was written is taken back.

    A batch that is not running is put aside as "cancelled". Raises Refused once it is done.
    """
    if moves.can(batch, "put_aside"):
        moves.move(batch, act, "put_aside", finished_at=timezone.now())
        return batch
    moves.require_right(act.by)
    if not moves.can(batch, "stop") or batch.job is None:
        raise Refused([moves.not_now(batch)])
    jobs.cancel(batch.job, by=act.by)
    batch.refresh_from_db()
    return batch


def undo(batch: ImportBatch, act: Act) -> ImportBatch:
    """Take a finished import back as a whole; small ones before this returns.

    Created customers are deleted, updated ones get their values, children and tags back; those
    touched or used since are kept and listed. What was called over before all was taken back is
    taken up again. Raises Refused (not done, undone before), Stale.
    """
    return moves.go(batch, act, "undo_rest" if undoing.forgotten(batch) else "undo")


def progress(batch: ImportBatch) -> Progress:
    """Give how far the running or last job of the batch is."""
    is_running = batch.state in RUNNING
    if batch.job is None:
        return Progress(has_worker=jobs.has_worker(), is_standing_still=is_running)
    now = jobs.progress(batch.job)
    is_going = now.is_open and not now.ending and not now.is_cancelling
    return Progress(
        **vars(now),
        phase_label=str(_PHASES.get(now.phase, "")),
        is_taking_back=bool(now.ending) or batch.state == UNDOING,
        is_standing_still=is_running and not now.is_open,
        can_stop=is_going and moves.can(batch, "stop"),
    )
