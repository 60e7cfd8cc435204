"""Reference data as rows of a sheet: django-import-export reads cells, core.saving writes values.

One resource per kind; values are matched by code. Nothing here knows files or requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets
from import_export.instance_loaders import BaseInstanceLoader

from core import saving
from core.history import Act
from core.models import Unit, User
from core.records.widgets import ChoiceWidget, FlagWidget, TextWidget
from core.saving import Draft, Edit, Stale
from customers.rules import reference as rules
from customers.services import reference
from customers.services.reference import Kind

ROW = "row"
ACTIVE = "is_active"


class PointerWidget(widgets.Widget):
    """A reference by code (people by account) among rows that are loaded once."""

    def __init__(self, known: Mapping[str, Any], name: str, rule: Any = str) -> None:
        super().__init__()
        self.known, self.name, self.rule = known, name, rule

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            found = self.known.get(self.rule(text))
        except ValidationError:
            found = None
        if found is None:
            raise ValueError(_("There is no “%(value)s”.") % {"value": text})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(getattr(value, self.name)) if value else ""


def columns(kind: Kind) -> tuple[str, ...]:
    """Give the fields a sheet of this kind has, in order."""
    return (*kind.columns, ACTIVE)


class KnownLoader(BaseInstanceLoader):
    """Finds the value of a row among those loaded once; rows made before in the file included."""

    def get_instance(self, row: Mapping[str, Any]) -> Any:
        return self.resource.known.get(self.resource.code_of(row))


class SavingResource(resources.ModelResource):
    """A resource that writes through core.saving, all rows in one act, and deletes nothing."""

    kind: Kind
    act: Act

    def __init__(self, act: Act | None = None) -> None:
        super().__init__()
        if act is not None:
            self.act = act
        self.misplaced: dict[str, str] = {}
        self.faults: dict[int, dict[str, str]] = {}
        self.origins: dict[int, tuple[str, int | None]] = {}
        self.new: list[Any] = []
        self.known_changes: list[Any] = []
        if "parent" in self.fields:
            self.fields["parent"].widget = PointerWidget(self.known, "code", rules.code)
        if "unit" in self.fields:
            self.fields["unit"].widget = PointerWidget(_units(), "code", rules.code)
        if "user" in self.fields:
            self.fields["user"].widget = PointerWidget(_people(), "username", str.casefold)

    @cached_property
    def known(self) -> dict[str, Any]:
        """The values there are, by code."""
        return {value.code: value for value in reference.values(self.kind)}

    def code_of(self, row: Mapping[str, Any]) -> str:
        """Give the code of a row as it is stored, "" when it is none."""
        try:
            return str(self.fields["code"].clean(row))
        except ValueError:
            return ""

    def before_import(self, dataset: Any, **kwargs: Any) -> None:
        """Put parents before their children, and find rows that would stand below themselves."""
        if not self.kind.is_tree:
            return
        nodes = self.known.values()
        self.origins = {node.pk: (node.code, node.parent_id) for node in nodes}
        parents = {
            code: value.parent.code if value.parent else "" for code, value in self.known.items()
        }
        rows = list(dataset.dict)
        for row in rows:
            if "parent" in row:
                parents[self.code_of(row)] = _folded(row["parent"])
        depths = [_depth(self.code_of(row), parents) for row in rows]
        for row, depth in zip(rows, depths, strict=True):
            if depth is None:
                self.misplaced[self.code_of(row)] = _("A node cannot stand below itself.")
            elif depth >= rules.MAX_DEPTH:
                sentence = _("A tree has at most %(most)d levels.") % {"most": rules.MAX_DEPTH}
                self.misplaced[self.code_of(row)] = sentence
        order = sorted(range(len(rows)), key=lambda index: depths[index] or 0)
        _reorder(dataset, order)

    def after_init_instance(self, instance: Any, new: bool, row: Any, **kwargs: Any) -> None:
        """Let rows further down point to this one."""
        if new and (code := self.code_of(row)):
            instance.code = code
            self.known[code] = instance

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Set the fields of a row. Raises ValidationError with everything that is wrong in it."""
        pointed = [
            name
            for name in columns(self.kind)
            if isinstance(self.fields[name].widget, PointerWidget)
        ]
        before = {name: getattr(instance, f"{name}_id") for name in pointed}
        errors: dict[str, Any] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for name in pointed:
            value = getattr(instance, name)
            if value and not value.is_active and value.pk != before[name]:
                errors[name] = [
                    _("“%(value)s” is disabled: it cannot be chosen anew.") % {"value": value}
                ]
        if problem := self.misplaced.get(self.code_of(row)):
            errors["parent"] = [problem]
        errors |= {name: [reason] for name, reason in self.faults.get(row[ROW], {}).items()}
        if errors:
            raise ValidationError(errors)

    def validate_instance(
        self, instance: Any, errors: Any = None, validate_unique: bool = True
    ) -> None:
        """Raise what import_instance found; the fields have cleaned themselves."""
        if errors:
            raise ValidationError(errors)

    def skip_row(
        self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Say whether the row changes nothing."""
        if import_validation_errors or original.pk is None:
            return False
        return all(
            _plain(getattr(instance, name)) == _plain(getattr(original, name))
            for name in columns(self.kind)
        )

    def save_instance(self, instance: Any, is_create: bool, row: Any, **kwargs: Any) -> None:
        """Write the value, unless this is the check before."""
        if not self._is_dry_run(kwargs):
            self.do_instance_save(instance, is_create)

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        """Put the value with the others of the file; `after_import` writes them together."""
        (self.new if is_create else self.known_changes).append(instance)

    def save_m2m(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Nothing: reference values carry no marks."""

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Write what the rows asked for, unless one of them is wrong. Raises Refused, Stale."""
        if self._is_dry_run(kwargs) or result.has_errors() or result.has_validation_errors():
            return
        for level in self._levels():
            drafts = [Draft(self._values(value)) for value in level]
            made = saving.bulk_create(self.kind.aggregate, drafts, act=self.act)
            for value, pk in zip(level, made, strict=True):
                value.pk, value.version = pk, 1
        moved = [value for value in self.known_changes if self._moves(value)]
        for value in moved:  # parents before their children, as before_import has put the rows
            reference.write_change(
                self.kind, value.pk, self._values(value), version=value.version, act=self.act
            )
        self._change([value for value in self.known_changes if value not in moved])

    def _change(self, rest: list[Any]) -> None:
        edits = [Edit(value.pk, value.version, self._values(value)) for value in rest]
        if saving.bulk_change(self.kind.aggregate, edits, act=self.act).stale:
            raise Stale

    def _levels(self) -> list[list[Any]]:
        """Give the new values so that each stands behind the new one it points to."""
        levels: list[list[Any]] = []
        place: dict[int, int] = {}
        for value in self.new:
            parent = getattr(value, "parent", None) if self.kind.is_tree else None
            level = place[id(parent)] + 1 if id(parent) in place else 0
            place[id(value)] = level
            levels += [[]] if level == len(levels) else []
            levels[level].append(value)
        return levels

    def _moves(self, value: Any) -> bool:
        """Say whether a node gets another place, and with it all that stands below it."""
        before = self.origins.get(value.pk)
        return before is not None and before != (value.code, _pk(value.parent))

    def _values(self, value: Any) -> dict[str, Any]:
        return {name: getattr(value, name) for name in columns(self.kind)}

    def delete_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Delete through core.saving; sheets never ask for it."""
        saving.delete(self.kind.aggregate, instance.pk, version=instance.version, act=self.act)


def resource_of(kind: Kind) -> type[SavingResource]:
    """Make the resource of a kind from its columns."""

    def widget(name: str) -> Any:
        column: Any = kind.model._meta.get_field(name)
        if isinstance(column, models.ForeignKey):
            return PointerWidget({}, "username" if name == "user" else "code")
        if isinstance(column, models.BooleanField):
            return FlagWidget()
        if column.choices:
            return ChoiceWidget(column)
        rule = kind.code_rule if name == "code" else reference.FIELD_RULES.get(name)
        return TextWidget(column, rule)

    meta = type(
        "Meta",
        (),
        {
            "model": kind.model,
            "fields": columns(kind),
            "import_id_fields": ("code",),
            "instance_loader_class": KnownLoader,
            "skip_html_diff": True,
            "use_transactions": True,
            "store_instance": True,
            "store_row_values": True,
        },
    )
    own = {
        name: fields.Field(attribute=name, column_name=name, widget=widget(name))
        for name in columns(kind)
    }
    made: Any = type(f"{kind.model.__name__}Resource", (SavingResource,), {"Meta": meta, **own})
    made.kind = kind
    return made


def _units() -> dict[str, Any]:
    return {unit.code: unit for unit in Unit.objects.all()}


def _people() -> dict[str, Any]:
    return {user.username: user for user in User.objects.filter(is_system=False)}


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


def _reorder(dataset: Any, order: Iterable[int]) -> None:
    lines = [dataset[index] for index in order]
    headers = dataset.headers
    dataset.wipe()
    dataset.headers = headers
    for line in lines:
        dataset.append(line)


def _plain(value: Any) -> Any:
    return (type(value), value.pk or id(value)) if isinstance(value, models.Model) else value


def _pk(value: Any) -> int | None:
    return value.pk if value else None
