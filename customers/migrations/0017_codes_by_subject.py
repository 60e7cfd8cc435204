"""Rules and used codes say whose they are; those there are belong to customers."""

from django.db import migrations, models

import core.fields
import customers.models.code_rule

CUSTOMER = "customers.customer"


class Migration(migrations.Migration):
    dependencies = [("customers", "0016_labels_of_times")]

    operations = [
        migrations.AddField(
            model_name="coderule",
            name="subject",
            field=core.fields.Text(default=CUSTOMER, editable=False, max_length=60),
            preserve_default=False,
        ),
        migrations.RemoveConstraint(model_name="coderule", name="one_active_rule"),
        migrations.AddConstraint(
            model_name="coderule",
            constraint=core.fields.LengthCheck(
                field="subject", max_length=60, name="customers_coderule_subject_len"
            ),
        ),
        migrations.AddConstraint(
            model_name="coderule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_active", True)),
                fields=("subject",),
                name="one_active_rule",
                violation_error_message="Only one rule can be active.",
            ),
        ),
        migrations.AlterField(
            model_name="codesegment",
            name="kind",
            field=core.fields.Text(
                choices=customers.models.code_rule.segment_kinds,
                max_length=10,
                verbose_name="kind",
            ),
        ),
        migrations.RenameField("usedcode", "customer_id", "subject_id"),
        migrations.AddField(
            model_name="usedcode",
            name="subject_type",
            field=core.fields.Text(default=CUSTOMER, max_length=60),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="usedcode",
            constraint=core.fields.LengthCheck(
                field="subject_type", max_length=60, name="customers_usedcode_subject_type_len"
            ),
        ),
        migrations.AlterField(
            model_name="usedcode", name="code", field=core.fields.Text(max_length=40)
        ),
        migrations.AddConstraint(
            model_name="usedcode",
            constraint=models.UniqueConstraint(
                fields=("subject_type", "code"),
                name="used_code_once",
                opclasses=("varchar_pattern_ops", "varchar_pattern_ops"),
                violation_error_message="This code is used or was used before.",
            ),
        ),
    ]
