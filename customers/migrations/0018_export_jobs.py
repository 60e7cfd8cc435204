"""Exports that wait for a worker are carried out by the job of all kinds of records."""

from django.db import migrations

OLD, NEW = "export.customers", "export"


def rename(apps, schema_editor):
    apps.get_model("core", "Job").objects.filter(kind=OLD).update(kind=NEW)


def back(apps, schema_editor):
    apps.get_model("core", "Job").objects.filter(kind=NEW).update(kind=OLD)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0009_code_sort"),
        ("customers", "0017_codes_by_subject"),
    ]

    operations = [migrations.RunPython(rename, back)]
