"""Fills the reference tables of a new installation; a table that has rows is left alone."""

from django.db import migrations

from customers import seeds


def fill(apps, schema_editor):
    using = schema_editor.connection.alias
    flat = {
        "CustomerType": (seeds.customer_types(), ["kind"]),
        "Tag": (seeds.tags(), ["tone"]),
        "Bank": (seeds.banks(), []),
        "SettlementMethod": (seeds.settlement_methods(), []),
        "Currency": (seeds.currencies(), []),
    }
    trees = {
        "Region": (seeds.regions(), ["letters"]),
        "Industry": (seeds.industries(), []),
        "Category": (seeds.categories(), []),
    }
    for name, (rows, extra) in flat.items():
        _fill_flat(apps.get_model("customers", name).objects.using(using), rows, extra)
    for name, (rows, extra) in trees.items():
        _fill_tree(apps.get_model("customers", name).objects.using(using), rows, extra)
    _fill_code_rule(apps, using)


def _fill_flat(table, rows, extra):
    if not table.exists():
        table.bulk_create(table.model(**row.values(*extra)) for row in rows)


def _fill_tree(table, rows, extra):
    """Roots, then what stands below them, because a path is made of the primary keys above."""
    if table.exists():
        return
    placed = {"": None}
    for level in ([row for row in rows if not row.parent], [row for row in rows if row.parent]):
        nodes = [table.model(**row.values(*extra), parent=placed[row.parent]) for row in level]
        for node in table.bulk_create(nodes):
            above = node.parent
            node.path = f"{above.path if above else '/'}{node.pk}/"
            node.sort_path = f"{above.sort_path if above else ''}{node.code}/"
            placed[node.code] = node
        table.bulk_update(nodes, ["path", "sort_path"], batch_size=200)


def _fill_code_rule(apps, using):
    rules = apps.get_model("customers", "CodeRule").objects.using(using)
    if rules.exists():
        return
    row, segments = seeds.code_rule()
    rule = rules.create(**row.values())
    lines = apps.get_model("customers", "CodeSegment").objects.using(using)
    lines.bulk_create(
        lines.model(
            rule=rule,
            line=line,
            kind=segment.kind,
            width=segment.width,
            separator=segment.separator,
            is_basis=segment.is_basis,
        )
        for line, segment in enumerate(segments)
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
