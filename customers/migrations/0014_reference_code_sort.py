"""Codes of reference values sort as people count; the order of a tree has room for that."""

import core.fields
from django.conf import settings
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0009_code_sort'),
        ('customers', '0013_failure_sentence'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='category',
            name='customers_category_sort_path_len',
        ),
        migrations.RemoveConstraint(
            model_name='industry',
            name='customers_industry_sort_path_len',
        ),
        migrations.RemoveConstraint(
            model_name='region',
            name='customers_region_sort_path_len',
        ),
        migrations.AddField(
            model_name='bank',
            name='code_sort',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=140),
        ),
        migrations.AddField(
            model_name='category',
            name='code_sort',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=140),
        ),
        migrations.AddField(
            model_name='coderule',
            name='code_sort',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=140),
        ),
        migrations.AddField(
            model_name='currency',
            name='code_sort',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=140),
        ),
        migrations.AddField(
            model_name='customertype',
            name='code_sort',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=140),
        ),
        migrations.AddField(
            model_name='industry',
            name='code_sort',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=140),
        ),
        migrations.AddField(
            model_name='region',
            name='code_sort',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=140),
        ),
        migrations.AddField(
            model_name='salesperson',
            name='code_sort',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=140),
        ),
        migrations.AddField(
            model_name='settlementmethod',
            name='code_sort',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=140),
        ),
        migrations.AddField(
            model_name='tag',
            name='code_sort',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=140),
        ),
        migrations.AlterField(
            model_name='category',
            name='sort_path',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=1500),
        ),
        migrations.AlterField(
            model_name='industry',
            name='sort_path',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=1500),
        ),
        migrations.AlterField(
            model_name='region',
            name='sort_path',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=1500),
        ),
        migrations.AddConstraint(
            model_name='bank',
            constraint=core.fields.LengthCheck(field='code_sort', max_length=140, name='customers_bank_code_sort_len'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=core.fields.LengthCheck(field='code_sort', max_length=140, name='customers_category_code_sort_len'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=core.fields.LengthCheck(field='sort_path', max_length=1500, name='customers_category_sort_path_len'),
        ),
        migrations.AddConstraint(
            model_name='coderule',
            constraint=core.fields.LengthCheck(field='code_sort', max_length=140, name='customers_coderule_code_sort_len'),
        ),
        migrations.AddConstraint(
            model_name='currency',
            constraint=core.fields.LengthCheck(field='code_sort', max_length=140, name='customers_currency_code_sort_len'),
        ),
        migrations.AddConstraint(
            model_name='customertype',
            constraint=core.fields.LengthCheck(field='code_sort', max_length=140, name='customers_customertype_code_sort_len'),
        ),
        migrations.AddConstraint(
            model_name='industry',
            constraint=core.fields.LengthCheck(field='code_sort', max_length=140, name='customers_industry_code_sort_len'),
        ),
        migrations.AddConstraint(
            model_name='industry',
            constraint=core.fields.LengthCheck(field='sort_path', max_length=1500, name='customers_industry_sort_path_len'),
        ),
        migrations.AddConstraint(
            model_name='region',
            constraint=core.fields.LengthCheck(field='code_sort', max_length=140, name='customers_region_code_sort_len'),
        ),
        migrations.AddConstraint(
            model_name='region',
            constraint=core.fields.LengthCheck(field='sort_path', max_length=1500, name='customers_region_sort_path_len'),
        ),
        migrations.AddConstraint(
            model_name='salesperson',
            constraint=core.fields.LengthCheck(field='code_sort', max_length=140, name='customers_salesperson_code_sort_len'),
        ),
        migrations.AddConstraint(
            model_name='settlementmethod',
            constraint=core.fields.LengthCheck(field='code_sort', max_length=140, name='customers_settlementmethod_code_sort_len'),
        ),
        migrations.AddConstraint(
            model_name='tag',
            constraint=core.fields.LengthCheck(field='code_sort', max_length=140, name='customers_tag_code_sort_len'),
        ),
    ]
