"""The tables that every app shares; no business word stands here."""

from core.models.bulk_edit import BulkEdit, BulkEditBlock
from core.models.change import Change
from core.models.counter import Counter
from core.models.job import BulkAction, Job, WorkerBeat
from core.models.kept_form import IdempotencyKey, KeptForm
from core.models.stored_file import ExportLog, StoredChunk, StoredFile
from core.models.user import Preference, Unit, User

__all__ = [
    "BulkAction",
    "BulkEdit",
    "BulkEditBlock",
    "Change",
    "Counter",
    "ExportLog",
    "IdempotencyKey",
    "Job",
    "KeptForm",
    "Preference",
    "StoredChunk",
    "StoredFile",
    "Unit",
    "User",
    "WorkerBeat",
]
