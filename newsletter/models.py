"""The newsletter's tables: columns, constraints, indexes; no behaviour."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class SourceState(models.Model):
    """What we know of a source from reading it: validators, health, the last problem."""

    name = models.CharField(max_length=120, unique=True)
    url = models.TextField()
    etag = models.TextField(default="")
    last_modified = models.TextField(default="")
    body_hash = models.CharField(max_length=64, default="")
    tried_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    problem = models.TextField(default="")
    entries = models.PositiveIntegerField(default=0)
    address = models.TextField(default="")
    state = models.CharField(max_length=10, default="active")
    failing_since = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    ttl_seconds = models.PositiveIntegerField(default=0)
    skip_hours = models.CharField(max_length=80, default="")  # "0,1,23"
    skip_days = models.CharField(max_length=20, default="")
    moving_to = models.TextField(default="")
    moving_runs = models.PositiveIntegerField(default=0)
    newest_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "newsletter_source"


class Entry(models.Model):
    """One item of the world, however many sources carry it."""

    key = models.CharField(max_length=16, unique=True)
    declared_id = models.TextField()
    url = models.TextField()
    title = models.TextField()
    summary = models.TextField()
    text = models.TextField()
    highlights = models.JSONField(default=list)
    published_at = models.DateTimeField(db_index=True)
    date_is_known = models.BooleanField()
    first_seen_at = models.DateTimeField()
    language = models.CharField(max_length=8)
    outlet = models.TextField()
    publisher = models.CharField(max_length=20)
    weight = models.FloatField()
    paywall = models.BooleanField(default=False)
    authors = models.JSONField(default=list)
    content_hash = models.CharField(max_length=16)
    source = models.CharField(max_length=120)  # where it was first seen; its edits are revisions
    published_raw = models.TextField(default="")
    html = models.TextField(default="")
    image = models.TextField(default="")
    is_quotable = models.BooleanField(default=True)
    translated_title = models.TextField(default="")
    translated_summary = models.TextField(default="")
    article = models.CharField(max_length=10, default="")  # "", wanted, read or failed
    article_tries = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "newsletter_entry"
        indexes: ClassVar = [
            models.Index(
                fields=["first_seen_at"],
                condition=models.Q(article="wanted"),
                name="articles_wanted",
            )
        ]


class EntryKey(models.Model):
    """A mark by which an entry is known again: its link, its source's own id, its content."""

    key = models.CharField(max_length=16, unique=True)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="entry_keys")

    class Meta:
        db_table = "newsletter_entry_key"


class Revision(models.Model):
    """What an entry said before its source edited it."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="revisions")
    seen_at = models.DateTimeField()
    title = models.TextField()
    summary = models.TextField()
    text = models.TextField()

    class Meta:
        db_table = "newsletter_revision"


class Sighting(models.Model):
    """An entry seen in a source."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="sightings")
    source = models.CharField(max_length=120, db_index=True)
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "newsletter_sighting"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "source"], name="one_sighting_per_source")
        ]


class Story(models.Model):
    """One event as it was grouped: what later entries may join, and the thread it belongs to."""

    key = models.CharField(max_length=12, unique=True)
    thread = models.CharField(max_length=12, db_index=True)
    headline = models.TextField()
    began_at = models.DateTimeField()
    latest_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "newsletter_story"


class StoryEntry(models.Model):
    """An entry's place in a story; by its key, since entries may be pruned before stories."""

    entry_key = models.CharField(max_length=16, unique=True)
    story = models.ForeignKey(Story, on_delete=models.CASCADE, related_name="story_entries")

    class Meta:
        db_table = "newsletter_story_entry"


class Decision(models.Model):
    """One act of the editor on a date's draft, with what the story scored when it was made."""

    date = models.DateField(db_index=True)
    story = models.CharField(max_length=12)
    act = models.CharField(max_length=10)
    value = models.TextField(default="")
    headline = models.TextField()
    parts = models.JSONField(default=dict)
    place = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "newsletter_decision"


class Edition(models.Model):
    """The dated newsletter: its draft, and what was frozen at approval."""

    date = models.DateField(unique=True)
    state = models.CharField(max_length=10)
    draft = models.JSONField()
    sources = models.JSONField(default=list)
    drafted_at = models.DateTimeField()
    subject = models.TextField(default="")
    html = models.TextField(default="")
    text = models.TextField(default="")
    content_hash = models.CharField(max_length=64, default="")
    approved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")
    segments = models.JSONField(default=dict)  # {"only": [...], "without": [...]}; {} is everybody

    class Meta:
        db_table = "newsletter_edition"


class EditionVariant(models.Model):
    """A frozen edition as the readers of some choices get it; `key` names what its page shows."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="variants")
    key = models.CharField(max_length=16)
    depth = models.CharField(max_length=9)
    subject = models.TextField()
    html = models.TextField()
    text = models.TextField()

    class Meta:
        db_table = "newsletter_edition_variant"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "key"], name="one_variant_of_a_page")
        ]


class MarketSeries(models.Model):
    """A series of the market strip: when it was read well last, and what was wrong since.

    `origin` tells by what settings its points were read: others make it another series.
    """

    name = models.CharField(max_length=120, unique=True)
    origin = models.CharField(max_length=32, default="")
    read_at = models.DateTimeField(null=True)
    problem = models.TextField(default="")

    class Meta:
        db_table = "newsletter_market_series"


class MarketPoint(models.Model):
    """What a series stood at on a day, as its source said it last."""

    series = models.ForeignKey(MarketSeries, on_delete=models.CASCADE, related_name="points")
    day = models.DateField()
    value = models.FloatField()

    class Meta:
        db_table = "newsletter_market_point"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "day"], name="one_point_a_day")
        ]


class Correction(models.Model):
    """What a sent edition got wrong and how it is right; `printed_on` the edition that said so."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="corrections")
    story = models.CharField(max_length=12, default="")
    headline = models.TextField(default="")
    wrong = models.TextField()
    right = models.TextField()
    made_at = models.DateTimeField()
    printed_on = models.DateField(null=True)

    class Meta:
        db_table = "newsletter_correction"


class LedgerRow(models.Model):
    """A mail to one subscriber, who is a number only: the ledger outlives the person."""

    subscriber_id = models.BigIntegerField()
    state = models.CharField(max_length=10)
    detail = models.TextField(default="")
    attempt = models.PositiveIntegerField(default=0)
    planned_at = models.DateTimeField()
    due_at = models.DateTimeField()  # when it was planned, or later: the reader's hour
    claimed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Delivery(LedgerRow):
    """One row of the ledger of editions."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="deliveries")

    class Meta:
        db_table = "newsletter_delivery"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "subscriber_id"], name="one_delivery_each")
        ]
        indexes: ClassVar = [
            models.Index(fields=["edition", "state", "due_at", "id"], name="delivery_to_do")
        ]


class CorrectionDelivery(LedgerRow):
    """One row of the ledger of corrections that are mailed by themselves."""

    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="deliveries")

    class Meta:
        db_table = "newsletter_correction_delivery"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["correction", "subscriber_id"], name="one_correction_each"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["correction", "state", "due_at", "id"], name="correction_to_do")
        ]
