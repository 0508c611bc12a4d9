"""Topics that keep their identity: how tickets are recognised as theirs never changes once it is frozen."""

from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors.models import Connection


class TopicRegistry(models.Model):
    """The frozen vocabulary. A version is never changed; new and split topics belong to the next one."""

    version = models.PositiveIntegerField(unique=True)
    created_at = models.DateTimeField()
    since = models.DateField(help_text=_("The first day of the tickets it was learned from."))
    until = models.DateField(help_text=_("The first day no longer among them."))
    ticket_count = models.PositiveIntegerField()
    vocabulary = models.BinaryField(help_text=_("Weights of the words (npz)."))
    parameters = models.JSONField(default=dict)

    class Meta:
        db_table = "topic_registries"
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"registry {self.version}"


class Topic(models.Model):
    """A recurring problem. A merged one stays as an alias: `root` says whose its tickets are."""

    class Status(models.TextChoices):
        CANDIDATE = "candidate", _("To review")
        ACTIVE = "active", _("Active")
        MERGED = "merged", _("Merged into another")
        RETIRED = "retired", _("Retired")

    class NamedBy(models.TextChoices):
        TERMS = "terms", _("Its frequent words")
        PLAYBOOK = "playbook", _("Playbook")
        MODEL = "llm", _("Language model")
        PERSON = "person", _("A person")

    registry_version = models.PositiveIntegerField(help_text=_("The version it appeared with."))
    name_en = models.CharField(max_length=60)
    name_fr = models.CharField(max_length=60)
    named_by = models.CharField(max_length=10, choices=NamedBy.choices, default=NamedBy.TERMS)
    criteria = models.CharField(
        max_length=240, blank=True, help_text=_("Which tickets belong to it, in words.")
    )
    terms = models.JSONField(default=list, help_text=_("Its weightiest words and concepts."))
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CANDIDATE)
    root = models.ForeignKey("self", on_delete=models.PROTECT, related_name="aliases", null=True)
    split_from = models.ForeignKey("self", on_delete=models.PROTECT, related_name="parts", null=True)
    prototype = models.BinaryField(help_text=_("Its words' weights (npz)."))
    core_similarity = models.FloatField(help_text=_("From which similarity on a ticket counts as its own."))
    soft_similarity = models.FloatField(help_text=_("From which similarity on a ticket is shown with it."))
    exemplars = models.JSONField(
        default=list, help_text=_("The tickets at its centre: [connection, ticket] each.")
    )
    created_at = models.DateTimeField()

    class Meta:
        db_table = "topics"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name_en

    def save(self, *args: Any, **options: Any) -> None:
        """A topic is its own root, so that SQL resolves aliases with one join."""
        super().save(*args, **options)
        if self.root_id is None:
            Topic.objects.filter(pk=self.pk).update(root=self.pk)
            self.root_id = self.pk


class TicketTopic(models.Model):
    """What a ticket is about: decided once for its words, and again only when they change."""

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    ticket_id = models.BigIntegerField()
    topic = models.ForeignKey(Topic, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    registry_version = models.PositiveIntegerField()
    similarity = models.FloatField()
    is_core = models.BooleanField(help_text=_("Similar enough to count; the others are only shown."))
    words_digest = models.BigIntegerField(help_text=_("Of the words it was decided from."))
    ticket_updated_at = models.DateTimeField(
        null=True, help_text=_("The ticket's own last change when it was decided.")
    )

    class Meta:
        db_table = "ticket_topics"
        ordering = ["source", "ticket_id"]
        constraints = [models.UniqueConstraint(fields=["source", "ticket_id"], name="one_topic_per_ticket")]
        indexes = [models.Index(fields=["topic"], name="ticket_topics_topic")]  # the tickets of a topic

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} is about topic {self.topic_id}"


class TopicEvent(models.Model):
    """One thing that happened to a topic; rows are only added."""

    class Kind(models.TextChoices):
        FOUND = "found", _("Found")
        ACCEPTED = "accepted", _("Accepted")
        RENAMED = "renamed", _("Renamed")
        MERGED = "merged", _("Merged")
        SPLIT = "split", _("Split")
        RETIRED = "retired", _("Retired")
        RESTORED = "restored", _("Restored")

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="events")
    happened_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    username = models.CharField(max_length=150, blank=True)  # kept beside the account, which may be deleted
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)

    class Meta:
        ordering = ["happened_at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.before} → {self.after}"
