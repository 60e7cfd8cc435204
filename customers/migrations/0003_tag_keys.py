import core.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_append_only'),
        ('customers', '0002_reference_data'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='customer',
            name='customer_state_category',
        ),
        migrations.AddField(
            model_name='customer',
            name='tag_keys',
            field=core.fields.SortKey(blank=True, default='', editable=False, max_length=600),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['state', 'category', '-updated_at', '-id', 'tag_keys'], name='customer_state_category'),
        ),
        migrations.AddConstraint(
            model_name='customer',
            constraint=core.fields.LengthCheck(field='tag_keys', max_length=600, name='customers_customer_tag_keys_len'),
        ),
    ]
