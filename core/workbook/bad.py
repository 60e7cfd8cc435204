"""Why a file cannot be read, as the child says it: a code and what the sentence needs.

The sentences are in sentences.py, on the other side of the pipe; this must not import Django.
"""

from __future__ import annotations


class Bad(Exception):
    """The file is refused; `code` is a key of sentences.SENTENCES, `where` fills its gaps."""

    def __init__(self, code: str, **where: str | int) -> None:
        super().__init__(code, where)
        self.code = code
        self.where = where
