"""Carries out what a posted form asks for, and turns refusals into errors on the form.

The one place of core that maps the exceptions of saving to status codes for plain forms.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _

from core.saving import KeyReused, Refused, Repeated, Stale

DONE, CONFLICT, INVALID = 302, 409, 422


@dataclass(frozen=True)
class Attempt:
    """How it went: `status` 302 with the `result`, 409 or 422 with errors on the form."""

    status: int
    result: Any = None
    is_stale: bool = False

    @property
    def is_done(self) -> bool:
        """Whether the form took effect, now or when it was posted before."""
        return self.status == DONE


def carry_out(form: BaseForm, write: Callable[[], Any]) -> Attempt:
    """Call a service; `result` is what it returned, or the stored text when it was a repetition."""
    try:
        return Attempt(DONE, write())
    except Repeated as done:
        return Attempt(DONE, done.result)
    except KeyReused:
        form.add_error(None, _("This page was used before. Check what is below and save again."))
        return Attempt(CONFLICT)
    except Stale:
        return Attempt(CONFLICT, is_stale=True)
    except Refused as refusal:
        explain(form, refusal)
        return Attempt(INVALID)


def explain(form: BaseForm, refusal: Refused) -> None:
    """Put the sentences of a refusal at their fields, the others above the form."""
    for name, sentence in refusal.fields.items():
        form.add_error(name if name in form.fields else None, sentence)
    for sentence in refusal.problems:
        if not any(sentence in told or told in sentence for told in refusal.fields.values()):
            form.add_error(None, sentence)
