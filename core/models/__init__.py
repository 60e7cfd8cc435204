"""The tables that every app shares; no business word stands here."""

from core.models.bulk_action import BulkAction
from core.models.change import Change
from core.models.counter import Counter
from core.models.export_log import ExportLog
from core.models.idempotency import IdempotencyKey
from core.models.job import Job, WorkerBeat
from core.models.kept_form import KeptForm
from core.models.preference import Preference
from core.models.stored_file import StoredChunk, StoredFile
from core.models.unit import Unit
from core.models.user import User

__all__ = [
    "BulkAction",
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
