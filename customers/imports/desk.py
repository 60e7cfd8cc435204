"""The imports as pages know them: start, match, check, fix, decide, write, stop, undo, look.

Every function that changes something takes `act` and decides again who may; pages never write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import jobs
from core.history import Act
from core.models import User
from core.refusal import Refused
from customers.import_lifecycle import CHECKED, RUNNING, UNDOING
from customers.imports.heads.questions import Question
from customers.imports.pages import asking, encodings, fixing, grid, problems, results
from customers.imports.pages import problems as summaries
from customers.imports.pages.shown import (
    ColumnLine,
    ErrorSheet,
    Group,
    Origin,
    Problem,
    Progress,
    Result,
    ResultRow,
    RowsPage,
    Summary,
    Target,
    ValueLine,
)
from customers.imports.plan.plans import Options
from customers.imports.steps import moves
from customers.imports.steps import undo as undoing
from customers.models import ImportBatch, ImportIssue
from customers.models.import_batch import ImportBatchQuerySet

PAGE = grid.PAGE
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


def start(file: Any, name: str, options: Options, by: User) -> ImportBatch:
    """Keep an uploaded file (anything with `chunks()`) and check it.

    Small files are checked before this returns, larger ones by the worker: look at `state`.
    A file that cannot be read is a batch in state "failed" whose `failure` says why.
    Raises Refused when the user may not import, or the file is too big to keep.
    """
    return moves.begin(file, name, options, by)


def columns(batch: ImportBatch) -> list[ColumnLine]:
    """Give every column of every sheet with where it goes; unknown ones are named, not dropped."""
    return asking.columns(batch)


def column_problems(batch: ImportBatch) -> list[str]:
    """Say what is wrong with the heads and sheets of the file, for the page of columns."""
    return asking.column_problems(batch)


def targets(batch: ImportBatch) -> list[Target]:
    """Give every field a column may be matched to (for the drop-downs)."""
    return asking.all_targets()


def match_columns(batch: ImportBatch, choices: Mapping[str, str], act: Act) -> ImportBatch:
    """Send columns (ColumnLine.key) to targets (Target.key, "" = ignore) and check again.

    Remembered for files with the same headers. Raises Refused (state, right, unknown target, a
    target chosen twice in one sheet), Stale when somebody else moved the import on.
    """
    return asking.match_columns(batch, choices, act)


def encoding(batch: ImportBatch) -> encodings.Encoding | None:
    """Give what a text table was read as, while that can be changed; None for workbooks."""
    return encodings.of(batch)


def read_anew(batch: ImportBatch, name: str, act: Act) -> ImportBatch:
    """Read a text table in another encoding and check it from the beginning.

    Raises Refused (no such encoding, no text table, state, right), Stale.
    """
    return encodings.read_anew(batch, name, act)


def values(batch: ImportBatch, by: User) -> list[ValueLine]:
    """Give the words in reference columns that name nothing known, most frequent first."""
    return asking.values(batch, by)


def questions_of(batch: ImportBatch) -> list[Question]:
    """Give what is asked about the file as a whole, with the answers that hold now."""
    return asking.questions_of(batch)


def match_values(batch: ImportBatch, choices: Mapping[str, str], act: Act) -> ImportBatch:
    """Settle words (ValueLine.key): "map:<code>", "create" or "skip" ("" leaves it open).

    Creates through services/reference with the right for it; remembered; checks again.
    Raises Refused, Stale.
    """
    return asking.match_values(batch, choices, act)


def summary(batch: ImportBatch) -> Summary:
    """Give what the check found. Only for batches that were checked."""
    return summaries.summary(batch)


def groups(batch: ImportBatch, page: int = 1) -> list[Group]:
    """Give a page of equal problems, errors first, then the most frequent."""
    return problems.groups(batch, page)


def rows(
    batch: ImportBatch, sheet: int, status: str, page: int, by: User, group: str = ""
) -> RowsPage:
    """Give a page of a sheet's rows: those of a group (Group.key), of a status, or of all ("")."""
    return grid.rows(batch, sheet, status, page, by, group)


def next_problem(
    batch: ImportBatch, sheet: int, row: int, status: str, group: str = ""
) -> Problem | None:
    """Give the error at a row or behind it: of the group if any is left, else of the file."""
    return fixing.next_problem(batch, sheet, row, status, group)


