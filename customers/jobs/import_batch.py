"""The jobs of an import: check, write, undo, each with what takes back what it did.

What they do stands in customers/imports; here they get their names.
"""

from core.extend import JobKind
from customers.import_lifecycle import CHECK, UNDO, WRITE
from customers.imports.steps import checking, undo, writing

JOBS = (
    JobKind(CHECK, checking.run, checking.give_up),
    JobKind(WRITE, writing.run, writing.give_up),
    JobKind(UNDO, undo.run, undo.give_up, is_tireless=True),
)
