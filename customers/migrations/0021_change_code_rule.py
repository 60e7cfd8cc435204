"""Gives change requests their first code rule, BG-20260131-001, where none is in force."""

from django.db import migrations

from core.text import natural_key
from customers.rules.identity import search_key

SUBJECT, CODE, NAME = "customers.customerchange", "BG", "变更-日期-流水号"


def fill(apps, schema_editor):
    using = schema_editor.connection.alias
    rules = apps.get_model("customers", "CodeRule").objects.using(using)
    if rules.filter(subject=SUBJECT).exists() or rules.filter(code=CODE).exists():
        return
    keys = {"code_sort": natural_key(CODE), "search_key": search_key(NAME)}
    rule = rules.create(code=CODE, name=NAME, subject=SUBJECT, is_active=True, **keys)
    lines = apps.get_model("customers", "CodeSegment").objects.using(using)
    lines.bulk_create([
        lines.model(rule=rule, line=0, kind="constant", text=CODE, separator="-", is_basis=False),
        lines.model(rule=rule, line=1, kind="date", date_format="%Y%m%d", separator="-", is_basis=True),
        lines.model(rule=rule, line=2, kind="serial", width=3, is_basis=False),
    ])


def forget(apps, schema_editor):
    """Without change requests there are no rules for them, and no codes that they hold."""
    using = schema_editor.connection.alias
    tables = {name: apps.get_model("customers", name).objects.using(using)
              for name in ("CodeSegment", "CodeRule", "UsedCode")}
    tables["CodeSegment"].filter(rule__subject=SUBJECT).delete()
    tables["CodeRule"].filter(subject=SUBJECT).delete()
    tables["UsedCode"].filter(subject_type=SUBJECT).delete()


class Migration(migrations.Migration):
    dependencies = [("customers", "0020_change_requests")]
    operations = [migrations.RunPython(fill, forget)]
