"""Fills the sort keys of codes, and the keys of names with signs that are now read as others."""

import re

from django.db import migrations

from core.records import code
from customers.rules import identity

AT_ONCE = 2_000
ALIKE = re.compile("[\ue815-\ue864○◯⚪⭕\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def fill(apps, schema_editor):
    customers = apps.get_model("customers", "Customer").objects.using(schema_editor.connection.alias)
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while rows := _following(customers, last):
            last = rows[-1][0]
            cursor.executemany(
                "UPDATE customers_customer SET code_sort = %s WHERE id = %s",
                [(code.sort_key(given), pk) for pk, given, _name in rows if given],
            )
            cursor.executemany(
                "UPDATE customers_customer SET name_key = %s, name_sort = %s WHERE id = %s",
                [
                    (identity.normalised_name(name)[:240], identity.pinyin_sort(name)[:400], pk)
                    for pk, _given, name in rows
                    if ALIKE.search(name)
                ],
            )


def _following(customers, last):
    rows = customers.filter(pk__gt=last).order_by("pk").values_list("pk", "code", "name")
    return list(rows[:AT_ONCE])


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_code_sort")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
