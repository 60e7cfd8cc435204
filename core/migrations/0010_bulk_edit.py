"""Edits of many records at once: what they set, which records they mean, what came of each."""

import core.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('core', '0009_code_sort'),
    ]

    operations = [
        migrations.CreateModel(
            name='BulkEdit',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject_type', core.fields.Text(max_length=60)),
                ('choice', core.fields.Json(default=dict)),
                ('reason', core.fields.LongText(blank=True, default='', max_length=2000)),
                ('total', models.PositiveIntegerField()),
                ('looked', core.fields.Json(default=dict)),
                ('done', core.fields.Json(default=dict)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('job', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='core.job')),
                ('undoes', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='undone', to='core.bulkedit')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='BulkEditBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('items', models.BinaryField()),
                ('seen', models.BinaryField(null=True)),
                ('told', models.BinaryField(null=True)),
                ('edit', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='parts', to='core.bulkedit')),
            ],
        ),
        migrations.AddIndex(
            model_name='bulkedit',
            index=models.Index(fields=['user', 'subject_type', '-created_at'], name='bulk_edit_newest'),
        ),
        migrations.AddConstraint(
            model_name='bulkedit',
            constraint=core.fields.LengthCheck(field='subject_type', max_length=60, name='core_bulkedit_subject_type_len'),
        ),
        migrations.AddConstraint(
            model_name='bulkedit',
            constraint=core.fields.LengthCheck(field='reason', max_length=2000, name='core_bulkedit_reason_len'),
        ),
        migrations.AddConstraint(
            model_name='bulkeditblock',
            constraint=models.UniqueConstraint(fields=('edit', 'number'), name='bulk_edit_block_once'),
        ),
    ]
