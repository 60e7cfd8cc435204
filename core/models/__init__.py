"""The tables that every app shares; no business word stands here."""

from core.models.bulk_action import BulkAction
from core.models.change import Change
from core.models.counter import Counter
from core.models.idempotency import IdempotencyKey
from core.models.preference import Preference
from core.models.unit import Unit
from core.models.user import User

__all__ = ["BulkAction", "Change", "Counter", "IdempotencyKey", "Preference", "Unit", "User"]
