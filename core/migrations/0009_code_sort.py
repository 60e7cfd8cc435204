"""Codes of departments sort as people count, 2 before 10; the order of a tree has room for that."""

import core.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0008_job_sentences'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='unit',
            name='core_unit_sort_path_len',
        ),
        migrations.AddField(
            model_name='unit',
            name='code_sort',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=140),
        ),
        migrations.AlterField(
            model_name='unit',
            name='sort_path',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=1500),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=core.fields.LengthCheck(field='code_sort', max_length=140, name='core_unit_code_sort_len'),
        ),
        migrations.AddConstraint(
            model_name='unit',
            constraint=core.fields.LengthCheck(field='sort_path', max_length=1500, name='core_unit_sort_path_len'),
        ),
    ]
