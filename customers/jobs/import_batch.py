"""The jobs of an import: check, write, undo, each with what takes back what it did.

What they do stands in customers/imports; here they get their names.
"""

from __future__ import annotations

from core import extend, jobs
from customers.import_lifecycle import CHECK, UNDO, WRITE
from customers.imports.steps import checking, moves, undo, writing


def register() -> None:
    """Make the jobs known; called once, from apps.ready()."""
    jobs.register(CHECK, checking.run, on_failure=checking.give_up, on_cancel=checking.give_up)
    jobs.register(WRITE, writing.run, on_failure=writing.give_up, on_cancel=writing.give_up)
    jobs.register(
        UNDO,
        undo.run,
        on_failure=undo.give_up,
        on_cancel=undo.give_up,
        is_tireless=True,
    )
    extend.add_mender(moves.mend)
