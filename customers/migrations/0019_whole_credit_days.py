"""Credit days are a whole number of a range, which the database keeps too."""

import core.fields
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0018_export_jobs'),
    ]

    operations = [
        migrations.AlterField(
            model_name='customer',
            name='credit_days',
            field=core.fields.Whole(blank=True, high=3650, low=0, null=True, verbose_name='credit days'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=core.fields.RangeCheck(field='credit_days', high=3650, low=0, name='customers_customer_credit_days_range'),
        ),
    ]
