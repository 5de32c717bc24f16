"""Variants of an edition, whom it goes to, and the moment from which a delivery may leave."""

import django.db.models.deletion
from django.db import migrations, models


def due_when_planned(apps, schema_editor):
    delivery = apps.get_model("newsletter", "Delivery")
    delivery.objects.filter(due_at=None).update(due_at=models.F("planned_at"))


class Migration(migrations.Migration):

    atomic = True
    dependencies = [
        ("newsletter", "0003_stories_and_decisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="edition",
            name="segments",
            field=models.JSONField(default=dict),
        ),
        migrations.CreateModel(
            name="EditionVariant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=16)),
                ("depth", models.CharField(max_length=9)),
                ("subject", models.TextField()),
                ("html", models.TextField()),
                ("text", models.TextField()),
                ("edition", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="variants", to="newsletter.edition")),
            ],
            options={
                "db_table": "newsletter_edition_variant",
            },
        ),
        migrations.AddConstraint(
            model_name="editionvariant",
            constraint=models.UniqueConstraint(fields=("edition", "key"), name="one_variant_of_a_page"),
        ),
        migrations.RemoveIndex(model_name="delivery", name="delivery_to_do"),
        migrations.AddField(
            model_name="delivery",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(due_when_planned, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="delivery",
            name="due_at",
            field=models.DateTimeField(),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["edition", "state", "due_at", "id"], name="delivery_to_do"),
        ),
    ]
