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

    class Meta:
        db_table = "subscribers_subscriber"
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
        ]


class Wording(models.Model):
    """A text that people agreed to, kept once; `version` is the SHA-256 of it."""

    version = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()

    class Meta:
        db_table = "subscribers_wording"


class Consent(models.Model):
    """What was agreed or withdrawn. Rows are added, never changed, and outlive the subscriber."""

    subscriber_id = models.BigIntegerField()
    kind = models.CharField(max_length=12)
    happened_at = models.DateTimeField()
    how = models.CharField(max_length=12)
    page = models.CharField(max_length=200, default="")
    wording = models.ForeignKey(Wording, null=True, on_delete=models.PROTECT)
    detail = models.CharField(max_length=200, default="")

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


class HashKey(models.Model):
    """The key of the address hashes: one row, made once for each database."""

    key = models.BinaryField()

    class Meta:
        db_table = "subscribers_hash_key"
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(id=1), name="there_is_one_hash_key")
        ]
