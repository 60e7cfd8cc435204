"""Model fields of Kehu: text that is cleaned and carries its own length CHECK, numbers, sort keys.

They know how a value is stored, never what it means: meaning is in an app's rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils.functional import cached_property
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core import amounts
from core.among import Among
from core.said import packed, unpacked
from core.text import clean, storable

Rule = Callable[[str], str]

_NAME_LIMIT = 60  # PostgreSQL cuts identifiers at 63 bytes without a word
_NOT_NEGATIVE = MinValueValidator(Decimal(0), message=_("An amount cannot be below zero."))


class _Check(models.CheckConstraint):
    """What a field promises, kept by the database; `own` is what a migration makes it from."""

    def __init__(self, condition: Any, name: str, sentence: Any = None, **own: Any) -> None:
        self.field: str = own["field"]
        self.own = own
        super().__init__(condition=condition, name=name, violation_error_message=sentence)

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        return f"core.fields.{type(self).__name__}", (), {**self.own, "name": self.name}

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing: the field's own validator has said it, and Django would ask the database."""


class LengthCheck(_Check):
    """A text column holds at most `max_length` characters, where varchar(n) is ignored too."""

    def __init__(self, *, field: str, max_length: int, name: str) -> None:
        is_short = LessThanOrEqual(Length(field), max_length)
        super().__init__(is_short, name, field=field, max_length=max_length)


class FloorCheck(_Check):
    """A number column is not below `floor`."""

    def __init__(self, *, field: str, floor: int, name: str) -> None:
        is_above = GreaterThanOrEqual(models.F(field), floor)
        super().__init__(is_above, name, field=field, floor=floor)


class RangeCheck(_Check):
    """A column of whole numbers holds those from `low` to `high`."""

    def __init__(self, *, field: str, low: int, high: int, name: str) -> None:
        is_within = models.Q((f"{field}__gte", low), (f"{field}__lte", high))
        super().__init__(is_within, name, _between(low, high), field=field, low=low, high=high)


def _between(low: int, high: int) -> Any:
    """Give the sentence that asks for a number of a range."""
    return format_lazy(_("Give a whole number from {low} to {high}."), low=low, high=f"{high:,}")


def constraint_name(table: str, column: str, suffix: str) -> str:
    """`<table>_<column>_<suffix>`, shortened with a hash where PostgreSQL would cut it."""
    table = table.replace('"', "").replace(".", "_")
    name = f"{table}_{column}_{suffix}"
    if len(name) <= _NAME_LIMIT:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _NAME_LIMIT - 10 - len(suffix)]}_{digest}_{suffix}"


def _add_constraint(model: type[models.Model], constraint: models.BaseConstraint) -> None:
    """Put a constraint on a real model as if its Meta had named it.

    Migration states and SQLite's table rebuilds bring registries of their own and already list the
    constraint; adding it there would create it twice.
    """
    options = model._meta
    if options.abstract or options.apps is not type(options).default_apps:  # type: ignore[attr-defined]
        return
    options.constraints = [*options.constraints, constraint]
    options.original_attrs["constraints"] = options.constraints  # type: ignore[attr-defined]


class AtMost(MaxLengthValidator):
    """A text is not longer than its column; says how long it is, and nothing is ever cut."""

    message = _("At most %(limit_value)d characters; this has %(show_value)d.")

    def deconstruct(self) -> Any:
        return "core.fields.AtMost", (self.limit_value,), {}


class CleanCharField(forms.CharField):
    """A text input whose value is cleaned by core.text before anything else looks at it."""

    def __init__(
        self,
        *,
        fold: bool = False,
        multiline: bool = False,
        rule: Rule | None = None,
        **kwargs: Any,
    ) -> None:
        self.fold = fold
        self.multiline = multiline
        self.rule = rule
        super().__init__(**kwargs)
        self.validators = _at_most(self.validators)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)  # browsers cut what is pasted without a word
        return attrs

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return self.empty_value
        value = clean(str(value), fold=self.fold, multiline=self.multiline)
        if value and self.rule:
            value = self.rule(value)
        return value or self.empty_value


class MoneyInput(forms.DecimalField):
    """An input for amounts as people write them; core.amounts reads them."""

    widget = forms.TextInput

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal"}

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            return amounts.parse(value) if clean(value, fold=True) else None
        return super().to_python(value)


