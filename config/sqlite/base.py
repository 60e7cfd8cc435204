"""The SQLite backend: JSON columns without JSON_VALID, and writers who wait for their turn.

With `trusted_schema=OFF` SQLite refuses that function in a CHECK (docs/decisions/0005).
"""

from __future__ import annotations

import os
import time
from contextlib import AbstractContextManager
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

from config.sqlite import presence
from config.sqlite.turn import Turn


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own, but for the checks it puts on columns and the way writers wait."""

    data_type_check_constraints = {
        kind: check
        for kind, check in base.DatabaseWrapper.data_type_check_constraints.items()
        if kind != "JSONField"
    }
    _turn: Turn | None = None

    def is_usable(self) -> bool:
        """Say no after an error: what was opened while the file was read-only stays read-only."""
        return self.is_in_memory_db()

    def connect(self) -> None:
        """Open the file; for one request only while it cannot be written."""
        if not self.is_in_memory_db() and not presence.enter(str(self.settings_dict["NAME"])):
            raise OperationalError("database is locked")
        super().connect()
        if not self.is_in_memory_db() and not os.access(self.settings_dict["NAME"], os.W_OK):
            self.close_at = time.monotonic()

    def alone(self) -> AbstractContextManager[bool]:
        """Say whether no other process has the file open, and keep others away in the block."""
        return presence.alone(str(self.settings_dict["NAME"]))

    def _start_transaction_under_autocommit(self) -> None:
        if self.transaction_mode == "IMMEDIATE" and not self.is_in_memory_db():
            self._turn = self._turn or Turn(str(self.settings_dict["NAME"]))
            patience = self.settings_dict["OPTIONS"].get("timeout", 5)
            if not self._turn.take(patience):
                raise OperationalError("database is locked")
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._free()
            raise

    def _commit(self) -> Any:
        done = super()._commit()
        self._free()
        return done

    def _rollback(self) -> Any:
        try:
            return super()._rollback()
        finally:
            self._free()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._free()

    def _free(self) -> None:
        if self._turn is not None:
            self._turn.free()
