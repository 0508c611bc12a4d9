"""An MSP's own words on the tenant's pages: what means which concept, what is private, and a text to try both on."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.access import Area, May, RoleAdmin, may
from config.empty import to_add
from insights.models import ConceptForm, PrivateWord
from insights.text.forms import built_in, tidy
from insights.text.language import language_of
from insights.text.ordinary import parts_in
from insights.text.own_patterns import UnusablePattern, usable
from insights.text.reading import Reader
from kpis.admin.switched import SwitchedAdmin

LANGUAGES = {"en": _("English"), "fr": _("French"), "any": _("Any language")}
# Kinds of private things that the look over a redacted text may still find.
KINDS_LEFT = {
    "name": _("a person's name"),
    "company": _("a client's name"),
    "host": _("a device's name"),
    "private": _("a private word"),
    "secret": _("a password or key"),
    "email": _("an e-mail address"),
    "url": _("a link"),
    "address": _("a network address"),
    "domain": _("a domain"),
    "key": _("a password or key"),
    "path": _("a path with a user's name"),
    "number": _("a number that may be somebody's"),
    "phone": _("a telephone number"),
    "postcode": _("a postal code"),
}
LONGEST_TEXT = 2_000


class Line(NamedTuple):
    """A form as the page lists it; an own one goes instead of being switched off."""

    form: str
    written: str
    language: Any
    is_on: bool
    is_own: bool


class ConceptFormForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ConceptForm
        fields = ("concept", "form", "language")
        labels = {"concept": _("Concept"), "form": _("Word or phrase"), "language": _("Language")}

    def clean_concept(self) -> str:
        return str(self.cleaned_data["concept"]).lower()

    def clean_form(self) -> str:
        if form := tidy(self.cleaned_data["form"]):
            return form
        raise ValidationError(_("Write words with letters or digits."))

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or {}
        if (entered.get("concept"), entered.get("form")) in _built_in_keys():
            raise ValidationError(
                _("This word is built in already. The list says whether it is switched on.")
            )
        return entered


class ConceptFormAdmin(SwitchedAdmin):
    area = Area.LEXICON
    plural = _("words of concepts")
    when_empty = to_add(
        _(
            "Your own words for things that many clients have, such as the name of a line-of-business application."
        ),
        _("Add a word"),
        "insights_conceptform",
    )
    form = ConceptFormForm

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.switch_view))
        return [path("switch/", view, name="concept_form_switch"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if not self.has_view_permission(request):
            raise PermissionDenied
        text = request.GET.get("text", "")[:LONGEST_TEXT].replace("\x00", "")
        context = self.admin_site.each_context(request) | {
            "title": capfirst(self.plural),
            "opts": self.opts,
            "text": text,
            "tried": _tried(text) if text.strip() else None,
            "concepts": _concepts(),
            "may_change": may(request, May.CHANGE, self.area),
        }
        return TemplateResponse(request, "insights/words.html", context)

    def switch_view(self, request: HttpRequest) -> HttpResponse:
        """A built-in word off and on again; an own one goes."""
        concept, _sign, form = request.POST.get("entry", "").partition("|")
        return self.switched(
            request,
            {"concept": concept, "form": form},
            is_built_in=(concept, form) in _built_in_keys(),
            praise=_("Noted. It counts for tickets that are read from now on."),
        )


class PrivateWordForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = PrivateWord
        fields = ("kind", "text")
        labels = {"kind": _("Kind"), "text": _("Text")}

    def clean(self) -> dict[str, Any]:
        entered: dict[str, Any] = super().clean() or {}
        if entered.get("text"):
            self._check(entered.get("kind"), entered["text"])
        return entered

    def _check(self, kind: Any, text: str) -> None:
        try:
            if kind == PrivateWord.Kind.PATTERN:
                usable(text)
            elif not parts_in(text):
                self.add_error("text", _("Write words with letters or digits."))
        except UnusablePattern as refusal:
            self.add_error("text", str(refusal))


class PrivateWordAdmin(RoleAdmin):
    area = Area.LEXICON
    plural = _("private words")
    when_empty = to_add(
        _("Words that no language model may see, such as the name of a secret customer."),
        _("Add a private word"),
        "insights_privateword",
    )
    form = PrivateWordForm
    list_display = ["text", "kind"]
    list_before_template = "insights/private_words.html"
    search_fields = ["text"]


def _built_in_keys() -> frozenset[tuple[str, str]]:
    return frozenset((form.concept, tidy(form.phrase)) for form, _language in built_in())


def _concepts() -> list[tuple[str, list[Line]]]:
    """In the order of their names, those of the MSP's own among them."""
    rows = list(ConceptForm.objects.all())
    lines: dict[str, list[Line]] = {}
    for concept, line in (*_own_lines(rows), *_our_lines(rows)):
        lines.setdefault(concept, []).append(line)
    return sorted(lines.items())


def _own_lines(rows: Iterable[ConceptForm]) -> Iterator[tuple[str, Line]]:
    for row in rows:
        if row.is_on:
            yield row.concept, Line(row.form, row.form, LANGUAGES[row.language], True, True)


def _our_lines(rows: Iterable[ConceptForm]) -> Iterator[tuple[str, Line]]:
    off = {(row.concept, row.form) for row in rows if not row.is_on}
    for form, language in built_in():
        key = tidy(form.phrase)
        yield form.concept, Line(key, form.phrase, LANGUAGES[language], (form.concept, key) not in off, False)


def _tried(text: str) -> dict[str, Any]:
    """What becomes of a text on its way to a topic, and to a language model."""
    reader = Reader.of_tenant()
    redacted = reader.without_names(text)
    tokens = reader.lexicon.tokens(redacted)
    return {
        "language": LANGUAGES[language_of(text)],
        "concepts": [token[1:] for token in tokens if token.startswith("#")],
        "words": [token for token in tokens if not token.startswith("#")],
        "redacted": redacted,
        "leaks": [KINDS_LEFT[kind] for kind in reader.redactor.leaks(redacted)],
    }
