"""Keeps the paths of trees true: a node knows its place, and moves with all below it.

Used by core.saving only, inside its transaction.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _


class Loop(Exception):
    """A node was to be moved below itself."""

    def __str__(self) -> str:
        return _("A node cannot stand below itself.")


def place(node: Any) -> None:
    """Set the node's path from its parent and carry everything below along. Raises Loop."""
    table = type(node)._default_manager
    # Two moves at once could close a loop that neither sees: one move at a time per tree.
    # A new node has nothing below it; it only waits for a parent that is on the move.
    locked = table.select_for_update().order_by("pk")
    nodes = {row.pk: row for row in (locked if node.path else locked.filter(pk=node.parent_id))}
    parent = nodes[node.parent_id] if node.parent_id else None
    path = f"{parent.path if parent else '/'}{node.pk}/"
    order = f"{parent.sort_path if parent else ''}{node.code}/"
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
