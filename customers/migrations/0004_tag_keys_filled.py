"""Fills the tags that customers already have into their own rows, in batches."""

from itertools import groupby, islice
from operator import itemgetter

from django.db import migrations

BATCH = 2_000


def fill(apps, schema_editor):
    links = apps.get_model("customers", "Customer").tags.through.objects
    rows = links.order_by("customer_id", "tag_id").values_list("customer_id", "tag_id")
    found = (
        (f"|{'|'.join(str(tag) for _pk, tag in tags)}|", pk)
        for pk, tags in groupby(list(rows), itemgetter(0))
    )
    sql = "UPDATE customers_customer SET tag_keys = %s WHERE id = %s"
    with schema_editor.connection.cursor() as cursor:
        while batch := list(islice(found, BATCH)):
            cursor.executemany(sql, batch)


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_tag_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
