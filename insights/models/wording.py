"""What an MSP adds to our words: its own forms of concepts, and what must never leave the house."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConceptForm(models.Model):
    """A word or phrase that stands for a concept, or a built-in one that is switched off."""

    class Language(models.TextChoices):
        ANY = "any", _("Any language")
        ENGLISH = "en", _("English")
        FRENCH = "fr", _("French")

    concept = models.SlugField(max_length=40, help_text=_("What it means: password, printer, vpn …"))
    form = models.CharField(max_length=60, help_text=_("Plain words, as they stand in tickets."))
    language = models.CharField(max_length=3, choices=Language.choices, default=Language.ANY)
    is_on = models.BooleanField(default=True, help_text=_("Off: a built-in form that shall not count."))

    class Meta:
        ordering = ["concept", "form"]
        verbose_name = _("concept form")
        constraints = [models.UniqueConstraint(fields=["concept", "form"], name="one_row_per_concept_form")]

    def __str__(self) -> str:
        return f"{self.form} means {self.concept}"


class PrivateWord(models.Model):
    """A name, a code name or a pattern that is taken out before any text is sent to a language model."""

    class Kind(models.TextChoices):
        WORD = "word", _("Word or name")
        PATTERN = "pattern", _("Regular expression")

    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.WORD)
    text = models.CharField(max_length=200)

    class Meta:
        ordering = ["kind", "text"]
        verbose_name = _("private word")
        constraints = [models.UniqueConstraint(fields=["kind", "text"], name="one_row_per_private_word")]

    def __str__(self) -> str:
        return self.text
