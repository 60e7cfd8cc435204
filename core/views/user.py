"""The pages where administrators keep people: list, add, change, let in and shut out, new password.

Writes only through core.people.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import BadRequest
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from core import extend, people, timeline
from core.access import requires
from core.forms.keyed import KeyedForm, with_fresh_key
from core.forms.user import NewPasswordForm, NewUserForm, ProfileForm
from core.models import User
from core.views.acts import Attempt, act_of, carry_out

MOST = 500
STATES = {"active": True, "disabled": False}


@requires(people.MANAGE)
def listing(request: HttpRequest) -> HttpResponse:
    """Show the people, found by name or account and filtered by activity."""
    text, state = request.GET.get("q", "").replace("\0", "")[:60], request.GET.get("state", "")
    found = people.everybody()
    if text:
        found = found.filter(Q(display_name__icontains=text) | Q(username__icontains=text))
    if state in STATES:
        found = found.filter(is_active=STATES[state])
    total = found.count()
    users = list(found.select_related("unit").prefetch_related("groups")[:MOST])
    context = {
        "rows": [(user, _role_labels(user)) for user in users],
        "total": total,
        "most": MOST,
        "text": text,
        "state": state,
    }
    return render(request, "core/user/list.html", context)


@requires(people.MANAGE)
@sensitive_post_parameters("password1", "password2")
def add(request: HttpRequest) -> HttpResponse:
    """Make an account with a temporary password."""
    if request.method != "POST":
        return _page(request, "add", NewUserForm(user=request.user))
    form = NewUserForm(request.POST, user=request.user)
    if not form.is_valid():
        return _page(request, "add", form, status=422)
    typed = form.cleaned_data
    attempt = carry_out(
        form,
        lambda: people.create(
            typed["username"], form.profile(), password=typed["password1"], act=act_of(request)
        ),
    )
    if not attempt.is_done:
        return _again(request, "add", form, attempt)
    messages.success(request, _("Account made. Hand over the temporary password in person."))
    return redirect("core:user-list")


@requires(people.MANAGE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, roles and department of a person."""
    user = _found(pk)
    if request.method != "POST":
        return _page(request, "edit", _profile(request, user), user)
    form = ProfileForm(request.POST, user=request.user, present=user.unit)
    if not form.is_valid():
        return _page(request, "edit", form, user, status=422)
    attempt = carry_out(
        form, lambda: people.change(pk, form.profile(), version=_version(form), act=act_of(request))
    )
    return _answer(request, "edit", form, attempt, user, _("Saved."))


@require_POST
@requires(people.MANAGE)
def toggle(request: HttpRequest, pk: int) -> HttpResponse:
    """Shut a person out, or let them in again."""
    user = _found(pk)
    active = request.POST.get("active") == "1"
    form = KeyedForm(request.POST)
    if not form.is_valid():
        raise BadRequest("form")
    attempt = carry_out(
        form, lambda: people.set_active(pk, active, version=_version(form), act=act_of(request))
    )
    if not attempt.is_done:
        return _page(
            request, "edit", _profile(request, user), user, attempt.status, attempt, refused=form
        )
    done = _("%(name)s may sign in again.") if active else _("%(name)s can no longer sign in.")
    messages.success(request, done % {"name": user})
    _keep_own_session(request, user)
    return redirect("core:user-edit", pk)


@requires(people.MANAGE)
@sensitive_post_parameters("password1", "password2")
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a new temporary password."""
    user = _found(pk)
    if request.method != "POST":
        form = NewPasswordForm(initial={"version": people.version_of(user)})
        return _page(request, "password", form, user)
    form = NewPasswordForm(request.POST)
    if not form.is_valid():
        return _page(request, "password", form, user, status=422)
    attempt = carry_out(
        form,
        lambda: people.set_password(
            pk, form.cleaned_data["password1"], version=_version(form), act=act_of(request)
        ),
    )
    text = _("New password set. Every session of %(name)s has ended.") % {"name": user}
    return _answer(request, "password", form, attempt, user, text)


def _found(pk: int) -> User:
    return get_object_or_404(people.everybody().select_related("unit"), pk=pk)


def _profile(request: HttpRequest, user: User) -> ProfileForm:
    return ProfileForm(initial=_initial(user), user=request.user, present=user.unit)


def _initial(user: User) -> dict[str, Any]:
    return {
        "display_name": user.display_name,
        "unit": user.unit,
        "roles": list(user.groups.values_list("name", flat=True)),
        "version": people.version_of(user),
    }


def _version(form: Any) -> int:
    return form.cleaned_data["version"] or 0


def _role_labels(user: User) -> list[Any]:
    held = {group.name for group in user.groups.all()}
    return [role.label for role in extend.roles().values() if role.name in held]


def _answer(
    request: HttpRequest, verb: str, form: Any, attempt: Attempt, user: User, done: str
) -> HttpResponse:
    if not attempt.is_done:
        return _again(request, verb, form, attempt, user)
    messages.success(request, done)
    _keep_own_session(request, user)
    return redirect("core:user-edit", user.pk)


def _keep_own_session(request: HttpRequest, user: User) -> None:
    """Changing oneself ends every session but this one."""
    if user.pk == request.user.pk:
        update_session_auth_hash(request, User.objects.get(pk=user.pk))


def _again(
    request: HttpRequest, verb: str, form: Any, attempt: Attempt, user: User | None = None
) -> HttpResponse:
    fresh = {"version": people.version_of(user)} if user and attempt.is_stale else {}
    form.data = with_fresh_key(request.POST, **fresh)
    return _page(request, verb, form, user, attempt.status, attempt)


def _page(
    request: HttpRequest,
    verb: str,
    form: Any,
    user: User | None = None,
    status: int = 200,
    attempt: Attempt | None = None,
    refused: Any = None,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "refused": refused}
    if user:
        context |= {
            "person": user,
            "locked": people.untouchable(request.user, user),
            "entries": timeline.entries(User, user.pk),
            "conflict": attempt is not None and attempt.is_stale,
            "now": {"roles": _role_labels(user)},
            "switch": KeyedForm(initial={"version": people.version_of(user)}),
        }
    return render(request, f"core/user/{verb}.html", context, status=status)
