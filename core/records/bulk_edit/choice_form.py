"""The form that says what a bulk edit sets: the controls of the entry form, none of them filled.

What is left empty stays as it is; to empty a field has a box of its own. It parses and explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core.access import may_change
from core.aggregate import is_blank
from core.catalog import Row
from core.fields import CleanCharField
from core.forms.catalog import checked, field_for, typed
from core.forms.keyed import MOST_REASON
from core.forms.reference import References
from core.models import BulkEdit
from core.records import plain
from core.records.bulk_edit import kept
from core.records.bulk_edit.kept import ADD, REMOVE, SET
from core.records.changes.asking import say_why
from core.records.register import Register

YES, NO = "1", "0"
WAYS = ((ADD, lazy("Add to those there")), (REMOVE, lazy("Take away")), (SET, lazy("Replace all")))


@dataclass(frozen=True)
class Place:
    """One field to set: its control, the box that empties it, and how marks are set."""

    control: BoundField
    empty: BoundField | None
    way: BoundField | None


class WhyForm(forms.Form):
    """Why: it stands in the history, and in each change request, which it is `needed` for."""

    reason = CleanCharField(
        label=lazy("Reason"),
        multiline=True,
        required=False,
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None, *, initial: Any = None, needed: bool = False) -> None:
        super().__init__(data, initial=initial)
        self.fields["reason"].required = needed
        self.fields["reason"].error_messages["required"] = say_why()


class ChoiceForm(WhyForm):
    """What to set, as nothing yet, as an edit says (`edit`), or (with `data`) as typed."""

    def __init__(self, register: Register, edit: BulkEdit, user: Any, data: Any = None) -> None:
        super().__init__(data, initial={"reason": edit.reason})
        self.kind, self.catalog, self.edit = register.kind, register.kind.catalog, edit
        self.rows = [row for row in kept.rows(self.kind) if not may_change(row, user, None)]
        self._targets = kept.targets(self.kind)
        references, modes = References(user), getattr(register.form, "modes", {})
        stored = self._stored()
        for row in self.rows:
            self._add(row, references, stored.get(row.name), modes)

    @property
    def places(self) -> Iterator[Place]:
        """Give the fields in the order of the field table."""
        for row in self.rows:
            empty, way = _empty(row.name), _way(row.name)
            yield Place(
                self[row.name],
                self[empty] if empty in self.fields else None,
                self[way] if way in self.fields else None,
            )

    def clean(self) -> dict[str, Any]:
        """Ask the validators of the model; something is to be set, and to one value."""
        super().clean()
        for name in [row.name for row in self.rows if self._is_given(row.name)]:
            problem, value = checked(self.catalog.field(name), self.cleaned_data[name])
            if problem or self.cleaned_data.get(_empty(name)):
                self.add_error(name, problem or _("Give a value or empty the field, not both."))
            else:
                self.cleaned_data[name] = value
        if not self.errors and not self.choice:
            self.add_error(None, _("Set at least one field."))
        return self.cleaned_data

    @property
    def choice(self) -> dict[str, dict[str, Any]]:
        """Give what is to be set, in plain values."""
        found = {}
        for row in self.rows:
            target = self._targets[row.name]
            if self.cleaned_data.get(_empty(row.name)):
                found[row.name] = {"way": SET, "value": target.blank}
            elif self._is_given(row.name):
                value = plain.of(target, self.cleaned_data[row.name])
                way = self.cleaned_data.get(_way(row.name)) or SET
                found[row.name] = {"way": way, "value": value}
        return found

    def _is_given(self, name: str) -> bool:
        return not is_blank(self.cleaned_data.get(name))

    def _stored(self) -> Mapping[str, Any]:
        """Give what the edit sets already, without what is not there any more."""
        values = {name: one["value"] for name, one in self.edit.choice.items()}
        instances = kept.Instances(self._targets)
        instances.look_up(values.items())
        found = {}
        for name, value in values.items():
            try:
                found[name] = instances.native(name, value)
            except KeyError:
                continue
        return found

    def _add(self, row: Row, references: References, stored: Any, modes: Any) -> None:
        field: Any = self.catalog.field(row.name)
        made: Any = field_for(self.catalog, row, references, stored, modes)
        ui = {"needed": False, "hint": "", "width": 1}
        if isinstance(field, models.BooleanField):
            made = _flag(str(made.label))
            stored, ui["kind"] = {True: YES, False: NO}.get(stored), ""
        made.ui = getattr(made, "ui", {}) | ui | {"reviewed": self.kind.changes and row.controlled}
        self.fields[row.name] = made
        self.initial[row.name] = typed(stored)
        chosen = self.edit.choice.get(row.name)
        if field.many_to_many:
            way = forms.ChoiceField(choices=WAYS, required=False, label=lazy("How"))
            self.fields[_way(row.name)] = way
            self.initial[_way(row.name)] = chosen["way"] if chosen else ADD
        if field.many_to_many or field.null or row.name in self._emptied:
            label = _("Empty %(label)s") % {"label": made.label}
            self.fields[_empty(row.name)] = forms.BooleanField(required=False, label=label)
            self.initial[_empty(row.name)] = chosen is not None and is_blank(chosen["value"])

    @property
    def _emptied(self) -> set[str]:
        """The fields that can do without a value."""
        fields = ((row.name, self.catalog.field(row.name)) for row in self.rows)
        return {name for name, field in fields if field.blank and field.empty_strings_allowed}


def _flag(label: str) -> forms.Field:
    """Make the control of a flag: set, not set, or left as it is."""
    return forms.TypedChoiceField(
        choices=[("", ""), (YES, _("Yes")), (NO, _("No"))],
        coerce=lambda text: text == YES,
        empty_value=None,
        required=False,
        label=label,
    )


def _empty(name: str) -> str:
    return f"{name}-empty"


def _way(name: str) -> str:
    return f"{name}-way"
