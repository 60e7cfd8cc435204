"""Puts the append-only triggers on the history table."""

from django.db import migrations

from core import append_only


def install(apps, schema_editor):
    append_only.install(schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("core", "0001_initial")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
