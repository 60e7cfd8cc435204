"""One transaction for one form: its key works once, and a knot of locks is tried again.

What the database refuses in it is said by the sentence of the constraint: PostgreSQL names that,
SQLite the columns of a unique one; both are looked up in Meta.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from decimal import InvalidOperation
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, OperationalError, connection, models, transaction
from django.utils import timezone

from core.aggregate import Aggregate
from core.history import Act
from core.models import IdempotencyKey
from core.refusal import Duplicate, KeyReused, Refused, Repeated
from core.said import items
from core.said import label as label_of
from core.said import said as _

MOST_TRIES = 3
# Deadlock, serialization failure: PostgreSQL took the transaction back, another try may pass.
_KNOTS = {"40P01", "40001"}
_TABLE = IdempotencyKey._meta.db_table
_TOLD = f"UPDATE {_TABLE} SET result = %s WHERE key = %s"
_UNIQUE, _CHECK = "UNIQUE constraint failed: ", "CHECK constraint failed: "
# Too long, too large, half a character: nothing that a form lets through.
_UNFIT = (DataError, InvalidOperation, OverflowError, UnicodeEncodeError, ValidationError)
_FOREIGN_KEY_STATE, _LOCKED_STATE = "23503", "55P03"
_FOREIGN_KEY_TEXT, _LOCKED_TEXT = "FOREIGN KEY constraint failed", "database is locked"

P = ParamSpec("P")
R = TypeVar("R")


class Ticket:
    """What `once` hands out: the service says here what came of the form."""

    result = ""


@contextmanager
def once(act: Act) -> Iterator[Ticket]:
    """Run a block in one transaction, and only once per form key.

    Raises Repeated if the form already took effect, KeyReused if its key came with another body.
    """
    ticket = Ticket()
    with explained_late(), transaction.atomic():
        if act.key is not None:
            _claim(act)
        yield ticket
        if act.key is not None and ticket.result:
            with connection.cursor() as cursor:
                cursor.execute(_TOLD, [ticket.result, act.key.key])


@contextmanager
def claimed(act: Act) -> Iterator[Ticket]:
    """Let a form take effect once although its work is many transactions, or none of ours.

    The key is taken first, for others to see at once, and given back when the work fails. Raises
    Repeated (with "" while the first is still at work), KeyReused.
    """
    with once(act):
        pass
    ticket = Ticket()
    mine = IdempotencyKey.objects.filter(key=act.key.key if act.key else "")
    try:
        yield ticket
    except BaseException:
        mine.delete()
        raise
    mine.update(result=ticket.result)


def retried(service: Callable[P, R]) -> Callable[P, R]:
    """Run a service again, three times at most, when the database took it back for a deadlock.

    Inside a transaction of the caller it runs once: only the whole of it could be repeated.
    """

    @wraps(service)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        tries = 1 if connection.in_atomic_block else MOST_TRIES
        for _again in range(tries - 1):
            try:
                return service(*args, **kwargs)
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", "") not in _KNOTS:
                    raise
        return service(*args, **kwargs)

    return run


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


def _claim(act: Act) -> None:
    """Take the key, waiting for whoever is just taking it; one statement where nobody has it."""
    assert act.key is not None
    mine = (act.by.pk, act.key.view, act.key.body_hash)
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_TABLE} (key, user_id, view, body_hash, result, created_at)"
            " VALUES (%s, %s, %s, %s, '', %s) ON CONFLICT DO NOTHING",
            [act.key.key, *mine, now],
        )
        if cursor.rowcount:
            return
    known = IdempotencyKey.objects.get(key=act.key.key)
    if (known.user_id, known.view, known.body_hash) != mine:
        raise KeyReused
    raise Repeated(known.result)


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
