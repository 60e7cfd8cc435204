"""Fills the keys by which codes of reference values sort as people count, 2 before 10."""

from django.db import migrations

from core.text import natural_key

FLAT = ("CustomerType", "Tag", "Salesperson", "Bank", "SettlementMethod", "Currency", "CodeRule")
TREES = (
    ("core", "Unit"),
    ("customers", "Region"),
    ("customers", "Industry"),
    ("customers", "Category"),
)
BATCH = 500


def fill(apps, schema_editor):
    for app, name in (*(("customers", name) for name in FLAT), *TREES):
        table = apps.get_model(app, name).objects.using(schema_editor.connection.alias)
        rows = list(table.order_by("pk"))
        for row in rows:
            row.code_sort = natural_key(row.code)
        columns = ["code_sort"]
        if (app, name) in TREES:
            columns.append("sort_path")
            _place(rows)
        table.bulk_update(rows, columns, batch_size=BATCH)


def _place(nodes):
    known = {node.pk: node for node in nodes}
    for node in nodes:
        above = [known[int(key)] for key in node.path.split("/") if key and int(key) in known]
        node.sort_path = "".join(f"{one.code_sort}!" for one in above)


class Migration(migrations.Migration):
    dependencies = [("customers", "0014_reference_code_sort"), ("core", "0009_code_sort")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
