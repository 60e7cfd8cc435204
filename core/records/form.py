"""The form of one record of any kind: its header, and the grid of each part.

What stands in the field tables is enough; an app's own form adds what its kind has more. It parses
and explains; save.py saves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.access import is_reviewed
from core.aggregate import is_blank
from core.catalog import Row
from core.forms.catalog import CatalogForm, Place, control, stands
from core.forms.grid import SPARE_SENT, Grid
from core.markup import format_html
from core.records import coding
from core.records.kind import Kind
from core.records.part import Part
from core.records.places import reason_of
from core.records.record import MOST_ROWS
from core.records.secrets import covers
from core.records.sections import Table, table
from core.text import clean

# What a form of a record in force asks for beside its fields: why ◆ fields change, from which day,
# which open request it takes the place of, the sections that it has alone.
REASON, HOLDS_FROM, REQUEST, ITS_VERSION = (
    "change_reason", "change_holds_from", "change", "change_version",
)  # fmt: skip
ONLY = "only"
MOST_DAYS_AHEAD = 730
_COUNTS = ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")  # that came with the rows of a part


@dataclass(frozen=True)
class Slot:
    """A sentence under a field that the hints keep up to date; `tone` colours it."""

    field: str
    key: str
    text: str
    tone: str = ""

    @property
    def html(self) -> SafeString:
        """The place of the sentence, hidden while there is none."""
        hidden = "" if self.text else SafeString(" hidden")
        tone = format_html(' class="{}"', self.tone) if self.tone else ""
        return format_html('<span data-hint="{}"{}{}>{}</span>', self.key, tone, hidden, self.text)


class RecordForm(CatalogForm):
    """The header of a record, None for a new one, as stored or (with `data`) as typed.

    A new one may begin as another does (`source`), or as its address asks; `not_copied` says what
    stays behind then. What is refused of the fields `alone` stands at each of them, not on top.
    Of a record in force it may give another content to the open request `change`, or have the
    sections `only`; `held` says which request the other fields and rows stand in already. A
    form `of_changes` has no fields for what came back as its page shows what is stored.
    """

    exact = frozenset({"code"})
    alone: frozenset[str] = frozenset()
    not_copied: Any = ""

    def __init__(
        self,
        kind: Kind,
        user: Any,
        record: Any = None,
        data: Any = None,
        *,
        source: Any = None,
        asked: Mapping[str, str] = MappingProxyType({}),
        of_changes: bool = False,
    ) -> None:
        self.kind, self.catalog, self.source = kind, kind.catalog, source
        self.of_changes = of_changes
        start = self.stored(record or kind.model())
        given = asked if data is None else data
        self.only = sections_of(given)
        known = {str(one.pk): one for one in getattr(record, "open_requests", ())}
        self.change = known.pop(given.get(REQUEST, ""), None)
        self.held = {place: one for one in known.values() for place in one.asks.places}
        if record is None:
            self.begun = kind.rules.start(user)
            start |= self.begun | self.named(user, asked)
        if source is not None:
            start |= self.copied(user, asked)
        super().__init__(user=user, obj=record, start=start, data=data)
        for name, other in kind.rules.beside.items():
            if other in self.fields:
                self._add_beside(name)
        self.initial["version"] = record.version if record else None
        if self.asks:
            self._add_asking()
        if self.only:
            self._add_hidden(ONLY, ",".join(sorted(self.only)), forms.CharField())

    @cached_property
    def asks(self) -> bool:
        """Say whether what is typed here may have to go by a change request."""
        kind, obj = self.kind, self.obj
        if kind.changes is None or obj is None or not kind.life.state(obj.state).is_in_force:
            return False
        heads = [part.catalog.by_name[part.head] for part in kind.parts]
        return any(
            is_reviewed(row, self.obj) and not kind.may(row, self.user, self.obj)
            for row in (*filter(self.has, kind.catalog), *filter(self._is_here, heads))
        )

    @cached_property
    def asks_alone(self) -> bool:
        """Say whether sending the form makes a request or changes one, whatever is typed."""
        if not self.asks or self.change is not None:
            return self.asks
        heads = [part.catalog.by_name[part.head] for part in self.kind.parts if self.has_part(part)]
        rows = self.catalog.by_name
        typed = [rows[one] for one in self.fields if one in rows]
        typed += [row for row in heads if not self.kind.may(row, self.user, self.obj)]
        return all(is_reviewed(row, self.obj) for row in typed)

    def has(self, row: Row) -> bool:
        """Leave out what is in other sections than those asked for."""
        return row.form and self._is_here(row)

    def has_part(self, part: Part) -> bool:
        """Leave out the parts that fill other sections too."""
        return not self.only or self._is_here(part.catalog.by_name[part.head])

    def _is_here(self, row: Row) -> bool:
        return not self.only or row.section in self.only

    def stands(self, name: str) -> bool:
        """Ask what goes with a field too; a code is stored in the right form, and kept if empty."""
        if not self.of_changes:
            return False
        if name == "code" and self.kind.code:
            return self.data.get(name, "") in ("", self.start[name])
        names = [name, *(one for one, other in self.kind.rules.beside.items() if other == name)]
        return all(
            stands(self.catalog.field(one), self.start.get(one), self.data, one, self.user)
            for one in names
        )

    @cached_property
    def rule(self) -> Any:
        """The code rule in force, or None."""
        return coding.active_rule(self.kind) if self.kind.code else None

    @property
    def head(self) -> str:
        """The field that a record is known by: the first with a ★, else the first."""
        rows = self.catalog.in_form
        return next((row.name for row in rows if row.required), rows[0].name)

    def stored(self, record: Any) -> dict[str, Any]:
        """Give what stands in a record by field."""
        marks = self.kind.aggregate.m2m
        names = [row.name for row in self.catalog.in_form if row.name not in marks]
        values = {name: getattr(record, name, None) for name in (*names, *self.kind.rules.beside)}
        return values | {name: list(getattr(record, name).all()) if record.pk else []
                         for name in marks}  # fmt: skip

    def copied(self, user: Any, asked: Mapping[str, str]) -> dict[str, Any]:
        """Give what a new record takes from its source."""
        whole = self.stored(self.source)
        return {row.name: whole[row.name] for row in self.catalog.in_form if row.copied}

    def named(self, user: Any, asked: Mapping[str, str]) -> dict[str, Any]:
        """Give the other records that the address of a new one names by their keys."""
        keys = {name: asked[name] for name in self.kind.pointing if name in asked}
        found = {
            name: self.kind.pointing[name].seen_by(user).filter(pk=int(key)).first()
            for name, key in keys.items()
            if key.isdecimal() and len(key) < 16
        }
        return {name: record for name, record in found.items() if record}

    def of_new_row(self, part: Part) -> Mapping[str, Any]:
        """Give what a new row of a part begins with; alone it does not count as filled in."""
        return {name: part.catalog.field(name).get_default() for name in part.begun}

    def field_for(self, row: Row) -> forms.Field:
        """Mark what changes by a change request."""
        made: Any = super().field_for(row)
        if is_reviewed(row, self.obj):
            made.ui["reviewed"] = True
        return made  # type: ignore[no-any-return]

    def refusal(self, row: Row) -> str:
        """Say why a field cannot be changed; a code is typed only where the rule allows it."""
        reason = self.kind.may(row, self.user, self.obj)
        if not reason and row.name in self.held:
            reason = held_by(self.held[row.name])
        if reason or row.name != "code" or not self.kind.code:
            return reason
        if self.obj and coding.is_settled(self.kind, self.obj):
            return _("The code was given and does not change any more.")
        if self.rule and not self.rule.allow_typed:
            return _("Drawn by the code rule when all its parts are known.")
        return ""

    def place(self, row: Row) -> Place:
        """Give what stands in the place of a row, with the field that goes with it."""
        place = super().place(row)
        for name, other in self.kind.rules.beside.items():
            if other == row.name and place.bound:
                place = replace(place, beside=self[name])
        return place

    @property
    def has_content(self) -> bool:
        """Say whether anything was filled in beyond what a new form starts with."""
        return any(
            not is_blank(value) and value is not False and value != self.start.get(name)
            for name, value in self.cleaned_data.items()
            if name in self.catalog.by_name
        )

    def show(self, slots: Iterable[Slot], wrong: Mapping[str, str]) -> None:
        """Print ★ where these values need it, what the server found out, and what was stored wrong.

        The sentences of slots stand in places that the script fills again; `wrong` is by control.
        """
        values, is_needed = self.values(), self.kind.rules.is_needed
        fields: dict[str, Any] = self.fields
        for slot in slots:
            known = fields[slot.field].ui if slot.field in fields else self.notes
            key = "hint" if slot.field in fields else slot.field
            known[key] = format_html("{} {}", known.get(key, ""), slot.html)
        for name, field in fields.items():
            row, bound = self.catalog.by_name.get(name), self[name]
            if row and row.required:
                field.ui["needed"] = is_needed(row, values)
            if (text := wrong.get(bound.id_for_label)) and not bound.errors:
                field.ui["wrong"] = text

    def _add_asking(self) -> None:
        """Add why ◆ fields change, and from which day."""
        own: Any = self.kind.changes
        for name, field in ((REASON, "reason"), (HOLDS_FROM, "holds_from")):
            made: Any = control(own.catalog.field(field), None, None)
            made.required, made.ui = False, {"width": 3 if name == REASON else 1}
            if name == REASON:
                made.ui |= {"needed": True, "hint": _("Needed where a ◆ field changes.")}
            self.fields[name] = made
            self.initial[name] = getattr(self.change, field, None)
        if self.change is not None:
            self.initial[REASON] = reason_of(own, self.change, self.user)
            number = forms.IntegerField(max_value=2**53)
            self._add_hidden(REQUEST, self.change.pk, number)
            self._add_hidden(ITS_VERSION, self.change.version, number)

    def _add_hidden(self, name: str, value: Any, field: forms.Field) -> None:
        field.required, field.widget = False, forms.HiddenInput()
        self.fields[name], self.initial[name] = field, value

    def clean_change_holds_from(self) -> Any:
        """Refuse a day that is over, or so far away that its year must be a slip."""
        day = self.cleaned_data[HOLDS_FROM]
        if day and day < timezone.localdate():
            sentence = _("This day is over: leave it empty, or choose a later one.")
            raise forms.ValidationError(sentence)
        if day and (day - timezone.localdate()).days > MOST_DAYS_AHEAD:
            raise forms.ValidationError(
                _("This day is more than two years away: look at its year.")
            )
        return day

    def clean_change_reason(self) -> str:
        """Clean the reason of what cannot be stored or shown."""
        return clean(self.cleaned_data[REASON] or "", multiline=True)

    def _add_beside(self, name: str) -> None:
        """Add a field that has no row of its own: it goes with another."""
        field: Any = self.catalog.field(name)
        made = field.formfield(required=False)
        if isinstance(made.widget, forms.Textarea):
            made.widget.attrs["rows"] = 2
        made.ui = {"width": 3}
        self.fields[name], self.initial[name] = made, self.start[name]


class PartGrid(Grid):
    """The rows of one part of a record; `locked` is the sentence why the user only reads them.

    Whoever may not read a secret can keep, replace or remove it: it never reaches the page, and an
    empty cell keeps what is stored.
    """

    max_num = MOST_ROWS
    absolute_max = MOST_ROWS + SPARE_SENT

    def __init__(self, part: Part, form: RecordForm, data: Any = None) -> None:
        self.part, self.catalog, self.always, self.modes = (
            part, part.catalog, part.always, form.modes,
        )  # fmt: skip
        self.label, self.note, self.covered = part.label, part.note, part.covered
        head = part.catalog.by_name[part.head]
        self.locked = form.kind.may(head, form.user, form.obj)
        self.is_reviewed = is_reviewed(head, form.obj)
        # No row goes into a copy where one cannot be without what stays behind.
        is_copied = all(part.catalog.by_name[name].copied for name in part.needs)
        source = form.source if is_copied else None
        super().__init__(
            prefix=part.section,
            references=form.references,
            stored=getattr(form.obj, part.name).all() if form.obj else (),
            new=form.of_new_row(part),
            hides=covers(part, form.obj, form.user),
            examples=getattr(source, part.name).all() if source is not None else (),
            data=data,
        )

    def table(self) -> Table:
        """Give the stored rows to read, for those who may not change them."""
        return table(self.part, self.stored, covers=bool(self.masked))


def sections_of(given: Mapping[str, Any]) -> frozenset[str]:
    """Give the sections that a form shall have alone, none for all of them."""
    return frozenset(filter(None, given.get(ONLY, "").split(",")))


def held_by(request: Any) -> str:
    """Say that a field waits for the decision on an open request."""
    told = _("Change request %(code)s is open for it; until it is decided what stands here holds.")
    return told % {"code": request.code}


def rows_stand(part: Part, form: RecordForm) -> bool:
    """Say whether the rows of a part came back as they are stored: none was touched or added."""
    data, rows = form.data, getattr(form.obj, part.name).all()
    total, before, *idle = (data.get(f"{part.section}-{name}_FORMS", "") for name in _COUNTS)
    counts = [total, *filter(None, idle)]
    if before != "0" or not all(one.isdecimal() and len(one) < 16 for one in counts):
        return False
    if not len(rows) <= int(total) <= MOST_ROWS:
        return False
    blank = ["pk", *(row.name for row in part.columns if row.name not in part.begun)]
    return (
        all(_row_stands(part, form, at, row) for at, row in enumerate(rows))
        and all(_flag_stands(part, form, flag, rows) for flag in part.flags)
        and not any(
            data.get(f"{part.section}-{at}-{name}")
            for at in range(len(rows), int(total))
            for name in blank
        )
    )


def _row_stands(part: Part, form: RecordForm, line: int, row: Any) -> bool:
    data, at = form.data, f"{part.section}-{line}-"
    place = (data.get(f"{at}pk"), data.get(f"{at}line"), f"{at}DELETE" in data)
    return place == (str(row.pk), str(line), False) and all(
        stands(part.catalog.field(name), getattr(row, name), data, f"{at}{name}", form.user)
        or (name == part.covered and not data.get(f"{at}{name}")
            and covers(part, form.obj, form.user))
        for name in (one.name for one in part.columns)
    )  # fmt: skip


def _flag_stands(part: Part, form: RecordForm, flag: str, rows: Any) -> bool:
    """Say so of a flag; where none of the rows has one they need, the first will get it."""
    sent = form.data.get(f"{part.section}-{part.catalog.by_name[flag].pick}", "")
    flagged = [str(at) for at, row in enumerate(rows) if getattr(row, flag)]
    is_free = not rows or flag not in part.always
    return flagged == ([sent] if sent else []) and (bool(flagged) or is_free)


def without_hidden(data: Any, kind: Kind, user: Any, record: Any) -> Any:
    """Empty what is typed in stored rows where the user may not see what stands there."""
    hidden = {part.section: part for part in kind.parts if covers(part, record, user)}
    data = data.copy()
    for name in [name for name in data if data[name]]:
        row, _dash, column = name.rpartition("-")
        part = hidden.get(row.rpartition("-")[0])
        if part and column == part.covered and data.get(f"{row}-pk"):
            data[name] = ""
    return data
