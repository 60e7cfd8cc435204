from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0002_append_only'),
        ('customers', '0004_tag_keys_filled'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='customer',
            name='customer_updated',
        ),
        migrations.RemoveIndex(
            model_name='customer',
            name='customer_scope',
        ),
        migrations.RemoveIndex(
            model_name='customer',
            name='customer_salesperson',
        ),
        migrations.RemoveIndex(
            model_name='customer',
            name='customer_state_category',
        ),
        migrations.AddField(
            model_name='customer',
            name='pending_batch',
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['-updated_at', '-id', 'pending_batch'], name='customer_updated'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['state', 'category', '-updated_at', '-id', 'tag_keys', 'pending_batch'], name='customer_state_category'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['scope_unit', '-updated_at', '-id', 'pending_batch'], name='customer_scope'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(fields=['salesperson', '-updated_at', '-id', 'pending_batch'], name='customer_salesperson'),
        ),
        migrations.AddIndex(
            model_name='customer',
            index=models.Index(condition=models.Q(('pending_batch__isnull', False)), fields=['pending_batch'], name='customer_pending'),
        ),
    ]
