"""The subscribers' tables: columns, constraints, indexes; no behaviour."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

HASH_LENGTH = 32


class Subscriber(models.Model):
    """An address with a status. Ids are never given out twice, so a link never changes hands.

    `address` is what is mailed, as its owner wrote it before the @. `address_hash` is its keyed
    hash in lower case (see suppression.py): what makes an address unique, and what is joined with
    the suppression list.
    """

    address = models.CharField(max_length=254)
    address_hash = models.CharField(max_length=HASH_LENGTH, unique=True)
    name = models.CharField(max_length=100, default="", blank=True)
    status = models.CharField(max_length=8)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    paused_until = models.DateField(null=True)
    asked_at = models.DateTimeField(null=True)  # of the sign-up that waits to be confirmed
    leavings = models.IntegerField(db_default=0)  # a confirmation link is good for one round only
    source = models.CharField(max_length=100, default="")  # where they came from: "form", …
    language = models.CharField(max_length=8, default="")  # "" follows the newsletter's own
    rhythm = models.CharField(max_length=8, default="daily")
    depth = models.CharField(max_length=9, default="standard")
    sections = models.TextField(default="")  # one a line, sorted; "" is all of them
    follows = models.TextField(default="")  # "company:Lynas" or "thread:…", one a line, sorted
    hour = models.SmallIntegerField(null=True)  # None: when the edition leaves
    time_zone = models.CharField(max_length=40, default="")
    mail_format = models.CharField(max_length=4, default="html")
    attributes = models.JSONField(default=dict)  # columns of an import that we have no word for

    class Meta:
        db_table = "subscribers_subscriber"
        indexes: ClassVar = [models.Index(fields=["status", "rhythm"], name="subscriber_audience")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=["pending", "active", "paused", "left"]),
                name="subscriber_has_a_known_status",
            ),
            models.CheckConstraint(
                condition=Q(status="paused", paused_until__isnull=False)
                | (~Q(status="paused") & Q(paused_until__isnull=True)),
                name="subscriber_pauses_until_a_date",
            ),
            models.CheckConstraint(
                condition=Q(rhythm__in=["daily", "weekdays", "weekly", "big"]),
                name="subscriber_has_a_known_rhythm",
            ),
            models.CheckConstraint(
                condition=Q(depth__in=["headlines", "standard", "full"]),
                name="subscriber_has_a_known_depth",
            ),
            models.CheckConstraint(
                condition=Q(mail_format__in=["html", "text"]),
                name="subscriber_has_a_known_format",
            ),
            models.CheckConstraint(
                condition=Q(hour__isnull=True) | Q(hour__gte=0, hour__lte=23),
                name="subscriber_has_an_hour_of_the_day",
            ),
        ]


class Wording(models.Model):
    """A text that people agreed to, kept once; `version` is the SHA-256 of it."""

    version = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()

    class Meta:
        db_table = "subscribers_wording"


class Consent(models.Model):
    """What was agreed, changed or withdrawn. Rows are only added, and outlive the subscriber.

    The database itself refuses to delete a row or to change one, save that an erasure empties what
    is personal in it: `network`, `detail` and `proof` (see migration 0002).
    """

    subscriber_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    happened_at = models.DateTimeField()
    how = models.CharField(max_length=12)
    page = models.CharField(max_length=200, default="")
    wording = models.ForeignKey(Wording, null=True, on_delete=models.PROTECT)
    detail = models.CharField(max_length=200, default="")
    network = models.CharField(max_length=45, default="")  # the address it came from
    actor = models.CharField(max_length=100, default="")  # who acted for the subscriber
    proof = models.JSONField(default=dict)  # what another platform kept: dates, address, file

    class Meta:
        db_table = "subscribers_consent"
        indexes: ClassVar = [models.Index(fields=["subscriber_id", "id"], name="consent_history")]


class Suppression(models.Model):
    """Never mail this address. It is known by its keyed hash only, and outlives the subscriber."""

    address_hash = models.CharField(max_length=HASH_LENGTH, unique=True)
    reason = models.CharField(max_length=12)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "subscribers_suppression"


class SuppressionAct(models.Model):
    """Who put an address on the suppression list or lifted it. Rows are only added."""

    address_hash = models.CharField(max_length=HASH_LENGTH, db_index=True)
    act = models.CharField(max_length=10)  # suppressed or lifted
    reason = models.CharField(max_length=12)
    actor = models.CharField(max_length=100, default="")
    note = models.CharField(max_length=200, default="")
    happened_at = models.DateTimeField()

    class Meta:
        db_table = "subscribers_suppression_act"


class Application(models.Model):
    """Somebody asked, on a page, to be signed up: looked at later, whoever it is for.

    The personal columns are emptied once it is settled; the hashes stay for a month, since the
    budgets are counted from them.
    """

    asked_at = models.DateTimeField(db_index=True)
    address = models.CharField(max_length=254, default="")
    name = models.CharField(max_length=100, default="")
    language = models.CharField(max_length=8, default="")
    source = models.CharField(max_length=100, default="")
    page = models.CharField(max_length=200, default="")
    wording = models.ForeignKey(Wording, null=True, on_delete=models.PROTECT)
    network = models.CharField(max_length=45, default="")
    address_hash = models.CharField(max_length=HASH_LENGTH)
    mailbox_hash = models.CharField(max_length=HASH_LENGTH)  # without dots and +tags
    domain_hash = models.CharField(max_length=HASH_LENGTH)
    network_hash = models.CharField(max_length=HASH_LENGTH)
    outcome = models.CharField(max_length=12, default="")  # "" waits
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "subscribers_application"
        indexes: ClassVar = [
            models.Index(fields=["mailbox_hash", "asked_at"], name="application_by_mailbox"),
            models.Index(fields=["domain_hash", "asked_at"], name="application_by_domain"),
            models.Index(fields=["network_hash", "asked_at"], name="application_by_network"),
            models.Index(fields=["id"], condition=Q(outcome=""), name="application_waits"),
        ]


class PendingAct(models.Model):
    """What a subscriber asked for that a press in a mail must confirm: within a day, once."""

    subscriber_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=10)  # address, export or erase
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    address = models.CharField(max_length=254, default="")  # the new one
    address_hash = models.CharField(max_length=HASH_LENGTH, default="")

    class Meta:
        db_table = "subscribers_pending_act"


class Notice(models.Model):
    """A small mail that is owed to a subscriber; it leaves at most once."""

    subscriber_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=12)
    act = models.ForeignKey(PendingAct, null=True, on_delete=models.CASCADE)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="planned")
    detail = models.TextField(default="")
    claimed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "subscribers_notice"
        indexes: ClassVar = [
            models.Index(fields=["due_at"], condition=Q(state="planned"), name="notice_due"),
        ]


class HashKey(models.Model):
    """The key of the address hashes: one row, made once for each database."""

    key = models.BinaryField()

    class Meta:
        db_table = "subscribers_hash_key"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_hash_key")
        ]


class ImportRun(models.Model):
    """A file that is being taken in, and how far it has been read. `key` is of file and options."""

    key = models.CharField(max_length=64, unique=True)
    started_at = models.DateTimeField()
    part = models.SmallIntegerField(default=0)  # which table of the file
    line = models.IntegerField(default=0)  # up to this line of it, all is staged

    class Meta:
        db_table = "subscribers_import_run"


class ImportRow(models.Model):
    """A line of a file that waits to be taken in: emptied when it is, and when it is refused.

    The columns that a subscriber has too are described there. No index: whole runs are read.
    """

    run_id = models.BigIntegerField()
    part = models.SmallIntegerField()
    line = models.IntegerField()
    verdict = models.CharField(max_length=10, default="new")
    reason = models.CharField(max_length=200, default="")
    address = models.CharField(max_length=254, default="")
    address_hash = models.CharField(max_length=HASH_LENGTH, default="")
    name = models.CharField(max_length=100, default="")
    status = models.CharField(max_length=8, default="")
    suppression = models.CharField(max_length=12, default="")
    strictness = models.SmallIntegerField(default=0)
    is_unproven = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)  # of the confirmation mail, where one is owed
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    paused_until = models.DateField(null=True)
    source = models.CharField(max_length=100, default="")
    language = models.CharField(max_length=8, default="")
    rhythm = models.CharField(max_length=8, default="daily")
    depth = models.CharField(max_length=9, default="standard")
    sections = models.TextField(default="")
    follows = models.TextField(default="")
    hour = models.SmallIntegerField(null=True)
    time_zone = models.CharField(max_length=40, default="")
    mail_format = models.CharField(max_length=4, default="html")
    attributes = models.JSONField(default=dict)
    proof = models.JSONField(default=dict)

    class Meta:
        db_table = "subscribers_import_row"
