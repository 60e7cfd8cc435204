"""Turns what the database refuses into the sentence of the constraint that refused it.

PostgreSQL names the constraint, SQLite the columns of a unique one; both are looked up in Meta.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, models
from django.utils.translation import gettext as _

from core.aggregate import Aggregate


@contextmanager
def explained(aggregate: Aggregate, refusal: type[Exception]) -> Iterator[None]:
    """Raise `refusal(sentences, {field: sentence})` instead of IntegrityError where we know why."""
    try:
        yield
    except IntegrityError as error:
        known = _find(aggregate, error)
        if known is None:
            raise
        constraint, model = known
        sentence = str(_sentence(constraint, model))
        fields = getattr(constraint, "fields", ())
        raise refusal([sentence], dict.fromkeys(fields, sentence)) from error


def in_use(error: models.ProtectedError) -> str:
    """Say what still points to the record that was to be deleted."""
    names = sorted({str(obj._meta.verbose_name_plural) for obj in error.protected_objects})
    return _("It is still used by: %(names)s.") % {"names": "、".join(names)}


def _find(aggregate: Aggregate, error: IntegrityError) -> tuple[Any, Any] | None:
    text = str(error)
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    models_ = [aggregate.root, *(c.model for c in aggregate.children), *aggregate.extra_tables]
    for model in models_:
        for constraint in _known(model):
            columns = _columns(model, constraint)
            if constraint.name in (name, *text.split()) or (columns and text.endswith(columns)):
                return constraint, model
    return None


def _known(model: type[models.Model]) -> list[Any]:
    unique_fields = [
        models.UniqueConstraint(fields=[field.name], name=field.name)
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    ]
    return [*model._meta.constraints, *unique_fields]


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _columns(model: type[models.Model], constraint: Any) -> str:
    if not isinstance(constraint, models.UniqueConstraint):
        return ""
    table = model._meta.db_table
    columns = [_field(model, name).column for name in constraint.fields]
    return "UNIQUE constraint failed: " + ", ".join(f"{table}.{column}" for column in columns)


def _sentence(constraint: Any, model: type[models.Model]) -> Any:
    own = constraint.violation_error_message
    if own and own != constraint.default_violation_error_message:
        return own
    if isinstance(constraint, models.UniqueConstraint):
        labels = [str(_field(model, name).verbose_name) for name in constraint.fields]
        return _("This value is already used: %(fields)s.") % {"fields": "、".join(labels)}
    return _("The database refused this value (%(name)s).") % {"name": constraint.name}
