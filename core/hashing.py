"""How passwords are hashed: Django's Argon2, by one thread of a process at a time.

Each hash takes 100 MB while it runs; four at once made a web process three times as large.
"""

from __future__ import annotations

import threading
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher

_turn = threading.Lock()


class TakingTurns(Argon2PasswordHasher):
    """The same hashes, one after the other."""

    def encode(self, *args: Any, **kwargs: Any) -> str:
        """Make a hash when it is our turn."""
        with _turn:
            return super().encode(*args, **kwargs)

    def verify(self, *args: Any, **kwargs: Any) -> bool:
        """Compare with a hash when it is our turn."""
        with _turn:
            return super().verify(*args, **kwargs)
