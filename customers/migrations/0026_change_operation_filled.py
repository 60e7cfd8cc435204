"""Fills which bulk edit made a change request, as the history tells it, a batch at a time."""

from django.db import migrations
from django.db.models import OuterRef, Subquery

BATCH = 5_000
SUBJECT, BULK = "customers.customerchange", "bulk"


def fill(apps, schema_editor):
    alias = schema_editor.connection.alias
    table = apps.get_model("customers", "CustomerChange").objects.using(alias)
    entries = apps.get_model("core", "Change").objects.using(alias)
    first = entries.filter(subject_type=SUBJECT, subject_id=OuterRef("pk"), version=1, source=BULK)
    last = 0
    while keys := list(table.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        rows = table.filter(pk__gt=last, pk__lte=keys[-1])
        rows.update(operation=Subquery(first.values("operation")[:1]))
        last = keys[-1]


class Migration(migrations.Migration):
    dependencies = [("customers", "0025_change_operation"), ("core", "0010_bulk_edit")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
