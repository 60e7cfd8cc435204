"""Keeps the paths of trees true: a node knows its place, and moves with all below it.

Used by core.saving only, inside its transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

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


def place(node: Any) -> None:
    """Set the node's path from its parent and carry everything below along. Raises Loop.

    A node that moves needs `lock` first; a new one only waits for a parent that is on the move.
    """
    table = type(node)._default_manager
    parent = table.select_for_update(no_key=True).filter(pk=node.parent_id).first()
    path = f"{parent.path if parent else '/'}{node.pk}/"
    order = _order(parent, node.code_sort)
    old_path, old_order = node.path, node.sort_path
    if parent and old_path and parent.path.startswith(old_path):
        raise Loop
    table.filter(pk=node.pk).update(path=path, sort_path=order)
    if old_path:
        below = table.filter(path__startswith=old_path).exclude(pk=node.pk)
        below.update(
            path=Concat(Value(path), Substr(F("path"), len(old_path) + 1)),
            sort_path=Concat(Value(order), Substr(F("sort_path"), len(old_order) + 1)),
        )
    node.path, node.sort_path = path, order


def place_new(model: type[Any], nodes: Sequence[dict[str, Any]]) -> None:
    """Put the paths into the values of new nodes with keys; their parents are there already."""
    above = {_parent_of(node) for node in nodes} - {None}
    locked = model._default_manager.select_for_update(no_key=True).filter(pk__in=above)
    parents = {row.pk: row for row in locked.order_by("pk")} if above else {}
    for node in nodes:
        parent = parents.get(_parent_of(node))
        node["path"] = f"{parent.path if parent else '/'}{node['id']}/"
        node["sort_path"] = _order(parent, node["code_sort"])


def _order(parent: Any, key: str) -> str:
    return f"{parent.sort_path if parent else ''}{key}{_END}"


def _parent_of(node: dict[str, Any]) -> int | None:
    parent = node.get("parent")
    return parent.pk if parent else node.get("parent_id")
