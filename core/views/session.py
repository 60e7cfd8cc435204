"""Signing in and out, the own password, the own settings, language and look of the screen.

It changes nothing but the signed-in user's own row and session.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from core.access import public, signed_in
from core.forms.session import PasswordForm, PreferencesForm, SignInForm, tries_left
from core.models import User
from core.views.acts import data_of

KEPT_FOR = 14 * 24 * 60 * 60
COOKIE_AGE = 365 * 24 * 60 * 60
LOOKS = {"theme": User.Theme, "density": User.Density}
# A cookie, not a row of a session: whoever has not signed in leaves nothing in the database.
WISH = "language_wish"


def local_target(request: HttpRequest) -> str:
    """Return where to go next: the `next` of the request when it is a path of this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return target
    return resolve_url(settings.LOGIN_REDIRECT_URL)


@public
@sensitive_post_parameters("password")
def login(request: HttpRequest) -> HttpResponse:
    """Let a person in, with a new session; five wrong passwords are answered with 429."""
    if request.user.is_authenticated:
        return redirect(local_target(request))
    form = SignInForm(request, data=data_of(request))
    if not form.is_valid():
        after = {"left": _left(request), "is_kept": _leads_to_kept(request)}
        return _form_page(request, "core/login.html", form, **after)
    user = form.get_user()
    wish = request.COOKIES.get(WISH, "")
    auth.login(request, user)
    request.session.set_expiry(KEPT_FOR if form.cleaned_data["keep"] else 0)
    if wish in dict(settings.LANGUAGES) and wish != user.language:
        user.language = wish
        user.save(update_fields=["language"])
    response = _remembering(redirect(local_target(request)), user)
    return _cookie(response, WISH, "", max_age=0)


@require_POST
@signed_in
def logout(request: HttpRequest) -> HttpResponse:
    """End the session."""
    auth.logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@signed_in
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password; every other session of the person ends."""
    form = PasswordForm(request.user, data=data_of(request))
    if not form.is_valid():
        return _form_page(request, "core/password.html", form)
    user = form.save(commit=False)
    was_temporary = user.must_change_password
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    auth.update_session_auth_hash(request, user)
    messages.success(request, _("Password changed. Your other sessions have ended."))
    return redirect(local_target(request) if was_temporary else "core:preferences")


@signed_in
def preferences(request: HttpRequest) -> HttpResponse:
    """Show and change name, language and look of the screen."""
    user = User.objects.get(pk=request.user.pk)
    form = PreferencesForm(data_of(request), instance=user)
    if not form.is_valid():
        return _form_page(request, "core/preferences.html", form)
    user.save(update_fields=list(form.cleaned_data))
    with override(user.language):
        messages.success(request, _("Settings saved."))
    return _remembering(redirect("core:preferences"), user)


@require_POST
@signed_in
def display(request: HttpRequest) -> HttpResponse:
    """Store the theme or the row height, whichever was posted."""
    user = request.user
    posted = {name: request.POST.get(name) for name in LOOKS}
    chosen = {name: value for name, value in posted.items() if value in LOOKS[name].values}
    for name, value in chosen.items():
        setattr(user, name, value)
    if chosen:
        user.save(update_fields=list(chosen))
    return _remembering(redirect(local_target(request)), user)


@require_POST
@public
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language: of who is signed in, else of this browser and the next login."""
    code = request.POST.get("language")
    if code not in dict(settings.LANGUAGES):
        code = settings.LANGUAGE_CODE
    response = redirect(local_target(request))
    if request.user.is_authenticated:
        request.user.language = code
        request.user.save(update_fields=["language"])
    else:
        _cookie(response, WISH, code, max_age=None)
    return _cookie(response, settings.LANGUAGE_COOKIE_NAME, code)


def _form_page(request: HttpRequest, template: str, form: Any, **more: Any) -> HttpResponse:
    return render(request, template, {"form": form, **more}, status=422 if form.is_bound else 200)


def _leads_to_kept(request: HttpRequest) -> bool:
    """Say whether a form was kept when the session ended, to which signing in leads back."""
    return local_target(request).startswith(reverse("core:kept-save"))


def _left(request: HttpRequest) -> str:
    failures = getattr(request, "axes_failures_since_start", None)
    return tries_left(settings.AXES_FAILURE_LIMIT, failures) if failures else ""


def _remembering(response: HttpResponse, user: User) -> HttpResponse:
    """Keep the look in cookies, so that the login page looks the same to this person."""
    for name in LOOKS:
        _cookie(response, name, getattr(user, name))
    return _cookie(response, settings.LANGUAGE_COOKIE_NAME, user.language)


def _cookie(
    response: HttpResponse, name: str, value: str, *, max_age: int | None = COOKIE_AGE
) -> HttpResponse:
    response.set_cookie(
        name, value, max_age=max_age, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response
