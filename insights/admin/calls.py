"""Everything that a language model was asked, on pages for owners: what was sent, what came back, what it cost."""

import json
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminSelectWidget

from config.access import Area, May, RoleAdmin, may
from config.empty import WhenEmpty
from config.words import shown
from insights.asking.questions import sentence_of
from insights.asking.retention import erase_company
from insights.models import LlmCall
from kpis import names
from kpis.cards import number

STATE_COLOURS = {
    LlmCall.State.ASKING: "info",
    LlmCall.State.ANSWERED: "success",
    LlmCall.State.REFUSED: "warning",
    LlmCall.State.FAILED: "danger",
}
PURPOSES = {"test": _("Test of the connection"), "describe_topic": _("Description of a topic")}


class EraseForm(forms.Form):
    """Of the clients whose words were sent."""

    company = forms.TypedChoiceField(label=_("Client"), coerce=int, widget=UnfoldAdminSelectWidget())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = LlmCall.objects.exclude(company=None).order_by().values_list("company", flat=True).distinct()
        named = names.companies(known)
        choices = [(id_, named.get(id_, f"#{id_}")) for id_ in known if id_ is not None]
        self.fields["company"].choices = sorted(choices, key=lambda one: one[1])  # type: ignore[attr-defined]


class LlmCallAdmin(RoleAdmin):
    area = Area.LANGUAGE_MODEL
    plural = _("language model calls")
    when_empty = WhenEmpty(
        _(
            "Every question that a language model is asked can be read here, with its answer. None has been asked."
        ),
        _("To the language model"),
        "insights_connectedmodel_changelist",
    )
    list_display = ["subject", "asked_at", "outcome", "asked_model", "token_count", "cost", "remark"]
    list_display_links = ["subject"]
    list_filter = ["state", "purpose"]
    list_filter_submit = True
    list_select_related = ["asked_by"]
    list_before_template = "insights/erase_calls.html"
    change_form_outer_after_template = "insights/call_story.html"
    fieldsets = [
        (
            None,
            {"fields": ["subject", "outcome_now", "remark", "asked_at", "answered_at", "person", "client"]},
        ),
        (
            _("Cost"),
            {"fields": ["input_tokens", "output_tokens", "estimated", "cost", "attempts", "latency_ms"]},
        ),
        (
            _("How it was asked"),
            {"fields": ["base_url", "asked_model", "way", "prompt_version", "schema_version", "request_id"]},
        ),
    ]

    def has_add_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.erase)
        return [path("erase/", view, name="llmcall_erase"), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return super().changelist_view(request, {"erase_form": EraseForm()} | (extra_context or {}))

    def story_of(self, _request: HttpRequest, call: LlmCall) -> dict[str, Any]:
        result = call.result and json.dumps(call.result, indent=2, ensure_ascii=False)
        return {"sent": call.messages, "reply": call.reply, "accepted": result}

    def erase(self, request: HttpRequest) -> HttpResponse:
        """Asks once more before it does it."""
        if not may(request, May.DELETE, self.area):
            raise PermissionDenied
        form = EraseForm(request.POST or request.GET)
        if not form.is_valid():
            return redirect("admin:insights_llmcall_changelist")
        company = form.cleaned_data["company"]
        if request.method == "POST":
            count = erase_company(company)
            said = ngettext("%d call has been erased.", "%d calls have been erased.", count) % count
            self.message_user(request, said)
            return redirect("admin:insights_llmcall_changelist")
        return TemplateResponse(request, "insights/erase_confirm.html", self._asked_about(request, company))

    def _asked_about(self, request: HttpRequest, company: int) -> dict[str, Any]:
        shared: dict[str, Any] = self.admin_site.each_context(request)
        return shared | {
            "title": _("Erase the calls of a client"),
            "opts": self.opts,
            "company": company,
            "client": names.companies([company]).get(company, f"#{company}"),
            "count": LlmCall.objects.filter(company=company).count(),
        }

    @shown(_("About"), ordering="purpose")
    def subject(self, call: LlmCall) -> str:
        return str(PURPOSES.get(call.purpose, call.purpose))

    @shown(_("State"), ordering="state", label=STATE_COLOURS)
    def outcome(self, call: LlmCall) -> tuple[str, Any]:
        return call.state, self.outcome_now(call)

    @shown(_("State"))
    def outcome_now(self, call: LlmCall) -> Any:
        return call.get_state_display()

    @shown(_("Model"), ordering="model")
    def asked_model(self, call: LlmCall) -> str:
        """Under a name of its own: an admin class has a `model` already."""
        return call.model

    @shown(_("Tokens are estimated"))
    def estimated(self, call: LlmCall) -> str:
        return str(_("The server did not count the tokens.")) if call.is_estimated else ""

    @shown(_("Tokens"))
    def token_count(self, call: LlmCall) -> str:
        return number(call.input_tokens + call.output_tokens)

    @shown(_("Money"), ordering="money")
    def cost(self, call: LlmCall) -> str:
        return "" if call.money is None else number(call.money, 4)

    @shown(_("What to know"))
    def remark(self, call: LlmCall) -> str:
        return sentence_of(call.verdict)

    @shown(_("Asked by"))
    def person(self, call: LlmCall) -> str:
        return call.asked_by.get_username() if call.asked_by else ""

    @shown(_("Client"))
    def client(self, call: LlmCall) -> str:
        return names.companies([call.company]).get(call.company, f"#{call.company}") if call.company else ""

    @shown(_("Form of the reply"))
    def way(self, call: LlmCall) -> str:
        return call.mode
