"""The private room of core/saving.py for many rows at once; everybody else enters by saving.

Here nothing is a model instance: values go in, rows go out, each table in one statement.
"""

from core.bulk.changing import change as bulk_change
from core.bulk.creating import create as bulk_create
from core.bulk.creating import note as note_many
from core.bulk.deleting import delete as bulk_delete
from core.bulk.deleting import in_use, release

__all__ = ["bulk_change", "bulk_create", "bulk_delete", "in_use", "note_many", "release"]
