"""What the support site shows of the shared tables: everything to look at, nothing to write.

People are changed on their own pages, where roles, sessions and history are looked after.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from core import models
from core.markup import format_html


class ReadOnlyAdmin(admin.ModelAdmin):
    """A table that can be looked at and never written here."""

    list_per_page = 50
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_change_permission = has_delete_permission = has_add_permission


class UserAdmin(ReadOnlyAdmin):
    """People, with the way to the page where they are changed; never their password hash."""

    list_display = ("username", "display_name", "unit", "is_active", "is_superuser", "last_login")
    list_select_related = ("unit",)
    search_fields = ("username", "display_name")
    fields = ("username", "display_name", "unit", "is_active", "is_superuser", "groups",
              "last_login", "page")  # fmt: skip
    readonly_fields = ("page",)

    @admin.display(description=lazy("Change"))
    def page(self, user: models.User) -> SafeString:
        """Link to the page where the person is changed."""
        return format_html(
            '<a href="{}">{}</a>', reverse("core:user-edit", args=[user.pk]), _("Users and roles")
        )


admin.site.register(models.User, UserAdmin)
admin.site.register(
    models.Change,
    ReadOnlyAdmin,
    list_display=("at", "actor", "action", "subject_type", "subject_label", "version", "source"),
    list_select_related=("actor",),
    list_filter=("subject_type", "action", "source"),
    ordering=("-at", "-pk"),
)
admin.site.register(
    models.Counter, ReadOnlyAdmin, list_display=("rule", "basis", "last"), search_fields=("basis",)
)
admin.site.register(
    models.IdempotencyKey,
    ReadOnlyAdmin,
    list_display=("created_at", "user", "view", "result"),
    list_select_related=("user",),
)
admin.site.register(
    models.BulkAction,
    ReadOnlyAdmin,
    list_display=("created_at", "user", "workflow", "action", "done_at"),
    list_select_related=("user",),
)
admin.site.register(
    models.BulkEdit,
    ReadOnlyAdmin,
    list_display=("created_at", "user", "subject_type", "total", "done_at"),
    list_select_related=("user",),
)
