"""Reference values: one way to add, change, enable, disable and delete them, for all ten kinds.

What a kind has beside code and name is a row of KINDS; everything is written through core.saving.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import saving
from core.access import permissions_of
from core.aggregate import Aggregate
from core.history import Act
from core.models.base import Reference, Tree
from core.saving import Refused, Stale
from core.text import listed
from core.trees import Loop
from customers.models import CodeRule, Tag
from customers.rules import reference as rules
from customers.rules.identity import initials
from customers.services.aggregates import AGGREGATE, REFERENCE

MANAGE = "customers.manage_reference"


@dataclass(frozen=True)
class ReferenceKind:
    """A kind of reference value: its stem in addresses, its own fields, its icon and its group.

    With `makes_codes` a value without a code gets one from its name.
    """

    stem: str
    icon: str
    group: Any
    fields: tuple[str, ...] = ()
    code_rule: Callable[[str], str] = rules.code
    makes_codes: bool = False

    @property
    def aggregate(self) -> Aggregate:
        """What core.saving writes."""
        return REFERENCE[self.stem]

    @property
    def model(self) -> type[models.Model]:
        """The table of the values."""
        return self.aggregate.root

    @property
    def is_tree(self) -> bool:
        """Whether values stand below one another."""
        return self.aggregate.is_tree

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields people fill in, in order."""
        return ("code", "name", *(("parent",) if self.is_tree else ()), *self.fields)

    def label(self, name: str) -> str:
        """Give what people call a field."""
        column: Any = self.model._meta.get_field(name)
        return str(capfirst(str(column.verbose_name)))


_ABOUT = lazy("About the customer")
_WITHIN = lazy("Organisation and payment")

KINDS = {
    kind.stem: kind
    for kind in (
        ReferenceKind("customer-type", "users", _ABOUT, ("kind",)),
        ReferenceKind("region", "pinmap", _ABOUT, ("letters",)),
        ReferenceKind("industry", "building", _ABOUT),
        ReferenceKind("category", "grid", _ABOUT),
        ReferenceKind("tag", "tag", _ABOUT, ("tone",), makes_codes=True),
        ReferenceKind("unit", "merge", _WITHIN),
        ReferenceKind("salesperson", "user", _WITHIN, ("unit", "user")),
        ReferenceKind("bank", "bank", _WITHIN),
        ReferenceKind("settlement-method", "money", _WITHIN),
        ReferenceKind("currency", "globe", _WITHIN, code_rule=rules.currency),
    )
}
FIELD_RULES: dict[str, Callable[[str], str]] = {"letters": rules.letters}


def values(kind: ReferenceKind) -> QuerySet[Any]:
    """Give the values of a kind in the order people read them, with what a list shows of them."""
    related = [name for name in kind.columns if _is_reference(kind, name)]
    table: Any = kind.model._default_manager
    return table.select_related(*related).in_order() if related else table.in_order()


def choosable(kind: ReferenceKind, name: str, value: Any) -> QuerySet[Any]:
    """Give what a field of a value may point to; in a tree never what stands below the value."""
    column: Any = kind.model._meta.get_field(name)
    table = column.related_model._default_manager
    if name == "user":
        return table.filter(is_system=False).order_by("display_name", "pk")
    if name == "parent" and value is not None:
        return table.exclude(path__startswith=value.path).in_order()
    return table.in_order()


@saving.retried
def create(kind: ReferenceKind, values: Mapping[str, Any], *, act: Act) -> Any:
    """Add a value. Raises Refused, Duplicate, Repeated, KeyReused."""
    with saving.once(act) as ticket:
        _check_depth(kind, None, values)
        if kind.makes_codes and not values["code"]:
            values = {**values, "code": free_code(kind, values["name"])}
        made = saving.create(kind.aggregate, values, act=act)
        ticket.result = str(made.pk)
    return made


def free_code(kind: ReferenceKind, name: str) -> str:
    """Give a code that no value of the kind has: the initials of the name, numbered if taken."""
    start = rules.code_from(initials(name))
    table: Any = kind.model._default_manager
    taken = set(table.filter(code__startswith=start).values_list("code", flat=True))
    numbered = (f"{start}{number}" for number in count(2))
    return start if start not in taken else next(one for one in numbered if one not in taken)


