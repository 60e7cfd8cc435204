"""What the support site shows of customers: aggregates to look at, reference values to mend.

Reference values are written through their service; no state, history or number can be set here.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from core.admin import ReadOnlyAdmin
from core.history import Act
from core.saving import Refused, Stale
from customers.models import CodeRule, Customer, Policy, UsedCode
from customers.parts import PARTS
from customers.services import reference
from customers.services.reference import KINDS, ReferenceKind


class ReferenceAdminForm(forms.ModelForm):
    """A reference value with the version that was on the screen."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["seen_version"].initial = self.instance.version

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        kind = _kind_of(type(self.instance))
        for name, rule in {"code": kind.code_rule, **reference.FIELD_RULES}.items():
            if typed.get(name):
                try:
                    typed[name] = rule(typed[name])
                except ValidationError as error:
                    self.add_error(name, error)
        if self.instance.pk and typed.get("seen_version") != self.instance.version:
            raise ValidationError(_("The record changed after you opened it; open it again."))
        return typed


class ReferenceAdmin(admin.ModelAdmin):
    """Reference values, written through core.saving; deleting has its place on their own pages."""

    form = ReferenceAdminForm
    list_display = ("code", "name", "is_active", "version")
    list_filter = ("is_active",)
    search_fields = ("code", "name")
    show_full_result_count = False
    actions = None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Give the fields people fill in, and the hidden version."""
        return [*_kind_of(self.model).columns, "is_active", "seen_version"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Give the values in their own order."""
        return self.model._default_manager.in_order()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Remember which value is edited, for the choices of its fields."""
        request.edited = obj  # type: ignore[attr-defined]
        return super().get_form(request, obj, **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Leave out what a value may not point to."""
        value = getattr(request, "edited", None)
        kwargs["queryset"] = reference.choosable(_kind_of(self.model), db_field.name, value)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Write through the service, as an act of this person."""
        kind = _kind_of(self.model)
        values = {name: form.cleaned_data[name] for name in (*kind.columns, "is_active")}
        act = Act(by=request.user, source="admin", reason="", key=None)  # type: ignore[arg-type]
        if change:
            version = form.cleaned_data["seen_version"]
            reference.change(kind, obj.pk, values, version=version, act=act)
        else:
            obj.pk = reference.create(kind, values, act=act).pk

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer a refusal of the service with its sentence instead of an error page."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            messages.error(request, " ".join(refusal.problems))
        except Stale:
            messages.error(request, _("The record changed after you opened it; open it again."))
        return HttpResponseRedirect(request.path)


def _kind_of(model: type[models.Model]) -> ReferenceKind:
    return next(kind for kind in KINDS.values() if kind.model is model)


admin.site.register(
    Customer,
    ReadOnlyAdmin,
    list_display=("code", "name", "state", "department", "updated_at", "version"),
    list_select_related=("department",),
    list_filter=("state",),
    search_fields=("code", "name"),
    ordering=("-updated_at", "-pk"),
)
for _part in PARTS:
    admin.site.register(
        _part.model,
        ReadOnlyAdmin,
        list_display=(_part.head, _part.parent, *_part.others, *_part.flags),
        list_select_related=(_part.parent, *_part.pointing),
        search_fields=(_part.head,),
    )
admin.site.register(
    UsedCode,
    ReadOnlyAdmin,
    list_display=("code", "subject_type", "subject_id"),
    search_fields=("code",),
)
admin.site.register([CodeRule, Policy], ReadOnlyAdmin)
for _kind in KINDS.values():
    admin.site.register(_kind.model, ReferenceAdmin)
