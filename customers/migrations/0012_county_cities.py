"""Adds the cities and counties that a province governs itself, such as 济源市, where they lack."""

from django.db import migrations

from customers import seeds
from customers.rules.identity import search_key


def fill(apps, schema_editor):
    regions = apps.get_model("customers", "Region").objects.using(schema_editor.connection.alias)
    there = {node.code: node for node in regions.all()}
    names = {(node.parent_id, node.name) for node in there.values()}
    for row in seeds.regions():
        above = there.get(row.parent)
        if row.code[2:4] != "90" or row.code in there or above is None:
            continue
        if (above.pk, row.name) in names:
            continue
        node = regions.create(
            code=row.code, name=row.name, parent=above, search_key=search_key(row.name)
        )
        node.path = f"{above.path}{node.pk}/"
        node.sort_path = f"{above.sort_path}{node.code}/"
        node.save(update_fields=["path", "sort_path"])


class Migration(migrations.Migration):
    dependencies = [("customers", "0011_import_sentences")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
