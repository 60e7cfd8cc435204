"""Opens the blocks of plans and outcomes that some customers of a file stand in, and no others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from customers.imports.kept import shapes
from customers.imports.kept.packing import unpack
from customers.imports.plan.plans import Planned
from customers.models import ImportBatch, ImportPlan


def plans(batch: ImportBatch, numbers: Collection[int]) -> dict[int, Planned]:
    """Give what was planned for these customers of the file, by their numbers."""
    found: dict[int, Planned] = {}
    for block in holding(ImportPlan.objects.filter(batch=batch), numbers):
        data = unpack(block.data)
        for number in numbers:
            if block.first <= number < block.first + block.count:
                found[number] = shapes.raised(data[number - block.first])
    return found


def holding(rows: Any, numbers: Collection[int]) -> list[Any]:
    """Give the blocks that hold these customers of the file."""
    spans = list(rows.order_by("first").values_list("pk", "first", "count"))
    wanted = [pk for pk, first, count in spans if any(first <= n < first + count for n in numbers)]
    return list(rows.filter(pk__in=wanted).order_by("first"))
