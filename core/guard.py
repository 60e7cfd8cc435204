"""Owns the one switch that says "core.saving is writing now".

Business models refuse every write while it is off; only core/saving.py turns it on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_writing: ContextVar[bool] = ContextVar("core_writing", default=False)


class WriteOutsideSaving(RuntimeError):
    """A business row was about to be written by something other than core/saving.py."""


@contextmanager
def writing() -> Iterator[None]:
    """Allow writes to business tables inside the block. Only core/saving.py may use it."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def is_writing() -> bool:
    """Say whether the caller runs inside `writing()`."""
    return _writing.get()


def require_writing(label: str) -> None:
    """Raise WriteOutsideSaving unless the caller runs inside `writing()`."""
    if not _writing.get():
        raise WriteOutsideSaving(f"{label} is written only through core.saving.")
