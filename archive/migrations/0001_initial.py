# The first tables of the archive.

import archive.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Original',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sha256', models.CharField(max_length=64, unique=True, verbose_name='SHA-256')),
                ('name', models.CharField(max_length=255, verbose_name='文件名')),
                ('media_type', models.CharField(blank=True, max_length=100, verbose_name='媒体类型')),
                ('size', models.PositiveBigIntegerField(verbose_name='字节数')),
                ('kept_at', models.DateTimeField(auto_now_add=True, verbose_name='收到时间')),
            ],
            options={
                'verbose_name': '原始文件',
                'verbose_name_plural': '原始文件',
            },
        ),
        migrations.CreateModel(
            name='Source',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, unique=True, verbose_name='名称')),
                ('slug', models.SlugField(allow_unicode=True, max_length=100, unique=True, verbose_name='短名')),
                ('domains', models.JSONField(blank=True, default=list, verbose_name='域名')),
                ('home_page', models.URLField(blank=True, max_length=500, verbose_name='首页')),
                ('licence', models.CharField(blank=True, max_length=200, verbose_name='许可或备案号')),
                ('note', models.TextField(blank=True, verbose_name='说明')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
            ],
            options={
                'verbose_name': '来源',
                'verbose_name_plural': '来源',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Speech',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=500, verbose_name='标题')),
                ('type', models.CharField(choices=[('speech', '讲话稿'), ('discussion', '研讨发言'), ('reflection', '心得体会'), ('theory', '理论文章'), ('lecture', '党课讲稿'), ('mobilisation', '动员部署'), ('report', '汇报总结'), ('document', '公文'), ('news', '新闻报道'), ('other', '其他')], default='other', max_length=20, verbose_name='类型')),
                ('date', archive.models.fields.PartialDateField(blank=True, max_length=19, verbose_name='日期')),
                ('year', models.SmallIntegerField(editable=False, null=True, verbose_name='年份')),
                ('state', models.CharField(choices=[('draft', '草稿'), ('published', '已发布'), ('restricted', '限制'), ('taken_down', '下架'), ('trash', '回收站')], default='draft', max_length=12, verbose_name='状态')),
                ('held_reason', models.CharField(blank=True, max_length=200, verbose_name='待审原因')),
                ('original_url', models.URLField(blank=True, max_length=1000, verbose_name='原文网址')),
                ('source_line', models.CharField(blank=True, max_length=500, verbose_name='来源行')),
                ('site_column', models.CharField(blank=True, max_length=200, verbose_name='站点栏目')),
                ('site_tags', models.JSONField(blank=True, default=list, verbose_name='站点标签')),
                ('author', models.CharField(blank=True, max_length=200, verbose_name='作者或单位')),
                ('hit_count', models.PositiveBigIntegerField(blank=True, null=True, verbose_name='站点点击数')),
                ('declared_length', models.PositiveIntegerField(blank=True, null=True, verbose_name='标明字数')),
                ('text', models.TextField(verbose_name='正文')),
                ('html', models.TextField(blank=True, verbose_name='净化后的 HTML')),
                ('char_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='字符数')),
                ('han_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='汉字数')),
                ('text_sha256', models.CharField(db_index=True, editable=False, max_length=64, verbose_name='正文摘要')),
                ('removed', models.JSONField(blank=True, default=list, editable=False, verbose_name='清除记录')),
                ('provenance', models.JSONField(blank=True, default=dict, editable=False, verbose_name='取值依据')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='收录时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('original', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='speeches', to='archive.original', verbose_name='原始文件')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='speeches', to='archive.source', verbose_name='来源')),
            ],
            options={
                'verbose_name': '材料',
                'verbose_name_plural': '材料',
                'ordering': ['-date', '-pk'],
                'permissions': [('publish_speech', '发布、撤下或移入回收站')],
            },
        ),
        migrations.CreateModel(
            name='SpeechVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('values', models.JSONField(verbose_name='原值')),
                ('taken', models.BooleanField(default=True, verbose_name='曾经采用')),
                ('changed_at', models.DateTimeField(auto_now_add=True, verbose_name='更改时间')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='原因')),
                ('changed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='更改人')),
                ('original', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='archive.original', verbose_name='原始文件')),
                ('speech', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='archive.speech', verbose_name='材料')),
            ],
            options={
                'verbose_name': '旧版本',
                'verbose_name_plural': '旧版本',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='UploadBatch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('label', models.CharField(blank=True, max_length=255, verbose_name='名称')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='时间')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='完成时间')),
                ('type', models.CharField(blank=True, choices=[('speech', '讲话稿'), ('discussion', '研讨发言'), ('reflection', '心得体会'), ('theory', '理论文章'), ('lecture', '党课讲稿'), ('mobilisation', '动员部署'), ('report', '汇报总结'), ('document', '公文'), ('news', '新闻报道'), ('other', '其他')], max_length=20, verbose_name='类型')),
                ('created_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='经手人')),
                ('source', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='archive.source', verbose_name='来源')),
            ],
            options={
                'verbose_name': '上传批次',
                'verbose_name_plural': '上传批次',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='UploadItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=500, verbose_name='文件名')),
                ('status', models.CharField(choices=[('waiting', '待确认'), ('new', '新增'), ('changed', '更新'), ('duplicate', '重复'), ('held', '待审'), ('failed', '失败'), ('skipped', '跳过')], default='waiting', max_length=10, verbose_name='结果')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='archive.uploadbatch', verbose_name='批次')),
                ('original', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='archive.original', verbose_name='原始文件')),
                ('speech', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='upload_items', to='archive.speech', verbose_name='材料')),
            ],
            options={
                'verbose_name': '上传条目',
                'verbose_name_plural': '上传条目',
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='speech',
            index=models.Index(fields=['state', '-date', '-id'], name='speech_state_date'),
        ),
        migrations.AddIndex(
            model_name='speech',
            index=models.Index(fields=['source', 'state', '-date'], name='speech_source_state_date'),
        ),
        migrations.AddIndex(
            model_name='speech',
            index=models.Index(fields=['original_url'], name='speech_original_url'),
        ),
        migrations.AddConstraint(
            model_name='speech',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['speech', 'discussion', 'reflection', 'theory', 'lecture', 'mobilisation', 'report', 'document', 'news', 'other'])), name='speech_type_known'),
        ),
        migrations.AddConstraint(
            model_name='speech',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'published', 'restricted', 'taken_down', 'trash'])), name='speech_state_known'),
        ),
        migrations.AddConstraint(
            model_name='speech',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='speech_has_title'),
        ),
        migrations.AddConstraint(
            model_name='speech',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('state', 'published'), _negated=True), _connector='OR'), name='speech_published_has_text'),
        ),
        migrations.AddConstraint(
            model_name='speech',
            constraint=models.CheckConstraint(condition=models.Q(('held_reason', ''), models.Q(('state', 'published'), _negated=True), _connector='OR'), name='speech_held_is_not_published'),
        ),
        migrations.AddConstraint(
            model_name='speech',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('date', ''), ('year__isnull', True)), models.Q(models.Q(('date', ''), _negated=True), ('year__gte', 1), ('year__isnull', False)), _connector='OR'), name='speech_year_goes_with_date'),
        ),
        migrations.AddConstraint(
            model_name='uploaditem',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['waiting', 'new', 'changed', 'duplicate', 'held', 'failed', 'skipped'])), name='item_status_known'),
        ),
    ]
