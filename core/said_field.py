"""A column of sentences: kept as message and arguments, read in the language of whoever reads."""

from __future__ import annotations

from typing import Any

from core.fields import LongText
from core.said import packed, unpacked


class SaidText(LongText):
    """A sentence of core.said; a text without a message is kept and given as it is."""

    def get_prep_value(self, value: Any) -> Any:
        """Pack a sentence; one too long to keep with its arguments is kept as its words."""
        value = value if value is None else packed(value)
        if isinstance(value, str) and self.max_length and len(value) > self.max_length:
            value = str(unpacked(value))[: self.max_length]
        return super().get_prep_value(value)

    def from_db_value(self, value: Any, *_ignored: Any) -> Any:
        """Say the sentence in the language of the moment."""
        return value if value is None else unpacked(value)
