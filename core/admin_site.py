"""Django's admin site, kept for support: superusers only, who sign in through our own login page.

Which models it shows, and what may be written there, is in the apps' admin.py.
"""

from functools import update_wrapper
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

_LEFT_OUT = {"auth.Group", "django_tasks_database.DBTaskResult"}


class SupportSite(AdminSite):
    """An admin site without a login and without a password page of its own."""

    site_header = site_title = _("Kehu support")
    site_url = "/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in tables, but no groups, as roles are a table in code, and no job deliveries."""
        is_one = isinstance(model_or_iterable, type)
        wanted = [model_or_iterable] if is_one else list(model_or_iterable)
        kept = [model for model in wanted if model._meta.label not in _LEFT_OUT]
        super().register(kept, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Say whether this is an active superuser; being staff is not enough."""
        return bool(request.user.is_active and request.user.is_superuser)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Answer 403 to signed-in people who are no superusers; others are sent to the login."""
        guarded = super().admin_view(view, cacheable)

        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied
            return guarded(request, *args, **kwargs)

        return update_wrapper(answer, guarded)

    @method_decorator(login_not_required)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponseRedirect:
        """Send to our login page, where wrong passwords are counted."""
        return redirect_to_login(str(reverse_lazy("admin:index")))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Send to our password page."""
        return redirect("core:password")
