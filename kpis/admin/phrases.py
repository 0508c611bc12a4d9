"""The phrases by which training needs are recognised, on a page of their own: tried, added, switched off."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.access import Area, May, may
from config.empty import to_add
from kpis import lexicon
from kpis.admin.switched import SwitchedAdmin
from kpis.models import TrainingPhrase

LANGUAGES = {"en": _("English"), "fr": _("French")}
LONGEST_SUMMARY = 500


class Line(NamedTuple):
    """A phrase as the page lists it; an own one has no language, and goes instead of being switched off."""

    phrase: str
    language: Any
    is_on: bool
    pk: int | None


class PhraseForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = TrainingPhrase
        fields = ("kind", "phrase")

    def clean_phrase(self) -> str:
        try:
            return lexicon.tidy(self.cleaned_data["phrase"])
        except lexicon.UnclearPhrase:
            raise ValidationError(
                _(
                    "Write words with letters or digits. A * may stand at the beginning or end of a word, "
                    "a ^ only before the first."
                )
            ) from None

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or {}
        if (entered.get("kind"), entered.get("phrase")) in lexicon.BUILT_IN_ENTRIES:
            raise ValidationError(
                _("This phrase is built in already. The list says whether it is switched on.")
            )
        return entered


class PhraseAdmin(SwitchedAdmin):
    area = Area.LEXICON
    plural = _("training phrases")
    when_empty = to_add(
        _("By these phrases a ticket is recognised as a question that training would answer."),
        _("Add a phrase"),
        "kpis_trainingphrase",
    )
    form = PhraseForm

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.switch_view))
        return [path("switch/", view, name="phrase_switch"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        summary = request.GET.get("summary", "")[:LONGEST_SUMMARY].replace("\x00", "")
        context = self.admin_site.each_context(request) | {
            "title": capfirst(self.plural),
            "opts": self.opts,
            "summary": summary,
            "verdict": _tried(summary) if summary.strip() else None,
            "kinds": [(kind, label, list(_lines(kind))) for kind, label in TrainingPhrase.Kind.choices],
            "may_change": may(request, May.CHANGE, self.area),
        }
        return TemplateResponse(request, "kpis/lexicon.html", context)

    def switch_view(self, request: HttpRequest) -> HttpResponse:
        """A built-in phrase off and on again; an own one goes."""
        entry = {"kind": request.POST.get("kind", ""), "phrase": request.POST.get("phrase", "")}
        return self.switched(
            request,
            entry,
            is_built_in=tuple(entry.values()) in lexicon.BUILT_IN_ENTRIES,
            praise=_("Noted. The figures are computed again, those of the past too."),
        )


def _lines(kind: str) -> Iterator[Line]:
    """The own phrases first."""
    rows = {row.phrase: row for row in TrainingPhrase.objects.filter(kind=kind)}
    yield from (Line(row.phrase, None, True, row.pk) for row in rows.values() if row.is_on)
    for language, phrases in lexicon.BUILT_IN[kind].items():  # type: ignore[index]
        for phrase in phrases:
            yield Line(phrase, LANGUAGES[language], phrase not in rows or rows[phrase].is_on, None)


def _tried(summary: str) -> dict[str, Any]:
    verdict = lexicon.judge(summary, lexicon.active())
    if verdict is None:
        return {"title": _("No phrase matches"), "phrase": ""}
    return {"title": TrainingPhrase.Kind(verdict.kind).label, "phrase": verdict.phrase}
