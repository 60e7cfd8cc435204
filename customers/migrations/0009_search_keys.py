"""How the names of reference values are spelled, to be found by typing."""

import core.fields
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0007_search_key"),
        ("customers", "0008_sort_keys_filled"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="bank",
            name="search_key",
            field=core.fields.SortKey(blank=True, default="", editable=False, max_length=600),
        ),
        migrations.AddField(
            model_name="category",
            name="search_key",
            field=core.fields.SortKey(blank=True, default="", editable=False, max_length=600),
        ),
        migrations.AddField(
            model_name="coderule",
            name="search_key",
            field=core.fields.SortKey(blank=True, default="", editable=False, max_length=600),
        ),
        migrations.AddField(
            model_name="currency",
            name="search_key",
            field=core.fields.SortKey(blank=True, default="", editable=False, max_length=600),
        ),
        migrations.AddField(
            model_name="customertype",
            name="search_key",
            field=core.fields.SortKey(blank=True, default="", editable=False, max_length=600),
        ),
        migrations.AddField(
            model_name="industry",
            name="search_key",
            field=core.fields.SortKey(blank=True, default="", editable=False, max_length=600),
        ),
        migrations.AddField(
            model_name="region",
            name="search_key",
            field=core.fields.SortKey(blank=True, default="", editable=False, max_length=600),
        ),
        migrations.AddField(
            model_name="salesperson",
            name="search_key",
            field=core.fields.SortKey(blank=True, default="", editable=False, max_length=600),
        ),
        migrations.AddField(
            model_name="settlementmethod",
            name="search_key",
            field=core.fields.SortKey(blank=True, default="", editable=False, max_length=600),
        ),
        migrations.AddField(
            model_name="tag",
            name="search_key",
            field=core.fields.SortKey(blank=True, default="", editable=False, max_length=600),
        ),
        migrations.AddConstraint(
            model_name="bank",
            constraint=core.fields.LengthCheck(
                field="search_key", max_length=600, name="customers_bank_search_key_len"
            ),
        ),
        migrations.AddConstraint(
            model_name="category",
            constraint=core.fields.LengthCheck(
                field="search_key", max_length=600, name="customers_category_search_key_len"
            ),
        ),
        migrations.AddConstraint(
            model_name="coderule",
            constraint=core.fields.LengthCheck(
                field="search_key", max_length=600, name="customers_coderule_search_key_len"
            ),
        ),
        migrations.AddConstraint(
            model_name="currency",
            constraint=core.fields.LengthCheck(
                field="search_key", max_length=600, name="customers_currency_search_key_len"
            ),
        ),
        migrations.AddConstraint(
            model_name="customertype",
            constraint=core.fields.LengthCheck(
                field="search_key", max_length=600, name="customers_customertype_search_key_len"
            ),
        ),
        migrations.AddConstraint(
            model_name="industry",
            constraint=core.fields.LengthCheck(
                field="search_key", max_length=600, name="customers_industry_search_key_len"
            ),
        ),
        migrations.AddConstraint(
            model_name="region",
            constraint=core.fields.LengthCheck(
                field="search_key", max_length=600, name="customers_region_search_key_len"
            ),
        ),
        migrations.AddConstraint(
            model_name="salesperson",
            constraint=core.fields.LengthCheck(
                field="search_key", max_length=600, name="customers_salesperson_search_key_len"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlementmethod",
            constraint=core.fields.LengthCheck(
                field="search_key", max_length=600, name="customers_settlementmethod_search_key_len"
            ),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=core.fields.LengthCheck(
                field="search_key", max_length=600, name="customers_tag_search_key_len"
            ),
        ),
    ]
