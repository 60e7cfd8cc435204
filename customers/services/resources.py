"""Reference data as rows of a sheet: django-import-export reads cells, core.saving writes values.

One resource per kind; values are matched by code. Nothing here knows files or requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import override
from import_export import fields, resources, widgets
from import_export.instance_loaders import BaseInstanceLoader

from core import saving
from core.history import Act
from core.models import Unit, User
from core.saving import Refused
from customers.rules import reference as rules
from customers.services import reference
from customers.services.reference import Kind

ROW = "row"
ACTIVE = "is_active"
_TRUE = {"true", "1", "yes", "y", "是", "启用", "√"}
_FALSE = {"false", "0", "no", "n", "否", "禁用", "停用", "×"}


def columns(kind: Kind) -> tuple[str, ...]:
    """Give the fields a sheet of this kind has, in order."""
    return (*kind.columns, ACTIVE)


def in_languages(text: Any) -> set[str]:
    """Give a lazy text in every language of the site, folded for comparing."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(str(text).strip().casefold())
    return found


class TextWidget(widgets.Widget):
    """A text cell, cleaned by the model field and by the rule of its kind."""

    def __init__(self, field: Any, rule: Any = None) -> None:
        super().__init__()
        self.field, self.rule = field, rule

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value or "")
        try:
            if self.rule and text:
                text = self.rule(text)
            return str(self.field.clean(text, None))
        except ValidationError as error:
            raise ValueError(" ".join(error.messages)) from error

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


class ChoiceWidget(widgets.Widget):
    """One of the choices of a field, by its word in any language or by its key."""

    def __init__(self, field: Any) -> None:
        super().__init__()
        self.labels = dict(field.flatchoices)
        self.keys = {
            word: key for key, label in self.labels.items()
            for word in {str(key).casefold(), *in_languages(label)}
        }
        self.default = field.get_default()

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        text = str(value or "").strip().casefold()
        if not text:
            return self.default
        if text not in self.keys:
            known = "、".join(str(label) for label in self.labels.values())
            raise ValueError(_("Expected one of: %(known)s.") % {"known": known})
        return self.keys[text]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(self.labels.get(value, value))


class FlagWidget(widgets.Widget):
    """Yes or no; an empty cell means yes."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        text = str(value or "").strip().casefold()
        if text in _FALSE:
            return False
        if text and text not in _TRUE:
            raise ValueError(_("Expected yes or no."))
        return True

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return _("Yes") if value else _("No")


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


class KnownLoader(BaseInstanceLoader):
    """Finds the value of a row among those loaded once; rows made before in the file included."""

    def get_instance(self, row: Mapping[str, Any]) -> Any:
        return self.resource.known.get(self.resource.code_of(row))


class SavingResource(resources.ModelResource):
    """A resource that writes through core.saving, as one act, and never deletes by itself."""

    kind: Kind
    act: Act

    def __init__(self, act: Act | None = None) -> None:
        super().__init__()
        if act is not None:
            self.act = act
        self.misplaced: dict[str, str] = {}
        self.faults: dict[int, dict[str, str]] = {}
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
        parents = {code: value.parent.code if value.parent else "" for code, value in self.known.items()}
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
        pointed = [name for name in columns(self.kind) if isinstance(self.fields[name].widget, PointerWidget)]
        before = {name: getattr(instance, f"{name}_id") for name in pointed}
        errors: dict[str, Any] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for name in pointed:
            value = getattr(instance, name)
            if value and not value.is_active and value.pk != before[name]:
                errors[name] = [_("“%(value)s” is disabled: it cannot be chosen anew.") % {"value": value}]
        if problem := self.misplaced.get(self.code_of(row)):
            errors["parent"] = [problem]
        errors |= {name: [reason] for name, reason in self.faults.get(row[ROW], {}).items()}
        if errors:
            raise ValidationError(errors)

    def validate_instance(self, instance: Any, errors: Any = None, validate_unique: bool = True) -> None:
        """Raise what import_instance found; the fields have cleaned themselves, codes are matched."""
        if errors:
            raise ValidationError(errors)

    def skip_row(self, instance: Any, original: Any, row: Any, import_validation_errors: Any = None) -> bool:
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
        """Write the value through core.saving. Raises ValidationError with what refused it."""
        values = {name: getattr(instance, name) for name in columns(self.kind)}
        try:
            if is_create:
                made = saving.create(self.kind.aggregate, values, act=self.act)
                instance.pk, instance.path, instance.version = made.pk, getattr(made, "path", ""), 1
            else:
                made = reference.write_change(
                    self.kind, instance.pk, values, version=instance.version, act=self.act
                )
                instance.version, instance.path = made.version, getattr(made, "path", "")
        except Refused as refusal:
            raise ValidationError(dict(refusal.fields) or refusal.problems) from refusal

    def save_m2m(self, instance: Any, row: Any, **kwargs: Any) -> None:
        """Nothing: reference values carry no marks."""

    def after_import(self, dataset: Any, result: Any, **kwargs: Any) -> None:
        """Nothing: keys are never given, so no sequence has to be reset."""

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

    meta = type("Meta", (), {
        "model": kind.model, "fields": columns(kind), "import_id_fields": ("code",),
        "instance_loader_class": KnownLoader, "skip_html_diff": True, "use_transactions": True,
        "store_instance": True, "store_row_values": True,
    })
    own = {
        name: fields.Field(attribute=name, column_name=name, widget=widget(name))
        for name in columns(kind)
    }
    made = type(f"{kind.model.__name__}Resource", (SavingResource,), {"Meta": meta, **own})
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
