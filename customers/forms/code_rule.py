"""What an administrator types about a code rule: the rule and the rows of its segments.

What segments make a rule is in core/records/code.py; nothing is saved here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms.grid import Grid
from core.forms.keyed import ColumnsForm, KeyedForm
from core.forms.reference import LongSelect
from core.forms.row import RowForm
from core.records import code as rules
from core.records import coding
from core.records.kind import Kind
from customers.catalog import CODE_SEGMENT, SEGMENTS
from customers.models import CodeRule, CodeSegment
from customers.rules import reference
from customers.services import code_rule
from customers.services.code_rule import HIGHEST

DATE_WORDS = {
    "%Y": _("Year, as 2026"),
    "%y": _("Year, as 26"),
    "%Y%m": _("Month, as 202611"),
    "%y%m": _("Month, as 2611"),
    "%Y%m%d": _("Day, as 20261123"),
}
_ONLY_FOR = {
    "text": rules.CONSTANT,
    "date_format": rules.DATE,
    **dict.fromkeys(("width", "start", "step", "pad"), rules.SERIAL),
}


class CodeRuleForm(ColumnsForm):
    """Code, name and whether codes may be typed."""

    model, columns = CodeRule, ("code", "name", "allow_typed")
    looks = {
        "code": {"kind": "code"},
        "name": {"width": 2},
        "allow_typed": {"kind": "switch", "width": 3},
    }

    def clean_code(self) -> str:
        return reference.code(self.cleaned_data["code"])


class CounterForm(KeyedForm):
    """The last number that a counter is to stand at, and where it stood on the screen."""

    last = forms.IntegerField(label=_("Last number given"), min_value=0, max_value=HIGHEST)
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last"].ui = {"kind": "code"}


class SegmentRow(RowForm):
    """One segment; what its kind does not use goes to its default."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = self.fields["date_format"].label
        self.fields["date_format"] = forms.ChoiceField(
            label=label, required=False, choices=[("", ""), *DATE_WORDS.items()], widget=LongSelect
        )
        self.fields["kind"].required = True
        self.fields["kind"].choices = list(self._kinds())
        kind = self.initial["kind"]
        self.initial |= {name: "" for name, only in _ONLY_FOR.items() if kind not in ("", only)}

    def _kinds(self) -> Iterator[tuple[str, Any]]:
        """Give what stands in any code, and what stands in codes of this kind of record."""
        known = self.grid.kind.coding
        labels = {piece.name: piece.label for piece in known.pieces}
        own = {"", rules.CONSTANT, rules.DATE, rules.SERIAL, *labels}
        for value, label in self.fields["kind"].choices:
            if value in own:
                yield value, labels.get(value, label)

    def row_values(self) -> dict[str, Any]:
        """Give the cells as they are to be stored."""
        values = super().row_values()
        for name, value in values.items():
            wanted = _ONLY_FOR.get(name, values["kind"])
            is_empty = value is None or (name == "date_format" and not value)
            if wanted != values["kind"] or is_empty:
                values[name] = CodeSegment._meta.get_field(name).get_default()
        if values["kind"] == rules.DATE and not self.cleaned_data.get("date_format"):
            values["date_format"] = rules.DATE_FORMATS[-1]
        values["is_basis"] = values["kind"] != rules.SERIAL and bool(values["is_basis"])
        return values


class SegmentGrid(Grid):
    """The segments of one rule in order; `kind` says whose codes it makes."""

    form = SegmentRow
    catalog = CODE_SEGMENT
    label = _("Segments")
    max_num = 10
    absolute_max = 40

    def __init__(self, *, kind: Kind, **more: Any) -> None:
        self.kind = kind
        super().__init__(**more)

    def clean(self) -> None:
        """Ask the rules; each sentence stands at its row."""
        super().clean()
        if any(form.errors for form in self.forms):
            return
        whole = []
        segments = [code_rule.pure_segment(row.values) for row in self.rows()]
        for problem in rules.problems(segments, self.kind.coding.names):
            if problem.line is None:
                whole.append(str(problem.message))
            else:
                self.kept[problem.line].add_error(None, problem.message)
        if whole:
            raise ValidationError(whole)

    def pure(self) -> list[rules.Segment]:
        """Give what the rows mean, as far as they can be understood."""
        self.is_valid()
        if not self.is_bound:
            return [coding.as_segment(row) for row in self.stored]
        understood = [form for form in self.kept if "kind" in form.cleaned_data]
        return [code_rule.pure_segment(form.row_values()) for form in understood]


def segments_of(kind: Kind, rule: CodeRule | None, data: Any = None) -> SegmentGrid:
    """Make the rows of a rule: as posted, as stored, or two pieces and the serial number."""
    stored = list(rule.segments.all()) if rule else [] if data is not None else _usual(kind)
    new = {"is_basis": False}
    return SegmentGrid(kind=kind, prefix=SEGMENTS, stored=stored, new=new, data=data)


def _usual(kind: Kind) -> list[CodeSegment]:
    return [
        *(CodeSegment(kind=name, separator="-") for name in kind.coding.names[:2]),
        CodeSegment(kind=rules.SERIAL, is_basis=False),
    ]
