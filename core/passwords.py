"""What a password must not be, said in our own words, and how one is hashed.

Django decides which are too weak, and hashes by Argon2; here by one thread of a process at a time,
for a hash takes 100 MB while it runs: four at once made a web process three times as large.
"""

from __future__ import annotations

import threading
from typing import Any

from django.contrib.auth import password_validation as django
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils.translation import gettext as _


class LongEnough(django.MinimumLengthValidator):
    """Refuses short passwords."""

    def get_error_message(self) -> str:
        """Say how long a password must be."""
        return _("Use at least %(n)d characters.") % {"n": self.min_length}


class UnlikeItsOwner(django.UserAttributeSimilarityValidator):
    """Refuses passwords that whoever knows the person would try first."""

    def get_error_message(self) -> str:
        """Say what the password resembles; Django fills in which field it is."""
        return _("The password is too much like the %(verbose_name)s: choose another.")


class Uncommon(django.CommonPasswordValidator):
    """Refuses the passwords that attackers try first."""

    def get_error_message(self) -> str:
        """Say that many people have this password."""
        return _("Many people use this password: choose one that is harder to guess.")


class MoreThanDigits(django.NumericPasswordValidator):
    """Refuses dates and telephone numbers."""

    def get_error_message(self) -> str:
        """Say what is missing."""
        return _("A password of digits only is easy to guess: add letters.")


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
