"""What each sync did, what it could not use, and which days it touched."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors.models.connection import Connection


class SyncRun(models.Model):
    """One walk of one stream."""

    class Mode(models.TextChoices):
        BACKFILL = "backfill", _("First load")
        INCREMENTAL = "incremental", _("Changes")
        SWEEP = "sweep", _("Search for deletions")
        REPLAY = "replay", _("From the archive")

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        OK = "ok", _("Done")
        STOPPED = "stopped", _("Stopped")
        INTERRUPTED = "interrupted", _("Interrupted")

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    stream = models.CharField(max_length=60)
    mode = models.CharField(max_length=12, choices=Mode.choices)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    announced = models.PositiveIntegerField(
        null=True,
        help_text=_("How much there is to read, where it is known: records, or those that parts hang on."),
    )
    pages = models.PositiveIntegerField(default=0)
    rows_seen = models.PositiveIntegerField(default=0)
    rows_new = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_deleted = models.PositiveIntegerField(default=0)
    rows_skipped = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, help_text=_("What went wrong and what to do, in a sentence."))

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [models.Index(fields=["connection", "stream", "-started_at"], name="run_latest_of_stream")]

    def __str__(self) -> str:
        return f"{self.stream} {self.started_at:%Y-%m-%d %H:%M}"


class SkippedRecord(models.Model):
    """A vendor's record that could not be used, kept for inspection until it can be."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="skipped_records")
    stream = models.CharField(max_length=60)
    external_id = models.CharField(max_length=100)
    reason = models.TextField()
    payload = models.TextField()
    seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-seen_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "stream", "external_id"], name="one_skip_per_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stream} {self.external_id}: {self.reason}"


class PageArchive(models.Model):
    """A vendor's answer as it came, compressed, from which rows can be made again."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    stream = models.CharField(max_length=60)
    parents = models.JSONField(null=True, help_text=_("Of each record, where they hang on another."))
    fetched_at = models.DateTimeField()
    body = models.BinaryField(help_text=_("JSON compressed with zstd"))

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["connection", "stream", "id"], name="archive_in_order")]

    def __str__(self) -> str:
        return f"{self.stream} page {self.id}"


class DirtyDay(models.Model):
    """A local day whose figures no longer hold; an append-only log that the KPI engine consumes.

    A day of None says that all of them have to be computed again.
    """

    class Reason(models.TextChoices):
        """Why figures of days that are over come out differently: what changed in the data, or in the counting."""

        ARRIVAL = "arrival", _("Arrived late")
        CHANGE = "change", _("Changed at the vendor")
        REOPENING = "reopening", _("A ticket was reopened")
        MERGE = "merge", _("Tickets were merged")
        DELETION = "deletion", _("Deleted at the vendor")
        HISTORY = "history", _("More of a ticket's history became known")
        LOOKUP = "lookup", _("Members, agreements or work types changed")
        REMAPPING = "remapping", _("A customer was mapped to another company")
        LINK = "link", _("An alert's ticket became known")
        TOPIC = "topic", _("A ticket's topic changed")
        PROJECT = "project", _("A proposal or project moved on")
        DISPUTE = "dispute", _("A technician's dispute was decided")
        SETTINGS = "settings", _("The MSP's settings changed")
        DEFINITION = "definition", _("The definition changed")
        FOLLOWS = "follows", _("Follows from another day")

    day = models.DateField(null=True)
    reason = models.CharField(max_length=12, choices=Reason.choices)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.day or "all days")
