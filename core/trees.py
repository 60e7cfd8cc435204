"""Keeps the paths of trees true: a node knows its place, and moves with all below it.

Used by core.saving only, inside its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from core.aggregate import key_of

_END = "!"  # before every sign of a code: what stands below A comes before A-1


class Loop(Exception):
    """A node was to be moved below itself."""

    def __str__(self) -> str:
        return _("A node cannot stand below itself.")


def lock(model: type[Any]) -> None:
    """Let nobody else move a node of this tree until the transaction ends.

    Two moves at once could close a loop that neither sees. Asked before anything else is read.
    """
    nodes = model._default_manager.select_for_update(no_key=True).order_by("pk")
    list(nodes.values_list("pk", flat=True))


def move(model: type[Any], node: dict[str, Any]) -> None:
    """Carry a node, these are its values, and everything below it to its place. Raises Loop.

    It needs `lock` first, and may have moved along with another since.
    """
    table = model._default_manager
    pk, above = node["id"], _parent_of(node)
    old_path, old_order = table.values_list("path", "sort_path").get(pk=pk)
    parent = table.filter(pk=above).first() if above else None
    if parent and old_path and parent.path.startswith(old_path):
        raise Loop
    path, order = _place(parent, node)
    moving = table.filter(path__startswith=old_path) if old_path else table.filter(pk=pk)
    moving.update(
        path=Concat(Value(path), Substr(F("path"), len(old_path) + 1)),
        sort_path=Concat(Value(order), Substr(F("sort_path"), len(old_order) + 1)),
    )


def place(model: type[Any], nodes: Sequence[dict[str, Any]]) -> None:
    """Put the paths into the values of new nodes with keys; their parents are there already.

    They only wait for a parent that is on the move.
    """
    above = {_parent_of(node) for node in nodes} - {None}
    locked = model._default_manager.select_for_update(no_key=True).filter(pk__in=above)
    parents = {row.pk: row for row in locked.order_by("pk")} if above else {}
    for node in nodes:
        node["path"], node["sort_path"] = _place(parents.get(_parent_of(node)), node)


def _place(parent: Any, node: dict[str, Any]) -> tuple[str, str]:
    """Give the path and the order of a node below a parent, or of a first one."""
    path, order = (parent.path, parent.sort_path) if parent else ("/", "")
    return f"{path}{node['id']}/", f"{order}{node['code_sort']}{_END}"


def _parent_of(node: dict[str, Any]) -> int | None:
    found: int | None = key_of(node.get("parent", node.get("parent_id")))
    return found