class DayInput(forms.DateField):
    """An input for a day as people write it, with full-width digits and marks too."""

    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%Y年%m月%d号")

    def to_python(self, value: Any) -> Any:
        return super().to_python(clean(value, fold=True) if isinstance(value, str) else value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Give a day that is understood as browsers take it: they show no other."""
        try:
            return self.to_python(data) or data
        except ValidationError:
            return data


class _Bounded(models.Field[Any, Any]):
    """A text whose length the database checks, too."""

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        _add_length_check(cls, self)


class _Cleaned(_Bounded):
    """A text that is cleaned when validated.

    `rule` takes the cleaned text and gives what is stored, or raises ValidationError.
    """

    multiline = False

    def __init__(
        self, *args: Any, fold: bool = False, rule: Rule | None = None, **kwargs: Any
    ) -> None:
        self.fold, self.rule = fold, rule
        if kwargs.get("blank") and not kwargs.get("null"):
            kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.fold:
            kwargs["fold"] = True
        return name, path, args, kwargs

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        if isinstance(value, str):
            value = clean(value, fold=self.fold, multiline=self.multiline)
            if value and self.rule:
                value = self.rule(value)
            value = None if self.null and not value else value
        return super().clean(value, model_instance)

    def formfield(self, **kwargs: Any) -> Any:
        own = {"fold": self.fold, "rule": self.rule, "multiline": self.multiline}
        return super().formfield(**{"form_class": CleanCharField, **own, **kwargs})

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return storable(value) if isinstance(value, str) else value


class Text(_Cleaned, models.CharField):
    """One line of text: cleaned when validated, its length checked by the database."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.validators = _at_most(self.validators)


Text.register_lookup(Among)


class LongText(_Cleaned, models.TextField):
    """Several lines of text with an upper limit that the database checks."""

    multiline = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.max_length is None:
            raise TypeError("LongText needs max_length.")
        self.validators.append(AtMost(self.max_length))


class SortKey(_Bounded, models.CharField):
    """A NOT NULL ASCII key to sort by, made by code; both databases order it byte by byte."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        kwargs.setdefault("editable", False)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.update(default=self.default, editable=self.editable, blank=self.blank)
        return name, path, args, kwargs

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if not value.isascii():
            raise ValidationError(_("A sort key holds ASCII characters only."), code="not_ascii")


class Money(models.DecimalField):
    """An amount with two places, within what SQLite keeps exactly, and not below zero."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_digits": 15, "decimal_places": 2})
        self.validators.append(_NOT_NEGATIVE)

    @cached_property
    def validators(self) -> list[Any]:
        """Those given, and our own about digits and places in the place of Django's."""
        given: list[Any] = self._validators  # type: ignore[attr-defined]
        return [*self.default_validators, *given, amounts.two_places]

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_digits", "decimal_places"):
            del kwargs[fixed]
        return name, path, args, kwargs

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        check = constraint_name(cls._meta.db_table, str(self.column), "floor")
        _add_constraint(cls, FloorCheck(field=name, floor=0, name=check))

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            return amounts.parse(value)
        return super().to_python(value)

    def formfield(self, **kwargs: Any) -> Any:
        own = {"form_class": MoneyInput, "validators": [_NOT_NEGATIVE]}
        return super().formfield(**{**own, **kwargs})


class Whole(models.IntegerField):
    """A whole number from `low` to `high`, both included, which the database checks too."""

    def __init__(self, *args: Any, low: int, high: int, **kwargs: Any) -> None:
        self.low, self.high = low, high
        super().__init__(*args, **kwargs)

    @cached_property
    def validators(self) -> list[Any]:
        """Those given, and our own about the range in the place of the database's."""
        given: list[Any] = self._validators  # type: ignore[attr-defined]
        return [*self.default_validators, *given, self._within]

    def _within(self, value: int) -> None:
        if not self.low <= value <= self.high:
            raise ValidationError(_between(self.low, self.high), code="range")

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "low": self.low, "high": self.high}

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)
        check = constraint_name(cls._meta.db_table, str(self.column), "range")
        _add_constraint(cls, RangeCheck(field=name, low=self.low, high=self.high, name=check))

    def formfield(self, **kwargs: Any) -> Any:
        invalid = {"invalid": _between(self.low, self.high)}
        return super().formfield(**{"error_messages": invalid, **kwargs})


def _at_most(validators: list[Any]) -> list[Any]:
    return [
        AtMost(one.limit_value) if type(one) is MaxLengthValidator else one for one in validators
    ]


def _add_length_check(model: type[models.Model], field: models.Field) -> None:
    if field.max_length is not None:  # a system check of Django's names the field otherwise
        name = constraint_name(model._meta.db_table, str(field.column), "len")
        check = LengthCheck(field=field.name, max_length=field.max_length, name=name)
        _add_constraint(model, check)


class Json(models.JSONField):
    """JSON written by our own code; without SQLite's JSON_VALID check.

    With `trusted_schema=OFF` some SQLite releases refuse to run that function inside a CHECK.
    """

    def db_check(self, connection: Any) -> None:
        return None

    def get_prep_value(self, value: Any) -> Any:
        return _storable(super().get_prep_value(value))


def _storable(value: Any) -> Any:
    """Give a text, or JSON with its texts, as both databases hold it: the door of all texts."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {_storable(key): _storable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(one) for one in value]
    return value


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
