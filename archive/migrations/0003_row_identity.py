# Rows of a table are known by their own numbers.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0002_statistics_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='speech',
            name='external_id',
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name='原编号'),
        ),
        migrations.AddIndex(
            model_name='speech',
            index=models.Index(fields=['source', 'external_id'], name='speech_source_external_id'),
        ),
    ]
