"""The label of the expected day leaves room in the head of the list."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sales', '0002_code_rule'),
    ]

    operations = [
        migrations.AlterField(
            model_name='opportunity',
            name='expected_date',
            field=models.DateField(verbose_name='expected on'),
        ),
    ]
