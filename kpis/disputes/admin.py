"""Disputes on the managers' pages: the open ones first, each with its ticket's story, decided in two steps."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from config.access import Area, May, RoleAdmin, may
from config.empty import WhenEmpty
from config.words import said, shown
from connectors.models import RawMember
from kpis.disputes import workflow
from kpis.disputes.forms import DeclineForm, TakeBackForm, UpholdForm
from kpis.disputes.listed import with_summary
from kpis.disputes.told import changes, story
from kpis.models import Dispute
from kpis.models.disputes import OPEN_FIRST

Status = Dispute.Status
COLOURS = {
    Status.OPEN: "warning",
    Status.UPHELD: "success",
    Status.DECLINED: "info",
    Status.WITHDRAWN: "info",
}


class DisputeAdmin(RoleAdmin):
    area = Area.DISPUTES
    plural = _("disputes")
    when_empty = WhenEmpty(
        _(
            "When technicians object to how a ticket counts for them, their reasons come here for you to decide."
        ),
        _("To the dashboard"),
        "index",
    )
    tells_who = frozenset({"member_id", "credited_to"})
    list_display = ["number", "summary", "said", "author", "state", "opened", "decided"]
    list_display_links = ["number", "summary"]
    list_filter = ["status", "kind"]
    change_form_outer_after_template = "kpis/disputes/story.html"
    fieldsets = [(None, {"fields": ["said", "in_words", "author", "opened", "status", "decided", "answer"]})]

    def get_ordering(self, _request: HttpRequest) -> list[Any]:
        return [OPEN_FIRST, "-opened_at", "-id"]

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """What was said stays; what is decided about it goes through views of its own."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        people = RawMember.objects.filter(source=OuterRef("source"), external_id=OuterRef("member_id"))
        disputes = with_summary(super().get_queryset(request)).select_related("decided_by")
        return disputes.annotate(author_name=Subquery(people.values("name")[:1]))

    def get_urls(self) -> list[URLPattern]:
        views = {"uphold": self.uphold_view, "decline": self.decline_view, "take_back": self.take_back_view}
        own = [
            path(f"<int:pk>/{deed}/", self.admin_site.admin_view(require_POST(view)), name=f"dispute_{deed}")
            for deed, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def story_of(self, request: HttpRequest, dispute: Dispute) -> dict[str, Any]:
        return story(dispute) | self._forms(request, dispute)

    def _forms(self, request: HttpRequest, dispute: Dispute) -> dict[str, Any]:
        if not may(request, May.CHANGE, self.area):
            return {}
        if dispute.status == Status.OPEN:
            return {"uphold": UpholdForm(dispute), "decline": DeclineForm(auto_id="decline_%s")}
        return {} if dispute.status == Status.WITHDRAWN else {"take_back": TakeBackForm(auto_id="back_%s")}

    def uphold_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Shows first what changes; the second time it is done."""
        dispute = self._asked_for(request, pk)
        form = UpholdForm(dispute, request.POST)
        if not form.is_valid():
            return self._refused(request, pk, form)
        if "confirmed" not in request.POST and dispute.status == Status.OPEN:
            told = self.admin_site.each_context(request) | {
                "title": _("What upholding changes"),
                "dispute": dispute,
                "form": form,
                "changes": changes(dispute, form.member),
                "credited": dict(form.fields["credited_to"].choices).get(str(form.member or "")),  # type: ignore[attr-defined]
                "opts": self.opts,
                "plural": self.plural,
            }
            return TemplateResponse(request, "kpis/disputes/confirm.html", told)
        words, user = form.cleaned_data["words"], cast(User, request.user)
        return self._done(request, pk, lambda: workflow.uphold(dispute, form.member, words, user))

    def decline_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._said(request, pk, DeclineForm(request.POST), workflow.decline)

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._said(request, pk, TakeBackForm(request.POST), workflow.take_back)

    def _said(
        self, request: HttpRequest, pk: int, form: Form, deed: Callable[[Dispute, str, User], None]
    ) -> HttpResponse:
        dispute, user = self._asked_for(request, pk), cast(User, request.user)
        if not form.is_valid():
            return self._refused(request, pk, form)
        return self._done(request, pk, lambda: deed(dispute, form.cleaned_data["words"], user))

    def _asked_for(self, request: HttpRequest, pk: int) -> Dispute:
        if not may(request, May.CHANGE, self.area):
            raise PermissionDenied
        dispute = self.get_object(request, str(pk))
        if dispute is None:
            raise Http404
        return cast(Dispute, dispute)

    def _refused(self, request: HttpRequest, pk: int, form: Form) -> HttpResponse:
        for field, problems in form.errors.items():
            self.message_user(
                request, f"{form.fields[field].label}: {' '.join(map(str, problems))}", messages.ERROR
            )
        return redirect("admin:kpis_dispute_change", pk)

    def _done(self, request: HttpRequest, pk: int, deed: Callable[[], None]) -> HttpResponse:
        try:
            deed()
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self.message_user(request, _("Noted. The figures follow with the next computation."))
        return redirect("admin:kpis_dispute_change", pk)

    @shown(_("Ticket"), ordering="ticket_id")
    def number(self, dispute: Dispute) -> str:
        return f"#{dispute.ticket_id}"

    @shown(_("Summary"))
    def summary(self, dispute: Any) -> str:
        return Truncator(dispute.summary or "").chars(70)

    @shown(_("What is wrong"), ordering="kind")
    def said(self, dispute: Dispute) -> str:
        return dispute.get_kind_display()

    @shown(_("In the technician's words"))
    def in_words(self, dispute: Dispute) -> str:
        return dispute.words

    @shown(_("The answer"))
    def answer(self, dispute: Dispute) -> str:
        return dispute.decision_words

    @shown(_("Disputed by"))
    def author(self, dispute: Any) -> str:
        return dispute.author_name or f"#{dispute.member_id}"

    @shown(_("Status"), ordering="status", label=COLOURS)
    def state(self, dispute: Dispute) -> tuple[str, str]:
        return dispute.status, dispute.get_status_display()

    @shown(_("Disputed"), ordering="opened_at")
    def opened(self, dispute: Dispute) -> str:
        return str(said(dispute.opened_at))

    @shown(_("Decided"), ordering="decided_at")
    def decided(self, dispute: Dispute) -> str:
        if dispute.decided_at is None:
            return ""
        who = dispute.decided_by.get_username() if dispute.decided_by else ""
        return f"{who}, {said(dispute.decided_at)}"
