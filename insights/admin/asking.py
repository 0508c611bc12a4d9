"""The language model on the tenant's pages: which one, what it may cost, how it stands, and whether it answers."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.access import Area, May, RoleAdmin, may
from config.empty import to_add
from insights.admin.connecting import ConnectedModelForm
from insights.asking import breaker, standing
from insights.asking.greeting import greet
from insights.models import ConnectedModel, LlmCall

FORMS = {
    "json_schema": _("It is given the form of replies and keeps to it."),
    "json_object": _("It is asked for JSON, and told the form of replies in words."),
    "text": _("It is told the form of replies in words only."),
}


class ConnectedModelAdmin(RoleAdmin):
    area = Area.LANGUAGE_MODEL
    plural = _("language model")
    when_empty = to_add(
        _(
            "A language model is optional. With one, topics get names and proposals are worded for your clients."
        ),
        _("Connect a language model"),
        "insights_connectedmodel",
    )
    form = ConnectedModelForm
    change_form_outer_before_template = "insights/model_state.html"
    fieldsets = [
        (None, {"fields": ["is_enabled", "kind", "base_url", "model", "api_version", "key"]}),
        (
            _("What it may cost"),
            {
                "fields": [
                    *("tokens_per_month", "money_per_month", "money_per_million_input"),
                    *("money_per_million_output", "calls_per_run"),
                ],
                "description": _("Money is in the currency of the prices: US dollars in our list of them."),
            },
        ),
        (_("Records"), {"fields": ["retention_days"]}),
    ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """There is one row at most, so its page is the list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = ConnectedModel.objects.first()
        place = (
            ("admin:insights_connectedmodel_change", row.pk)
            if row
            else ("admin:insights_connectedmodel_add",)
        )
        return redirect(*place)

    def get_model_perms(self, request: HttpRequest) -> dict[str, bool]:
        """Asked for the list of pages on every page, which is no reason to look whether there is a model."""
        is_seen = self.has_view_permission(request)
        return {"add": False, "change": is_seen, "delete": False, "view": is_seen}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not ConnectedModel.objects.exists()

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        self.message_user(request, _("Saved. Test the connection to see whether the model answers."))
        return redirect("admin:insights_connectedmodel_change", obj.pk)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self.response_add(request, obj)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        # Nothing of the database is held while a server is waited for.
        test = transaction.non_atomic_requests(wrap(require_POST(self.test)))
        again = wrap(require_POST(self.again))
        own = [
            path("<int:pk>/test/", test, name="language_model_test"),
            path("<int:pk>/again/", again, name="language_model_again"),
        ]
        return [*own, *super().get_urls()]

    def story_of(self, _request: HttpRequest, model: ConnectedModel) -> dict[str, Any]:
        return standing.of(model, timezone.now())

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._to_change(request, pk)
        answered = greet(timezone.now(), request.user.pk)
        call = LlmCall.objects.filter(pk=answered.call or 0).first()
        own = {
            "title": _("Test of the language model"),
            "opts": self.opts,
            "answered": answered,
            "call": call,
            "form": FORMS.get(call.mode) if call else None,
        }
        return TemplateResponse(
            request, "insights/model_test.html", self.admin_site.each_context(request) | own
        )

    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        model = self._to_change(request, pk)
        breaker.forget(model)
        model.save(update_fields=breaker.FIELDS)
        self.log_change(request, model, str(_("Asked again from now on.")))
        self.message_user(request, _("Asked again from now on."))
        return redirect("admin:insights_connectedmodel_change", pk)

    def _to_change(self, request: HttpRequest, pk: int) -> ConnectedModel:
        if not may(request, May.CHANGE, self.area):
            raise PermissionDenied
        model = ConnectedModel.objects.filter(pk=pk).first()
        if model is None:
            raise Http404
        return model
