"""Turns what the database refuses into the sentence of the constraint that refused it.

PostgreSQL names the constraint, SQLite the columns of a unique one; both are looked up in Meta.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from decimal import InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, OperationalError, models

from core.aggregate import Aggregate
from core.refusal import Duplicate, Refused
from core.said import items
from core.said import label as label_of
from core.said import said as _

_UNIQUE, _CHECK = "UNIQUE constraint failed: ", "CHECK constraint failed: "
# Too long, too large, half a character: nothing that a form lets through.
_UNFIT = (DataError, InvalidOperation, OverflowError, UnicodeEncodeError, ValidationError)
_FOREIGN_KEY_STATE, _LOCKED_STATE = "23503", "55P03"
_FOREIGN_KEY_TEXT, _LOCKED_TEXT = "FOREIGN KEY constraint failed", "database is locked"


@contextmanager
def explained(aggregate: Aggregate) -> Iterator[None]:
    """Say what the database refused, where we know why: Duplicate for a taken value, else Refused.

    Refused also stands for values that the database cannot keep at all.
    """
    try:
        yield
    except IntegrityError as error:
        known = _find(aggregate, error)
        if not known:
            raise
        fields: dict[str, str] = {}
        for constraint, _model in known:
            fields.update(dict.fromkeys(_named(constraint), str(_sentence(constraint))))
        sentences = [_labelled(constraint, model) for constraint, model in known]
        is_unique = isinstance(known[0][0], models.UniqueConstraint)
        raise (Duplicate if is_unique else Refused)(sentences, fields) from error
    except (*_UNFIT, ValueError) as error:
        if not isinstance(error, _UNFIT) and "NUL" not in str(error):
            raise
        raise Refused([_("A value is too long or cannot be stored.")]) from error


@contextmanager
def explained_late() -> Iterator[None]:
    """Say what shows only at the end: references that are gone, locks nobody let go of."""
    try:
        yield
    except IntegrityError as error:
        if not _is(error, _FOREIGN_KEY_STATE, _FOREIGN_KEY_TEXT):
            raise
        sentence = _("Something chosen here was deleted or put to use just now; look again.")
        raise Refused([sentence]) from error
    except OperationalError as error:
        if not _is(error, _LOCKED_STATE, _LOCKED_TEXT):
            raise
        sentence = _("Too many people are saving at this moment; try again.")
        raise Refused([sentence]) from error


def used_by(names: Iterable[str]) -> str:
    """Say that rows with these names still point to a record."""
    return _("It is still used by: %(names)s.") % {"names": items(sorted(names))}


def _is(error: Exception, state: str, text: str) -> bool:
    return getattr(error.__cause__, "pgcode", "") == state or str(error) == text


def _find(aggregate: Aggregate, error: IntegrityError) -> list[tuple[Any, Any]]:
    """Give the constraints that may have refused; SQLite names columns that two may share."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = diagnosis.constraint_name if diagnosis else str(error).removeprefix(_CHECK)
    children = [child.model for child in aggregate.children]
    return [
        (constraint, model)
        for model in (aggregate.root, *children, *aggregate.extra_tables)
        for constraint in _known(model)
        if constraint.name == name or _columns(model, constraint) == str(error)
    ]


def _known(model: type[models.Model]) -> list[Any]:
    table = model._meta.db_table
    unique_fields = [
        # The name that PostgreSQL gives to what Django declares with the column.
        models.UniqueConstraint(
            fields=[field.name],
            name=f"{table}_pkey" if field.primary_key else f"{table}_{field.column}_key",
        )
        for field in model._meta.concrete_fields
        if field.unique
    ]
    return [*model._meta.constraints, *unique_fields]


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _named(constraint: Any) -> tuple[str, ...]:
    return tuple(getattr(constraint, "fields", ())) or tuple(
        filter(None, [getattr(constraint, "field", "")])
    )


def _columns(model: type[models.Model], constraint: Any) -> str:
    if not isinstance(constraint, models.UniqueConstraint):
        return ""
    table = model._meta.db_table
    columns = [_field(model, name).column for name in constraint.fields]
    return _UNIQUE + ", ".join(f"{table}.{column}" for column in columns)


def _sentence(constraint: Any) -> Any:
    """What is wrong, without the labels of the fields beside which it stands."""
    own = constraint.violation_error_message
    if own and own != constraint.default_violation_error_message:
        return own
    if isinstance(constraint, models.UniqueConstraint):
        return _("This value is already used.")
    if _named(constraint):
        return _("This value is too long or too small.")
    return _("The database refused this value (%(name)s).") % {"name": constraint.name}


def _labelled(constraint: Any, model: type[models.Model]) -> str:
    """The sentence as it stands alone; what says itself which field is meant needs no label."""
    sentence = str(_sentence(constraint))
    own = constraint.violation_error_message
    named = _named(constraint)
    if not named or (own and own != constraint.default_violation_error_message):
        return sentence
    labels = items(label_of(_field(model, name).verbose_name) for name in named)
    return _("%(label)s: %(text)s") % {"label": labels, "text": sentence}
