"""Change requests (变更申请) of customers in force: the common table, about a customer each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models.base import optional
from core.records.changes.request import STATES, ChangeRequest
from customers.change_lifecycle import LIFE


class CustomerChange(ChangeRequest):
    """What somebody wants to change of an approved customer, until somebody else approves it."""

    workflow = LIFE

    record = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="changes", verbose_name=_("customer")
    )
    import_batch = optional(
        "customers.ImportBatch", _("import"), blank=False, editable=False, db_index=False
    )

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=~Q(code=""),
                name="change_code_unique",
                violation_error_message=_("This code is already used."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.name for state in STATES]), name="change_state_known"
            ),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="change_updated"),
            models.Index(fields=["state", "-updated_at", "-id"], name="change_state"),
            models.Index(fields=["state", "area", "submitted_at", "id"], name="change_queue"),
            models.Index(fields=["code_sort", "id"], name="change_code_sort"),
            models.Index(
                fields=["record", "id"], name="change_open", condition=Q(closed_at__isnull=True)
            ),
            models.Index(
                fields=["import_batch", "id"],
                name="change_import",
                condition=Q(import_batch__isnull=False),
            ),
            models.Index(
                fields=["operation", "-updated_at", "-id"],
                name="change_bulk_edit",
                condition=Q(operation__isnull=False),
            ),
        ]
