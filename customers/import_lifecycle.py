"""The lifecycle of an import: its states, which moves lead from one to another, whose they are.

Data only. People's moves need the right; the others are made by the job that works in a state.
"""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

from core.workflow import State, Transition, Workflow

RIGHT = "customers.import_customer"

UPLOADED, CHECKING, MAPPING, CHECKED = "uploaded", "checking", "mapping", "checked"
WRITING, DONE, FAILED, CANCELLED = "writing", "done", "failed", "cancelled"
UNDOING, UNDONE = "undoing", "undone"

CHECK, WRITE, UNDO = "import.check", "import.write", "import.undo"
# The job that works on an import in each of these states; in the others nobody does.
JOBS = {UPLOADED: CHECK, CHECKING: CHECK, WRITING: WRITE, UNDOING: UNDO}
RUNNING = tuple(JOBS)

# How many steps of the pages are behind it stands at the end.
STATES = (
    State(UPLOADED, pgettext_lazy("import", "Uploaded"), "info", "", 3),
    State(CHECKING, pgettext_lazy("import", "Checking"), "info", "", 3),
    State(MAPPING, pgettext_lazy("import", "Columns to match"), "warn", "", 1),
    State(CHECKED, pgettext_lazy("import", "Checked"), "warn", "", 3),
    State(WRITING, pgettext_lazy("import", "Writing"), "info", "", 4),
    State(DONE, pgettext_lazy("import", "Done"), "success", "", 5),
    State(FAILED, pgettext_lazy("import", "Failed"), "danger", "", 0, is_setback=True),
    State(CANCELLED, pgettext_lazy("import", "Stopped"), "neutral", "", 3),
    State(UNDOING, pgettext_lazy("import", "Being undone"), "info", "", 5),
    State(UNDONE, pgettext_lazy("import", "Undone"), "neutral", "", 5),
)


def _move(name: str, sources: tuple[str, ...], target: str, permission: str = "") -> Transition:
    return Transition(name, "", "", sources, target, permission)


TRANSITIONS = (
    _move("match", (MAPPING, CHECKED), CHECKING, RIGHT),
    _move("check", (CHECKED,), CHECKING, RIGHT),
    _move("mend", (CHECKED,), CHECKED, RIGHT),
    _move("read_anew", (MAPPING, CHECKED, FAILED), CHECKING, RIGHT),
    _move("write", (CHECKED,), WRITING, RIGHT),
    _move("put_aside", (MAPPING, CHECKED), CANCELLED, RIGHT),
    _move("undo", (DONE,), UNDOING, RIGHT),
    # Older programs left customers behind in these.
    _move("undo_rest", (UNDONE, CANCELLED, FAILED), UNDOING, RIGHT),
    _move("ask", (UPLOADED, CHECKING), MAPPING),
    _move("judge", (UPLOADED, CHECKING), CHECKED),
    _move("stop", (UPLOADED, CHECKING, WRITING), CANCELLED),
    _move("fail", (UPLOADED, CHECKING, WRITING), FAILED),
    _move("check_again", (WRITING,), CHECKING),
    _move("finish", (WRITING,), DONE),
    _move("take_back", (UNDOING,), UNDONE),
    _move("leave", (UNDOING,), DONE),
)

IMPORT = Workflow("import", STATES, TRANSITIONS, {})
