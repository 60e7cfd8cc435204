"""Filters of lists, made from the catalog with django-filter: one class per kind of filter.

They parse what stands in the address, narrow a queryset and say in words what they do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as lazy

from core import extend, plans
from core.catalog import Catalog, Row
from core.fields import CleanCharField, DayInput, MoneyInput
from core.filter_fields import WORDS, KeysField, RangeField
from core.marks import holding
from core.said import joined, label
from core.said import said as _

YES, NO = "1", "0"


class RowFilter(django_filters.Filter):
    """A filter of one catalog row; `names` are its parameters in the address.

    What is not `is_offered` comes by a link only: nobody types its value.
    """

    ends: tuple[str, ...] = ()
    is_offered = True

    def names(self, name: str) -> tuple[str, ...]:
        """Give the parameters of the filter called `name`."""
        return tuple(f"{name}_{end}" for end in self.ends) or (name,)

    def told(self, value: Any) -> str:
        """Say the value in words."""
        return str(value)


class Contains(RowFilter):
    """A part of a text, whatever its case."""

    field_class = CleanCharField

    def filter(self, qs: models.QuerySet, value: Any) -> models.QuerySet:
        return qs.filter(plans.containing(value, self.field_name)) if value else qs


class AnyChoice(RowFilter):
    """Any of the choices of a field."""

    field_class = forms.MultipleChoiceField

    def filter(self, qs: models.QuerySet, value: Any) -> models.QuerySet:
        return qs.filter(**{f"{self.field_name}__in": sorted(set(value))}) if value else qs

    def told(self, value: Any) -> str:
        names = dict(self.extra["choices"])
        return listed(names[key] for key in value)


class AnyReference(RowFilter):
    """Any of some rows that a foreign key points to, by their keys or by what people type."""

    field_class = KeysField

    @property
    def field(self) -> forms.Field:
        """The field, which knows who asks: people choose within their reach."""
        if not hasattr(self, "_field"):
            source = extend.source(self.extra["model"]._meta.label_lower)
            user = self.parent.user
            self._field = KeysField(source=source, user=user, label=self.label, required=False)
        return self._field

    def names(self, name: str) -> tuple[str, ...]:
        """Give the parameter of keys and that of typed words."""
        return (name, name + WORDS)

    def filter(self, qs: models.QuerySet, value: Any) -> models.QuerySet:
        keys = sorted(row.pk for row in value)
        return qs.filter(**{f"{self.field_name}__in": keys}) if keys else qs

    def told(self, value: Any) -> str:
        return listed(value)


class AnyMark(AnyReference):
    """Any of some rows of a many-to-many relation, asked without multiplying rows."""

    def filter(self, qs: models.QuerySet, value: Any) -> models.QuerySet:
        if not value:
            return qs
        relation = qs.model._meta.get_field(self.field_name)
        own, other = relation.m2m_field_name(), relation.m2m_reverse_field_name()
        keys = sorted(row.pk for row in value)
        column = getattr(qs.model, "mark_columns", {}).get(self.field_name)
        if column and plans.is_held(qs.model, column, set(self.parent.filters)):
            return qs.filter(holding(column, keys))
        marks = relation.remote_field.through._default_manager.filter(**{f"{other}__in": keys})
        if plans.is_worth_collecting(marks):
            return qs.filter(pk__in=marks.values(own))
        return qs.filter(Exists(marks.filter(**{own: OuterRef("pk")})))


class Below(AnyReference):
    """Some nodes of a tree and everything below them."""

    def filter(self, qs: models.QuerySet, value: Any) -> models.QuerySet:
        if not value:
            return qs
        # Numbers, not a subquery: the planner then knows how many rows they have.
        at = Q()
        for node in value:
            at |= Q(path__startswith=node.path)
        below = type(value[0])._default_manager.filter(at)
        keys = sorted(below.values_list("pk", flat=True))
        return qs.filter(**{f"{self.field_name}__in": keys})


class Flag(RowFilter):
    """Yes or no."""

    field_class = forms.ChoiceField

    def filter(self, qs: models.QuerySet, value: Any) -> models.QuerySet:
        return qs.filter(**{self.field_name: value == YES}) if value else qs

    def told(self, value: Any) -> str:
        return _("Yes") if value == YES else _("No")


class Pointed(Flag):
    """Whether records of another app point there, of those that count for who asks."""

    def __init__(self, counter: extend.Counter) -> None:
        super().__init__(label=counter.label, choices=yes_or_no())
        self.counter = counter

    def filter(self, qs: models.QuerySet, value: Any) -> models.QuerySet:
        if not value:
            return qs
        rows = self.counter.rows(self.parent.user)
        found = Exists(rows.order_by().filter(**{self.counter.field: OuterRef("pk")}))
        return qs.filter(found if value == YES else ~found)


class Between(RowFilter):
    """A number between two others, both included."""

    field_class = RangeField
    ends = ("min", "max")

    def filter(self, qs: models.QuerySet, value: Any) -> models.QuerySet:
        low, high = value or (None, None)
        if low is not None:
            qs = qs.filter(**{f"{self.field_name}__gte": low})
        if high is not None:
            qs = qs.filter(**{f"{self.field_name}__lte": high})
        return qs

    def told(self, value: Any) -> str:
        low, high = (None if end is None else self.shown(end) for end in value)
        if low is None:
            return _("up to %(end)s") % {"end": high}
        if high is None:
            return _("from %(start)s") % {"start": low}
        return _("%(start)s to %(end)s") % {"start": low, "end": high}

    def shown(self, end: Any) -> str:
        """Write one end."""
        return f"{end:,}"


class Days(Between):
    """A day between two others; moments are taken by the day they fall on here."""

    ends = ("from", "to")

    def filter(self, qs: models.QuerySet, value: Any) -> models.QuerySet:
        field = qs.model._meta.get_field(self.field_name)
        if not isinstance(field, models.DateTimeField):
            return super().filter(qs, value)
        low, high = value or (None, None)
        if low is not None:
            qs = qs.filter(**{f"{self.field_name}__gte": _midnight(low)})
        if high is not None:
            qs = qs.filter(**{f"{self.field_name}__lt": _midnight(high + timedelta(days=1))})
        return qs

    def shown(self, end: Any) -> str:
        return str(end.isoformat())


class Filters(django_filters.FilterSet):
    """The filters that an address asks for; the others of the list are not even built."""

    def __init__(self, data: Any, *, user: Any, names: Iterable[str]) -> None:
        self.user = user
        known = type(self).base_filters
        self.base_filters = {name: known[name] for name in names}
        super().__init__(data)

    @classmethod
    def owners(cls) -> dict[str, str]:
        """Give the filter that each parameter of an address belongs to."""
        return {
            parameter: name
            for name, one in cls.base_filters.items()
            for parameter in one.names(name)
        }

    def chosen(self, name: str) -> list[str]:
        """Give the values of the address that a filter of choices was given and understood."""
        self.form.is_valid()
        return list(self.form.cleaned_data.get(name) or [])

    def told(self) -> list[tuple[str, str, str]]:
        """Give name, label and words of every filter that narrows the list."""
        self.form.is_valid()
        return [
            (name, label(self.filters[name].label), self.filters[name].told(value))
            for name, value in self.form.cleaned_data.items()
            if value
        ]


def filters_of(catalog: Catalog, extra: Mapping[str, RowFilter]) -> type[Filters]:
    """Make the filters of a list: one per catalog row that names a kind, and the extra ones."""
    made = {row.name: _made(catalog, row) for row in catalog if row.filtered}
    meta = type("Meta", (), {"model": catalog.model, "fields": []})
    name = f"{catalog.model.__name__}Filters"
    kind: Any = type(name, (Filters,), {**made, **extra, "Meta": meta, "__module__": __name__})
    # In the order of the form, whatever was built first.
    kind.base_filters = {one: kind.base_filters[one] for one in (*made, *extra)}
    return kind


def counted(filters: type[Filters], counters: Iterable[extend.Counter]) -> type[Filters]:
    """Make the filters of a list with those for what other apps count."""
    added = {one.name: Pointed(one) for one in counters}
    kind: Any = type(filters.__name__, (filters,), {**added, "__module__": __name__})
    kind.base_filters = {**filters.base_filters, **added}
    return kind


def listed(values: Iterable[Any]) -> str:
    """Join values as people write them."""
    return joined(values, _(", "))


def yes_or_no() -> list[tuple[str, Any]]:
    """Give the choices of a flag."""
    return [("", "—"), (YES, lazy("Yes")), (NO, lazy("No"))]


def _made(catalog: Catalog, row: Row) -> RowFilter:
    field = catalog.field(row.name)
    kind, options = _KINDS[row.filtered]
    return kind(field_name=row.name, label=capfirst(field.verbose_name), **options(field))


def _text(field: Any) -> dict[str, Any]:
    return {"max_length": 100, "fold": getattr(field, "fold", False)}


def _choices(field: Any) -> dict[str, Any]:
    unknown = {"invalid_choice": lazy("There is no “%(value)s” to choose.")}
    return {
        "choices": field.flatchoices,
        "widget": forms.CheckboxSelectMultiple,
        "error_messages": unknown,
    }


def _reference(field: Any) -> dict[str, Any]:
    return {"model": field.related_model}


def _flag(_field: Any) -> dict[str, Any]:
    return {"choices": yes_or_no()}


def _number(field: Any) -> dict[str, Any]:
    if isinstance(field, models.DecimalField):
        digits = {"max_digits": field.max_digits, "decimal_places": field.decimal_places}
        return {"part": lambda: MoneyInput(required=False, **digits), "ends": Between.ends}
    whole = {"required": False, "min_value": 0, "max_value": 2**31 - 1}
    text = forms.TextInput(attrs={"inputmode": "numeric"})
    return {"part": lambda: forms.IntegerField(widget=text, **whole), "ends": Between.ends}


def _date(_field: Any) -> dict[str, Any]:
    return {"part": _day, "ends": Days.ends}


def _day() -> DayInput:
    return DayInput(
        required=False,
        validators=[MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2200, 1, 1))],
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


_KINDS: dict[str, tuple[type[RowFilter], Callable[[Any], dict[str, Any]]]] = {
    "text": (Contains, _text),
    "choices": (AnyChoice, _choices),
    "reference": (AnyReference, _reference),
    "references": (AnyMark, _reference),
    "tree": (Below, _reference),
    "user": (AnyReference, _reference),
    "flag": (Flag, _flag),
    "number": (Between, _number),
    "date": (Days, _date),
    "record": (AnyReference, _reference),
}
