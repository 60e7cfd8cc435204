"""Text columns carry a length the database checks, amounts stay exact, nothing is a float."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models

from core.fields import LongText, Money, SortKey, Text

OWN_APPS = ("core", "customers", "sales")
FROM_DJANGO = {"core.User.username", "core.User.password", "core.User.email"}


def unsafe_fields(fields: Iterable[Any]) -> list[str]:
    """Return the names of fields that one of the two databases would not keep as we mean it."""
    return [
        f"{field.model._meta.label}.{field.name}"
        for field in fields
        if (
            isinstance(field, models.CharField | models.TextField)
            and not isinstance(field, Text | LongText | SortKey)
        )
        or isinstance(field, models.FloatField)
        or (isinstance(field, models.DecimalField) and (field.max_digits or 99) > 15)
    ]


def test_every_field_is_kept_as_meant_on_both_databases() -> None:
    fields = (
        field
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OWN_APPS
        for field in model._meta.local_fields
    )

    assert set(unsafe_fields(fields)) == FROM_DJANGO


def test_an_unsafe_field_is_found() -> None:
    class Sample(models.Model):
        bare = models.CharField(max_length=20)
        long = models.TextField()
        ratio = models.FloatField()
        wide = models.DecimalField(max_digits=20, decimal_places=2)
        fine = Text(max_length=20)
        money = Money()

        class Meta:
            app_label = "sample"

        def __str__(self) -> str:
            return self.fine

    assert unsafe_fields(Sample._meta.local_fields) == [
        f"sample.Sample.{name}" for name in ("bare", "long", "ratio", "wide")
    ]
