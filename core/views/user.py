"""The pages where administrators keep people: list, add, change, let in and shut out, new password.

Writes only through core.people.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from core import extend, people, timeline
from core.access import requires
from core.forms.keyed import KeyedForm
from core.forms.user import NewPasswordForm, NewUserForm, ProfileForm
from core.models import User
from core.views import short_list
from core.views.acts import Attempt, act_of, data_of, posted, pressed

Write = Callable[[int], User]


@requires(people.MANAGE)
def listing(request: HttpRequest) -> HttpResponse:
    """Show the people, found by name or account and filtered by activity."""
    everybody = people.everybody().select_related("unit").prefetch_related("groups")
    context = short_list.found(request, everybody, "display_name", "username")
    context["rows"] = [(user, _role_labels(user)) for user in context["found"]]
    return render(request, "core/user/list.html", context)


@requires(people.MANAGE)
@sensitive_post_parameters("password1", "password2")
def add(request: HttpRequest) -> HttpResponse:
    """Make an account with a temporary password."""
    form = NewUserForm(data_of(request), user=request.user)

    def write(_version: int) -> User:
        name, password = form.cleaned_data["username"], form.cleaned_data["password1"]
        return people.create(name, form.profile(), password=password, act=act_of(request))

    tried = posted(request, form, write)
    if not tried.is_done:
        return _page(request, "add", form, tried)
    messages.success(request, _("Account made. Hand over the temporary password in person."))
    return redirect("core:user-list")


@requires(people.MANAGE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change name, roles and department of a person."""
    user = _found(pk)
    form = _profile(request, user, data_of(request))

    def write(version: int) -> User:
        return people.change(pk, form.profile(), version=version, act=act_of(request))

    return _answer(request, "edit", form, write, user, _("Saved."))


@require_POST
@requires(people.MANAGE)
def toggle(request: HttpRequest, pk: int) -> HttpResponse:
    """Shut a person out, or let them in again."""
    user = _found(pk)
    active = request.POST.get("active") == "1"

    def write(version: int) -> User:
        return people.set_active(pk, active, version=version, act=act_of(request))

    tried, form = pressed(request, write)
    if not tried.is_done:
        return _page(request, "edit", _profile(request, user), tried, user, refused=form)
    done = _("%(name)s may sign in again.") if active else _("%(name)s can no longer sign in.")
    return _done(request, user, done % {"name": user})


@requires(people.MANAGE)
@sensitive_post_parameters("password1", "password2")
def password(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a new temporary password."""
    user = _found(pk)
    form = NewPasswordForm(data_of(request), initial={"version": people.version_of(user)})

    def write(version: int) -> User:
        given = form.cleaned_data["password1"]
        return people.set_password(pk, given, version=version, act=act_of(request))

    text = _("New password set. Every session of %(name)s has ended.") % {"name": user}
    return _answer(request, "password", form, write, user, text)


def _found(pk: int) -> User:
    return get_object_or_404(people.everybody().select_related("unit"), pk=pk)


def _profile(request: HttpRequest, user: User, data: Any = None) -> ProfileForm:
    now = {
        "display_name": user.display_name,
        "unit": user.unit,
        "roles": list(user.groups.values_list("name", flat=True)),
        "version": people.version_of(user),
    }
    return ProfileForm(data, initial=now, user=request.user, present=user.unit)


def _role_labels(user: User) -> list[Any]:
    held = {group.name for group in user.groups.all()}
    return [role.label for role in extend.roles().values() if role.name in held]


def _answer(
    request: HttpRequest, verb: str, form: Any, write: Write, user: User, done: str
) -> HttpResponse:
    tried = posted(request, form, write, now={"version": form.initial["version"]})
    if not tried.is_done:
        return _page(request, verb, form, tried, user)
    return _done(request, user, done)


def _done(request: HttpRequest, user: User, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    if user.pk == request.user.pk:  # changing oneself ends every session but this one
        update_session_auth_hash(request, User.objects.get(pk=user.pk))
    return redirect("core:user-edit", user.pk)


def _page(
    request: HttpRequest,
    verb: str,
    form: Any,
    tried: Attempt,
    user: User | None = None,
    refused: Any = None,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "refused": refused}
    if user:
        context |= {
            "person": user,
            "locked": people.untouchable(request.user, user),
            "entries": timeline.entries(User, user.pk),
            "conflict": tried.is_stale,
            "now": {"roles": _role_labels(user)},
            "switch": KeyedForm(initial={"version": people.version_of(user)}),
        }
    return render(request, f"core/user/{verb}.html", context, status=tried.status)
