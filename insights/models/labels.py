"""What a topic is said to be, by a rule or by the language model, side by side."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from insights.models.asking import LlmCall
from insights.models.topics import Topic


class TopicLabel(models.Model):
    class Kind(models.TextChoices):
        TRAINING_NEED = "training_need", _("Asks for training")
        ROOT_CAUSE = "root_cause", _("Root cause")
        SALES_SIGNAL = "sales_signal", _("Sales signal")
        CATEGORY = "category", _("Category")
        ARCHETYPE = "archetype", _("Kind of project")

    class Source(models.TextChoices):
        RULE = "rule", _("Rule")
        MODEL = "llm", _("Language model")

    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="labels")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    source = models.CharField(max_length=10, choices=Source.choices)
    value = models.CharField(max_length=40)
    share = models.FloatField(null=True, help_text=_("Of its tickets that the rule says this of."))
    call = models.ForeignKey(LlmCall, on_delete=models.SET_NULL, null=True, related_name="+")
    labelled_at = models.DateTimeField()

    class Meta:
        db_table = "topic_labels"
        ordering = ["topic", "kind", "source"]
        constraints = [
            models.UniqueConstraint(fields=["topic", "kind", "source"], name="one_label_per_source")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of topic {self.topic_id}: {self.value}"
