from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('subscribers', '0002_subscriber_choices'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('run_id', models.BigIntegerField()),
                ('part', models.SmallIntegerField()),
                ('line', models.IntegerField()),
                ('verdict', models.CharField(default='new', max_length=10)),
                ('reason', models.CharField(default='', max_length=200)),
                ('address', models.CharField(default='', max_length=254)),
                ('address_hash', models.CharField(default='', max_length=32)),
                ('name', models.CharField(default='', max_length=100)),
                ('status', models.CharField(default='', max_length=8)),
                ('suppression', models.CharField(default='', max_length=12)),
                ('strictness', models.SmallIntegerField(default=0)),
                ('is_unproven', models.BooleanField(default=False)),
                ('due_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('activated_at', models.DateTimeField(null=True)),
                ('paused_until', models.DateField(null=True)),
                ('source', models.CharField(default='', max_length=100)),
                ('language', models.CharField(default='', max_length=8)),
                ('rhythm', models.CharField(default='daily', max_length=8)),
                ('depth', models.CharField(default='standard', max_length=9)),
                ('sections', models.TextField(default='')),
                ('follows', models.TextField(default='')),
                ('hour', models.SmallIntegerField(null=True)),
                ('time_zone', models.CharField(default='', max_length=40)),
                ('mail_format', models.CharField(default='html', max_length=4)),
                ('attributes', models.JSONField(default=dict)),
                ('proof', models.JSONField(default=dict)),
            ],
            options={
                'db_table': 'subscribers_import_row',
            },
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=64, unique=True)),
                ('started_at', models.DateTimeField()),
                ('part', models.SmallIntegerField(default=0)),
                ('line', models.IntegerField(default=0)),
            ],
            options={
                'db_table': 'subscribers_import_run',
            },
        ),
    ]
