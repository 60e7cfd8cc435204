"""How the names of reference values are spelled, to be found by typing."""

import core.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_kept_form"),
    ]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="search_key",
            field=core.fields.SortKey(blank=True, default="", editable=False, max_length=600),
        ),
        migrations.AddConstraint(
            model_name="unit",
            constraint=core.fields.LengthCheck(
                field="search_key", max_length=600, name="core_unit_search_key_len"
            ),
        ),
    ]
