# Changes that wait for the consent of somebody who may publish.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('archive', '0004_uploaditem_is_row'),
    ]

    operations = [
        migrations.AddField(
            model_name='speechversion',
            name='pending',
            field=models.BooleanField(default=False, verbose_name='待批准'),
        ),
    ]
