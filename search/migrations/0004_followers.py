"""Changes are noted for each index that follows.

The notes and failures of before are of no index that is known by name: they go, and every index is
built anew from the database. What is noted stands in the database as it is.
"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import search.models


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0003_any_key'),
    ]

    operations = [
        migrations.DeleteModel(name='IndexChange'),
        migrations.DeleteModel(name='IndexFailure'),
        migrations.CreateModel(
            name='IndexFollower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('generation', models.CharField(max_length=100, unique=True, verbose_name='代')),
                ('machine', models.CharField(max_length=300, verbose_name='机器')),
                ('fingerprint', models.CharField(max_length=100, verbose_name='指纹')),
                ('built_at', models.DateTimeField(null=True, verbose_name='建成')),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='最近一次见到')),
            ],
            options={
                'verbose_name': '索引',
                'verbose_name_plural': '索引',
            },
        ),
        migrations.CreateModel(
            name='IndexChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=100)),
                ('key', search.models.ObjectKeyField(max_length=255)),
                ('noted_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('follower', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='search.indexfollower')),
            ],
            options={
                'indexes': [models.Index(fields=['follower', 'id'], name='change_follower_id')],
            },
        ),
        migrations.CreateModel(
            name='IndexFailure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('model', models.CharField(max_length=100, verbose_name='种类')),
                ('key', search.models.ObjectKeyField(max_length=255, verbose_name='编号')),
                ('error', models.CharField(max_length=500, verbose_name='原因')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='已试次数')),
                ('failed_at', models.DateTimeField(verbose_name='最近一次')),
                ('retry_at', models.DateTimeField(db_index=True, verbose_name='下次再试')),
                ('follower', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='failures', to='search.indexfollower', verbose_name='索引')),
            ],
            options={
                'verbose_name': '未能编入索引的材料',
                'verbose_name_plural': '未能编入索引的材料',
                'constraints': [models.UniqueConstraint(fields=('follower', 'model', 'key'), name='failure_object')],
            },
        ),
    ]
