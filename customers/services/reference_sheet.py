"""Reference data as rows of a sheet: values matched by code, written by core.saving.

How a sheet is read, checked and confirmed is core/records/sheet.py's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from import_export import widgets

from core import saving
from core.history import Act
from core.models import Unit, User
from core.records.sheet import Sheet
from core.records.widgets import ChoiceWidget, FlagWidget, TextWidget
from core.saving import Draft, Edit, Stale
from core.workbook import writing
from customers.rules import reference as rules
from customers.services import reference
from customers.services.reference import ReferenceKind

ACTIVE = "is_active"


class PointerWidget(widgets.Widget):
    """A reference by code (people by account) among rows that are loaded once, when needed."""

    def __init__(
        self, known: Callable[[], Mapping[str, Any]], name: str, rule: Callable[[str], str]
    ) -> None:
        super().__init__()
        self.known, self.name, self.rule = known, name, rule

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            found = self.known().get(self.rule(text))
        except ValidationError:
            found = None
        if found is None:
            raise ValueError(_("There is no “%(value)s”.") % {"value": text})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(getattr(value, self.name)) if value else ""


class ReferenceSheet(Sheet):
    """Rows as values of one kind of reference data; a known code changes the value."""

    needed = ("code", "name")

    def __init__(self, kind: ReferenceKind, user: Any = None, act: Act | None = None) -> None:
        super().__init__(act)
        self.kind, self.model = kind, kind.model
        self.misplaced: dict[str, str] = {}
        self.depths: dict[str, int] = {}
        self.origins: dict[int, tuple[str, int | None]] = {}
        self.read_by({name: self._reader(name) for name in (*kind.columns, ACTIVE)})

    @cached_property
    def stored(self) -> dict[str, Any]:
        """The values there are, by code; those made further up in the file included."""
        return {value.code: value for value in reference.values(self.kind)}

    @cached_property
    def _units(self) -> dict[str, Any]:
        return {unit.code: unit for unit in Unit.objects.all()}

    @cached_property
    def _people(self) -> dict[str, Any]:
        return {user.username: user for user in User.objects.filter(is_system=False)}

    def _reader(self, name: str) -> widgets.Widget:
        column: Any = self.model._meta.get_field(name)
        if name == "parent":
            return PointerWidget(lambda: self.stored, "code", rules.code)
        if name == "unit":
            return PointerWidget(lambda: self._units, "code", rules.code)
        if name == "user":
            return PointerWidget(lambda: self._people, "username", str.casefold)
        if isinstance(column, models.BooleanField):
            return FlagWidget()
        if column.choices:
            return ChoiceWidget(column)
        rule = self.kind.code_rule if name == "code" else reference.FIELD_RULES.get(name)
        return TextWidget(column, rule)

    def arranged(self) -> list[list[Any]]:
        """Put parents before their children, and find rows that would stand below themselves."""
        rows, known = self.table.rows, self.stored
        if not self.kind.is_tree:
            return rows
        self.origins = {node.pk: (node.code, node.parent_id) for node in known.values()}
        parents = {code: node.parent.code if node.parent else "" for code, node in known.items()}
        named = {self.code_of(row): row for row in map(self.table.named, rows)}
        parents |= {code: _folded(row["parent"]) for code, row in named.items() if "parent" in row}
        for code in named:
            depth = _depth(code, parents)
            self.depths[code] = depth or 0
            if depth is None:
                self.misplaced[code] = _("A node cannot stand below itself.")
            elif depth >= rules.MAX_DEPTH:
                self.misplaced[code] = reference.too_deep()
        return sorted(rows, key=lambda row: self.depths[self.code_of(self.table.named(row))])

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        """Let rows further down point to this one."""
        if new and (code := self.code_of(row)):
            instance.code = code
            self.stored[code] = instance

    def problems(self, instance: Any, before: Any, row: Any) -> Mapping[str, str]:
        """Name what is disabled and would be pointed to anew, and a place that cannot be."""
        sentence = _("“%(value)s” is disabled: it cannot be chosen anew.")
        found = {
            name: sentence % {"value": value}
            for name, field in self.fields.items()
            if isinstance(field.widget, PointerWidget)
            and (value := getattr(instance, name))
            and not value.is_active
            and not self.is_same(instance, before, name)
        }
        misplaced = self.misplaced.get(instance.code)
        return {**found, "parent": misplaced} if misplaced else found

    def write(self) -> None:
        """Write the new values level by level, then the others. Raises Refused, Stale."""
        assert self.act is not None
        for _at, level in groupby(self.new, key=lambda value: self.depths.get(value.code, 0)):
            values = list(level)
            drafts = [Draft(self._values(value)) for value in values]
            made = saving.bulk_create(self.kind.aggregate, drafts, act=self.act)
            for value, pk in zip(values, made, strict=True):
                value.pk, value.version = pk, 1
        moved = [value for value in self.changed if self._moves(value)]
        for value in moved:  # parents before their children, as the rows are arranged
            reference.write_change(
                self.kind, value.pk, self._values(value), version=value.version, act=self.act
            )
        rest = [value for value in self.changed if value not in moved]
        edits = [Edit(value.pk, value.version, self._values(value)) for value in rest]
        if saving.bulk_change(self.kind.aggregate, edits, act=self.act).stale:
            raise Stale

    def _moves(self, value: Any) -> bool:
        """Say whether a node gets another place, and with it all that stands below it."""
        before = self.origins.get(value.pk)
        return before is not None and before != (
            value.code,
            value.parent.pk if value.parent else None,
        )

    def _values(self, value: Any) -> dict[str, Any]:
        return {name: getattr(value, name) for name in self.fields}


def export(kind: ReferenceKind) -> bytes:
    """Give the workbook of all values of a kind; it can be edited and imported again."""
    sheet = ReferenceSheet(kind)
    data = sheet.export(queryset=reference.values(kind))
    headers = [sheet.label(name) for name in sheet.fields]
    title = str(kind.model._meta.verbose_name_plural)
    return writing.write(title, headers, [[str(cell) for cell in row] for row in data])


def _folded(value: Any) -> str:
    try:
        return rules.code(str(value or ""))
    except ValidationError:
        return str(value)


def _depth(code: str, parents: Mapping[str, str]) -> int | None:
    """Give how many nodes stand above a code, None when it stands above itself."""
    seen = {code}
    while parent := parents.get(code, ""):
        if parent in seen:
            return None
        seen.add(parent)
        code = parent
    return len(seen) - 1
