"""Says what the words of a file stand for: the value behind a code, or the one chosen for them.

Each word is looked up once for a page; what there is is loaded when first asked for.
"""

from __future__ import annotations

from functools import cached_property

from django.utils.translation import gettext as _

from core.records.names import folded
from core.text import listed
from customers.imports.fields.vocabulary import Vocabulary
from customers.imports.heads import memory
from customers.imports.kept import shapes
from customers.imports.plan import values
from customers.imports.steps import lookups
from customers.models import ImportBatch


class Meanings:
    """The meanings of the words of one import."""

    def __init__(self, batch: ImportBatch) -> None:
        self._batch = batch
        self._told: dict[tuple[str, str], str] = {}

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Give all values that cells can point to."""
        return lookups.vocabulary()

    @cached_property
    def _answers(self) -> memory.Answers:
        return shapes.answers_of(self._batch, self.vocabulary)

    def of(self, key: str, text: str) -> str:
        """Give the name that a text of a column stands for, "" where the text says so itself."""
        if not text.strip() or key not in self.vocabulary.names:
            return ""
        if (key, text) not in self._told:
            self._told[key, text] = self._look(key, text)
        return self._told[key, text]

    def _look(self, key: str, text: str) -> str:
        names = self.vocabulary.names[key]
        answer = values.answer_to(self._answers.get(key, {}), text)
        if answer is not None and answer.do != memory.MAP:
            return _("(empty)")
        if answer is not None:
            keys = answer.to if isinstance(answer.to, list) else [answer.to]
            return listed(names.instances[pk].name for pk in keys if pk in names.instances)
        pk = names.find(text).pk
        name = names.instances[pk].name if pk is not None else ""
        return "" if folded(name) == folded(text) else name
