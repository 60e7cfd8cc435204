"""Fills how the names of reference values are spelled, a batch of rows at a time."""

from django.db import migrations

from customers.rules.identity import search_key

MODELS = (
    ("core", "Unit"),
    *(
        ("customers", name)
        for name in (
            "CustomerType", "Region", "Industry", "Category", "Tag", "Salesperson", "Bank",
            "SettlementMethod", "Currency", "CodeRule",
        )
    ),
)  # fmt: skip
BATCH = 500


def fill(apps, schema_editor):
    for app, name in MODELS:
        table = apps.get_model(app, name).objects.using(schema_editor.connection.alias)
        rows = list(table.only("pk", "name").order_by("pk"))
        for row in rows:
            row.search_key = search_key(row.name)
        table.bulk_update(rows, ["search_key"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_search_keys"), ("core", "0007_search_key")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
