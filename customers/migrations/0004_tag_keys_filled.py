"""Fills the tags that customers already have into their own rows, in one statement."""

from django.db import migrations

LINKS = "customers_customer_tags"
POSTGRESQL = f"""
    UPDATE customers_customer SET tag_keys = linked.keys FROM (
        SELECT customer_id, '|' || string_agg(tag_id::text, '|' ORDER BY tag_id) || '|' AS keys
        FROM {LINKS} GROUP BY customer_id
    ) AS linked WHERE linked.customer_id = customers_customer.id
"""
SQLITE = f"""
    UPDATE customers_customer SET tag_keys = (
        SELECT '|' || group_concat(tag_id, '|') || '|' FROM (
            SELECT tag_id FROM {LINKS} WHERE customer_id = customers_customer.id ORDER BY tag_id
        )
    ) WHERE id IN (SELECT customer_id FROM {LINKS})
"""


def fill(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(SQLITE if is_sqlite else POSTGRESQL)


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_tag_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
