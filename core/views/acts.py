"""Makes the Act of a request: who, from where, why, and the form key with the hash of the body."""

from __future__ import annotations

import hashlib
import json

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from core.history import Act, FormKey

# A stored hash of a password would let whoever reads the table guess it at leisure.
_NOT_BODY = {"csrfmiddlewaretoken", "key", "writer", "password1", "password2"}


def act_of(request: HttpRequest, *, reason: str = "", source: str = "form") -> Act:
    """Give the Act of a posted form; its key is `key` in the body, else BadRequest."""
    key = request.POST.get("key", "")
    if not 16 <= len(key) <= 64:
        raise BadRequest("form key")
    match = request.resolver_match
    view = f"{match.view_name if match else ''} {request.path}"[-100:]
    return Act(
        by=request.user,  # type: ignore[arg-type]
        source=source,
        reason=reason,
        key=FormKey(key=key, view=view, body_hash=_body_hash(request)),
    )


def _body_hash(request: HttpRequest) -> str:
    fields = sorted(
        (name, values) for name, values in request.POST.lists() if name not in _NOT_BODY
    )
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()
