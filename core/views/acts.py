"""A posted form on its way: who does what and why, and how it went.

THE map from the exceptions of saving to status codes; views say what is shown.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import BadRequest
from django.forms import BaseForm
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.forms.keyed import KeyedForm, with_fresh_key
from core.history import Act, FormKey
from core.refusal import KeyReused, NotAsShown, Refused, Repeated, Stale
from core.workflow import Transition

SHOWN, DONE, CONFLICT, INVALID = 200, 302, 409, 422

# A stored hash of a password would let whoever reads the table guess it at leisure.
_NOT_BODY = {"csrfmiddlewaretoken", "key", "writer", "password1", "password2"}


@dataclass(frozen=True)
class Attempt:
    """How it went: `status` 302 with the `result`, 409 or 422 with the exception that ended it.

    200 stands for a form that nobody has sent yet, 422 without an exception for one that is wrong.
    `cause` of a 302 is Repeated where the form took effect when it was posted before.
    """

    status: int
    result: Any = None
    cause: Exception | None = None

    @property
    def is_done(self) -> bool:
        """Whether the form took effect, now or when it was posted before."""
        return self.status == DONE

    @property
    def is_new(self) -> bool:
        """Whether it took effect just now."""
        return self.status == DONE and self.cause is None

    @property
    def is_stale(self) -> bool:
        """Whether the record is not what was on the screen any more."""
        return isinstance(self.cause, Stale)

    @property
    def refused(self) -> Refused | None:
        """The rules that said no."""
        return self.cause if isinstance(self.cause, Refused) else None


def attempt(write: Callable[[], Any]) -> Attempt:
    """Call a service; `result` is what it returned, or the stored text when it was a repetition."""
    try:
        return Attempt(DONE, write())
    except Repeated as done:
        return Attempt(DONE, done.result, done)
    except (Stale, NotAsShown, KeyReused) as moved:
        return Attempt(CONFLICT, None, moved)
    except Refused as refused:
        return Attempt(INVALID, None, refused)


def carry_out(form: BaseForm, write: Callable[[], Any]) -> Attempt:
    """Call a service, and turn what it refuses into errors on the form."""
    tried = attempt(write)
    if isinstance(tried.cause, KeyReused):
        form.add_error(None, _("This page was used before. Check what is below and save again."))
    if tried.refused:
        explain(form, tried.refused)
    return tried


def posted(
    request: HttpRequest,
    form: KeyedForm,
    write: Callable[[int], Any],
    *,
    now: Mapping[str, Any] | None = None,
    beside: Sequence[Any] = (),
) -> Attempt:
    """Carry out a form that was sent and is right, as those `beside` it are.

    `write` is given the version on the screen. A form that is shown again has a fresh key and,
    where the record moved on, what is there `now`.
    """
    if not form.is_bound:
        return Attempt(SHOWN)
    if not all([one.is_valid() for one in (form, *beside)]):
        return Attempt(INVALID)
    tried = carry_out(form, lambda: write(form.cleaned_data["version"] or 0))
    if not tried.is_done:
        form.data = with_fresh_key(request.POST, **(now or {} if tried.is_stale else {}))
    return tried


def pressed(request: HttpRequest, write: Callable[[int], Any]) -> tuple[Attempt, KeyedForm]:
    """Carry out a form that is nothing but a button; the form tells what was refused."""
    form = KeyedForm(request.POST)
    if not form.is_valid():
        raise BadRequest("form")
    return carry_out(form, lambda: write(form.cleaned_data["version"] or 0)), form


def data_of(request: HttpRequest) -> Any:
    """Give what was posted, None where a page is only asked for."""
    return request.POST if request.method == "POST" else None


def explain(form: BaseForm, refusal: Refused) -> None:
    """Put the sentences of a refusal at their fields, the others above the form."""
    for name, sentence in refusal.fields.items():
        form.add_error(name if name in form.fields else None, sentence)
    for sentence in refusal.problems:
        if not any(sentence in told or told in sentence for told in refusal.fields.values()):
            form.add_error(None, sentence)


def act_of(request: HttpRequest, *, reason: str = "", source: str = "form") -> Act:
    """Give the Act of a posted form; its key is `key` in the body, else BadRequest."""
    key = request.POST.get("key", "")
    if not 16 <= len(key) <= 64:
        raise BadRequest("form key")
    body = sorted((name, values) for name, values in request.POST.lists() if name not in _NOT_BODY)
    digest = hashlib.sha256(json.dumps(body).encode()).hexdigest()
    match = request.resolver_match
    view = f"{match.view_name if match else ''} {request.path}"[-100:]
    return Act(
        by=request.user,  # type: ignore[arg-type]
        source=source,
        reason=reason,
        key=FormKey(key=key, view=view, body_hash=digest),
    )


def told(move: Transition, name: str) -> str:
    """Give the sentence that says what was done."""
    return _("%(done)s: %(name)s") % {"done": move.done, "name": name} if name else str(move.done)