def with_made(tags: Sequence[Tag], *, act: Act) -> list[Tag]:
    """Give tags of which those that are only names are made now. Raises Refused without the right.

    It writes inside the transaction of the record that is to carry them.
    """
    kind = KINDS["tag"]
    found = []
    for tag in tags:
        if tag.pk is None:
            if MANAGE not in permissions_of(act.by):
                sentence = _("Only administrators make new tags.")
                raise Refused([sentence], {"tags": sentence})
            values = {"code": free_code(kind, tag.name), "name": tag.name}
            tag = saving.create(kind.aggregate, values, act=act)
        found.append(tag)
    return found


@saving.retried
def change(
    kind: ReferenceKind, pk: int, values: Mapping[str, Any], *, version: int, act: Act
) -> Any:
    """Change a value. Raises Refused, Duplicate, Stale, Repeated, KeyReused."""
    with saving.once(act) as ticket:
        ticket.result = str(pk)
        return write_change(kind, pk, values, version=version, act=act)


def write_change(
    kind: ReferenceKind, pk: int, values: Mapping[str, Any], *, version: int, act: Act
) -> Any:
    """Change a value inside a form or file that is claimed already. Raises Refused, Stale."""
    _check_depth(kind, pk, values)
    try:
        return saving.change(kind.aggregate, pk, values, version=version, act=act)
    except Loop as loop:
        raise Refused([str(loop)], {"parent": str(loop)}) from loop


@saving.retried
def set_active(kind: ReferenceKind, pk: int, active: bool, *, version: int, act: Act) -> Any:
    """Enable or disable a value. Raises Stale, Repeated, KeyReused."""
    with saving.once(act) as ticket:
        ticket.result = str(pk)
        action = "enable" if active else "disable"
        wanted = {"is_active": active}
        return saving.change(kind.aggregate, pk, wanted, version=version, act=act, action=action)


@saving.retried
def delete(kind: ReferenceKind, pk: int, *, version: int, act: Act) -> None:
    """Delete a value nothing points to. Raises Refused with what does, Stale, Repeated."""
    with saving.once(act) as ticket:
        ticket.result = kind.stem
        table: Any = kind.model._default_manager
        stored = table.select_for_update().filter(pk=pk).first()
        if stored is None:
            raise Stale
        if names := used_by(stored):
            sentence = _("It is in use (%(names)s): disable it instead.")
            raise Refused([sentence % {"names": listed(names)}])
        saving.delete(kind.aggregate, pk, version=version, act=act)


def used_by(value: Reference) -> list[str]:
    """Name the kinds of records that point to a value; one cheap question for each."""
    names = [str(model._meta.verbose_name_plural) for model, points in _pointers(value) if points]
    return sorted(set(names))


def below(node: Tree) -> QuerySet[Any]:
    """Give the node and everything below it."""
    table: Any = type(node)._default_manager
    return table.below(node)


def _pointers(value: Reference) -> Iterator[tuple[type[models.Model], bool]]:
    for relation in value._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and relation.is_relation and not relation.concrete):
            continue
        model: Any = relation.related_model
        if model._meta.auto_created:  # the link table of a many-to-many that is asked for itself
            continue
        name = relation.field.name  # type: ignore[union-attr]
        yield model, model._base_manager.filter(**{name: value}).exists()


def _is_reference(kind: ReferenceKind, name: str) -> bool:
    return isinstance(kind.model._meta.get_field(name), models.ForeignKey)


def _check_depth(kind: ReferenceKind, pk: int | None, values: Mapping[str, Any]) -> None:
    parent = values.get("parent")
    if parent is None:
        return
    height = 0
    if pk is not None:
        node: Any = kind.model._default_manager.filter(pk=pk).first()
        depths = [one.depth - node.depth for one in below(node)] if node else []
        height = max(depths, default=0)
    if parent.depth + 1 + height >= rules.MAX_DEPTH:
        sentence = too_deep()
        raise Refused([sentence], {"parent": sentence})


def too_deep() -> str:
    """Give the sentence that refuses a node too far below."""
    return _("A tree has at most %(most)d levels.") % {"most": rules.MAX_DEPTH}


def active_code_rule_uses(kind: ReferenceKind) -> bool:
    """Say whether the code rule in force puts codes of this kind into customer codes."""
    segments = {"customer-type": "type", "region": "region", "category": "category"}
    wanted = segments.get(kind.stem, "")
    return (
        bool(wanted)
        and CodeRule.objects.active()
        .filter(subject=AGGREGATE.subject_type, segments__kind=wanted)
        .exists()
    )
