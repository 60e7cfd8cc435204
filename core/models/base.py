"""Abstract bases of business models: guarded writes, a version, reference values, trees.

They hold shape only; who writes and when is core/saving.py's business: it alone turns the switch
on without which every write to them raises.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models.base import ModelState
from django.utils.translation import gettext_lazy as _

from core.fields import SortKey, Text

_writing: ContextVar[bool] = ContextVar("core_writing", default=False)


class WriteOutsideSaving(RuntimeError):
    """A business row was about to be written by something other than core/saving.py."""


@contextmanager
def writing() -> Iterator[None]:
    """Allow writes to business tables inside the block. Only core/saving.py may use it."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def is_writing() -> bool:
    """Say whether the caller runs inside `writing()`."""
    return _writing.get()


def require_writing(label: str) -> None:
    """Raise WriteOutsideSaving unless the caller runs inside `writing()`."""
    if not _writing.get():
        raise WriteOutsideSaving(f"{label} is written only through core.saving.")


def optional(to: str, label: Any, **options: Any) -> Any:
    """Give a foreign key that may be empty and to which nothing leads back, unless told so."""
    options = {"null": True, "blank": True, "related_name": "+", **options}
    return models.ForeignKey(to, models.PROTECT, verbose_name=label, **options)


def _person(label: Any, **options: Any) -> Any:
    """Give a foreign key to who did something to a row."""
    own: dict[str, Any] = {"related_name": "+", "editable": False, "verbose_name": label}
    return models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, **own, **options)


class BusinessQuerySet(models.QuerySet):
    """A queryset whose writing methods work only inside core.saving."""

    def create(self, **kwargs: Any) -> Any:
        require_writing(self.model._meta.label)
        return super().create(**kwargs)

    def update(self, **kwargs: Any) -> int:
        require_writing(self.model._meta.label)
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        require_writing(self.model._meta.label)
        return super().delete()

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        require_writing(self.model._meta.label)
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Any, *args: Any, **kwargs: Any) -> int:
        require_writing(self.model._meta.label)
        return super().bulk_update(objs, *args, **kwargs)


class Business(models.Model):
    """A row that only core.saving may write."""

    objects = BusinessQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        require_writing(self._meta.label)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        require_writing(self._meta.label)
        return super().delete(*args, **kwargs)

    @classmethod
    def from_db(  # type: ignore[override]  # the stubs know a later Django
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        """Make a row of what was read, without a walk through the fields that were not.

        Django calls __init__ with a mark for each of those: a quarter of the time of a list. It
        sends pre_init and post_init too, to which nobody listens here.
        """
        row = cls.__new__(cls)
        row._state = ModelState()
        row._state.adding, row._state.db = False, db
        row.__dict__.update(zip(field_names, values, strict=True))
        return row


class Versioned(Business):
    """The root of an aggregate: its version rises by one with every change, its children's too."""

    version = models.PositiveIntegerField(_("version"), default=0, editable=False)

    class Meta:
        abstract = True


class Stamped(Versioned):
    """The root of a record that says who made it and who changed it last."""

    created_at = models.DateTimeField(_("created at"), editable=False)
    created_by = _person(_("created by"))
    updated_at = models.DateTimeField(_("updated at"), editable=False)
    updated_by = _person(_("updated by"), db_index=False)

    class Meta:
        abstract = True


class Root(Stamped):
    """The root of a record that knows the unit whose people see it."""

    scope_unit = models.ForeignKey(
        "core.Unit", models.PROTECT, related_name="+", editable=False, db_index=False
    )

    class Meta:
        abstract = True


class ReferenceQuerySet(BusinessQuerySet):
    """Reference values, in the order people read them."""

    def active(self) -> Self:
        return self.filter(is_active=True)

    def in_order(self) -> Self:
        return self.order_by("code_sort", "pk")


class Reference(Versioned):
    """A value that admins keep and records point to; one in use is disabled, never deleted.

    `code_sort` orders codes by their numbers, 2 before 10; `search_key` is how its name is spelled,
    between bars: |hangzhoushi|hzs|.
    """

    code = Text(_("code"), max_length=20, fold=True)
    name = Text(_("name"), max_length=60)
    is_active = models.BooleanField(_("active"), default=True)
    code_sort = SortKey(max_length=140, editable=False)
    search_key = SortKey(max_length=600, editable=False)

    objects = ReferenceQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> str:
        """The words that stand for it in a field: its name and its code."""
        return f"{self.name} {self.code}"


class TreeQuerySet(ReferenceQuerySet):
    """Reference values in a tree, parents before their children."""

    def in_order(self) -> Self:
        return self.order_by("sort_path", "pk")

    def below(self, node: Tree) -> Self:
        """The node and all its descendants."""
        return self.filter(path__startswith=node.path)


class Tree(Reference):
    """A reference value with a parent; `path` is /1/7/31/ of pks, so "below" is a prefix.

    `sort_path` is the same of codes, in their order and each closed by a sign before all others.
    """

    parent = optional("self", _("parent"), related_name="children")
    path = SortKey(max_length=200, editable=False, db_index=True)
    sort_path = SortKey(max_length=1500, editable=False)

    objects = TreeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True

    @property
    def depth(self) -> int:
        """0 for a root, 1 for its children …"""
        return max(self.path.count("/") - 2, 0)
