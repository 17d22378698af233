# Whether an item is a row of a table is kept, no longer read from its name.

from django.db import migrations, models


def mark_rows(apps, _schema_editor):
    """Mark the rows among what waits by how rows were known so far: name.jsonl#12."""
    items = apps.get_model("archive", "UploadItem").objects.filter(original__isnull=False)
    items.filter(name__iregex=r"\.(jsonl|ndjson)#[0-9]+$").update(is_row=True)


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0003_row_identity'),
    ]

    operations = [
        migrations.AddField(
            model_name='uploaditem',
            name='is_row',
            field=models.BooleanField(default=False, editable=False, verbose_name='表中的一行'),
        ),
        migrations.RunPython(mark_rows, migrations.RunPython.noop),
    ]
