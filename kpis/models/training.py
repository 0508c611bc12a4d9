"""Words by which tickets are recognised as training needs; built-in ones are in kpis.lexicon."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TrainingPhrase(models.Model):
    """A phrase that the MSP added, or a built-in one that it switched off."""

    class Kind(models.TextChoices):
        HOW_TO = "how_to", _("How-to question")
        USER_ERROR = "user_error", _("User error")
        NEGATIVE = "negative", _("Not a training need")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    phrase = models.CharField(
        max_length=100,
        help_text=_("Plain words. * at a word's begin or end stands for any letters, ^ for the beginning."),
    )
    is_on = models.BooleanField(default=True, help_text=_("Off: a built-in phrase that shall not count."))

    class Meta:
        ordering = ["kind", "phrase"]
        verbose_name = _("training phrase")
        constraints = [models.UniqueConstraint(fields=["kind", "phrase"], name="one_row_per_phrase")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.phrase}"