def fix_cell(
    batch: ImportBatch, sheet: int, row: int, column: int, text: str, act: Act
) -> ImportBatch:
    """Write a cell anew and check again; the file's own text stays in the block.

    Raises Refused, Stale.
    """
    return fixing.fix_cell(batch, sheet, row, column, text, act)


def fix_group(batch: ImportBatch, key: str, texts: Mapping[str, str], act: Act) -> int:
    """Write new texts (old -> new) into the cells of a group of equal problems; give how many.

    Cells with other texts stay. Raises Refused (the group is gone, or texts do not mend it), Stale.
    """
    return fixing.fix_group(batch, key, texts, act)


def decide(batch: ImportBatch, sheet: int, row: int, decision: str, act: Act) -> ImportBatch:
    """Answer for an undecided row: "update:<pk>", "create" or "skip"; "" takes it back.

    Raises Refused when the customer is none of the row's candidates, Stale.
    """
    return fixing.decide(batch, sheet, row, decision, act)


def upload_again(batch: ImportBatch, file: Any, name: str, act: Act) -> ImportBatch:
    """Take the mended error workbook into the same import and check the whole again.

    Its rows stand for those of the same sheet name and row number. Raises Refused, Stale.
    """
    return fixing.upload_again(batch, file, name, act)


def write(batch: ImportBatch, policy: str, submit: bool, act: Act) -> ImportBatch:
    """Write what the check planned; small imports before this returns, others by the worker.

    With policy "all" nothing is written unless everything still holds: the batch is then
    "checked" again and `summary().moved` says what moved. A change of `submit` is checked first:
    with it, a customer that lacks something for the reviewer is an error; look at `state`.
    Raises Refused (errors with policy "all", nothing to write, right), Stale.
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
        if not summaries.summary(batch).customers.writable:
            raise Refused([_("There is nothing to write.")])
    counts = {name: value for name, value in batch.counts.items() if not name.startswith("moved")}
    return moves.go(batch, act, "write", policy=policy, operation=uuid4(), counts=counts)


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


def forgotten(batch: ImportBatch) -> int:
    """Count the customers that are left although the import is over: undo takes them back."""
    return undoing.forgotten(batch)


def resume(batch: ImportBatch, act: Act) -> ImportBatch:
    """Go on at once with an import whose work failed and waits, or stands still.

    The worker carries it out. Raises Refused (right, nothing to set going).
    """
    return moves.resume(batch, act)


def error_workbook_rows(batch: ImportBatch) -> Iterator[ErrorSheet]:
    """Give, sheet by sheet, the user's own rows that are wrong or undecided, with the reasons."""
    return results.error_sheets(batch)


def errors(batch: ImportBatch) -> int:
    """Give the number of errors that were found, cell by cell."""
    return ImportIssue.objects.filter(batch=batch, is_error=True).count()


def progress(batch: ImportBatch) -> Progress:
    """Give how far the running or last job of the batch is."""
    if batch.job is None:
        return Progress(
            *("", "", 0, None, None, None),
            is_running=False,
            is_waiting=False,
            is_stalled=False,
            has_worker=jobs.has_worker(),
            can_stop=False,
            is_standing_still=batch.state in RUNNING,
        )
    now = jobs.progress(batch.job)
    has_failed = now.attempts > 0 and now.state == "queued"
    return Progress(
        phase=now.phase,
        phase_label=str(_PHASES.get(now.phase, "")),
        done=now.done,
        total=now.total,
        per_second=now.per_second,
        seconds_left=now.seconds_left,
        is_running=now.is_open,
        is_taking_back=bool(now.ending) or batch.state == UNDOING,
        is_standing_still=batch.state in RUNNING and not now.is_open,
        failures=now.attempts if has_failed else 0,
        seconds_to_next=now.seconds_to_next if has_failed else None,
        error=now.error,
        is_waiting=now.state == "queued",
        is_stalled=now.is_stalled,
        has_worker=now.has_worker,
        can_stop=moves.can(batch, "stop")
        and now.is_open
        and not now.ending
        and not now.is_cancelling,
    )


def result(batch: ImportBatch, by: User) -> Result:
    """Give the report of a finished (or undone) import as this user may see it."""
    return results.of(batch, by)


def result_rows(
    batch: ImportBatch, status: str, page: int, by: User
) -> tuple[Sequence[ResultRow], int]:
    """Give a page of what became of each customer of the file, and the number of pages."""
    return results.rows(batch, status, page, by)


def origin(customer: Any, by: User) -> Origin | None:
    """Give the import a customer was created by; None for those that people entered."""
    return results.origin(customer, by)
