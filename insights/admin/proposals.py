"""Improvement projects on the tenant's pages: ranked, decided on, followed to their effect; never edited by hand."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.decorators import action

from config.access import Area, May, RoleAdmin, may
from config.empty import WhenEmpty
from config.sites import next_page
from config.words import shown
from insights import proposal_numbers as numbers
from insights import workflow
from insights.admin.proposal_deeds import offers, refused
from insights.admin.proposal_filters import OwnerFilter, StatusFilter, TopicFilter, topic_name
from insights.admin.proposal_forms import DEEDS, chosen_companies
from insights.baseline import drawn_up
from insights.controls import proposed_for
from insights.lookback import looked_back
from insights.models import Proposal
from insights.proposal_story import frozen_said, story
from kpis import names
from kpis.admin.named import CompanyFilter
from kpis.decisions import assignees

Status = Proposal.Status
STATUS_COLOURS = {
    Status.PROPOSED: "info",
    Status.ACCEPTED: "warning",
    Status.IN_PROGRESS: "warning",
    Status.MEASURED: "success",
    Status.REJECTED: "danger",
}


class ProposalAdmin(RoleAdmin):
    area = Area.PROPOSALS
    plural = _("improvement projects")
    when_empty = WhenEmpty(
        _(
            "Improvement projects are proposed in the night to Monday, for topics with enough tickets of enough people."
        ),
        _("To the topics"),
        "insights_topic_changelist",
    )
    list_display = [
        "title",
        "state",
        "client",
        "about",
        "saved_a_month",
        "net_a_month",
        "payback",
        "certainty",
        "worded_by",
        "person",
    ]
    list_filter = [StatusFilter, CompanyFilter, TopicFilter, OwnerFilter, "scope"]
    list_filter_submit = True
    list_select_related = ["topic", "owner"]
    list_before_template = "insights/proposals_before.html"
    search_fields = ["name"]
    change_form_outer_after_template = "insights/proposal_story.html"
    actions = ["accept_all", "reject_all", "snooze_all"]
    fieldsets = [(None, {"fields": ["status", "client", "about", "person"]})]

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """What is proposed is not edited; what is decided about it goes through views of its own."""
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, May.CHANGE, self.area)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        proposals: QuerySet[Proposal] = super().get_queryset(request)
        return proposals.select_related("topic", "owner", "rolled_into")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changelist: ChangeList = super().get_changelist_instance(request)
        changelist.result_list = cast(Any, _with_clients(list(changelist.result_list)))
        return changelist

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        row = super().get_object(request, object_id, from_field)
        return _with_clients([row])[0] if row is not None else None

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        own = [
            path(
                f"<int:pk>/{deed}/",
                site.admin_view(require_POST(self._view_of(deed))),
                name=f"proposal_{deed}",
            )
            for deed in DEEDS
        ]
        confirm = path("<int:pk>/confirm/", site.admin_view(self.confirm_view), name="proposal_confirm")
        return [*own, confirm, *super().get_urls()]

    def story_of(self, request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
        return story(proposal) | {
            "may_decide": self.has_decide_permission(request),
            "offers": offers(proposal),
        }

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What would be frozen, for the clients that are chosen so far."""
        proposal = self._asked_for(request, pk)
        told: dict[str, Any] = self.admin_site.each_context(request) | {
            "title": _("Accept this project"),
            "proposal": proposal,
            "opts": self.opts,
            "plural": self.plural,
            "assignees": assignees(),
            "next": next_page(request.GET),
        }
        now = timezone.now()
        chosen = chosen_companies(cast(Any, request.GET))
        try:
            frozen = drawn_up(proposal, now, chosen)
            told |= {"frozen": frozen_said(frozen), "baseline": frozen}
        except ValidationError as error:
            told["problem"] = " ".join(error.messages)
        if proposal.company is None:
            told["clients"] = _clients(proposal, chosen)
        return TemplateResponse(request, "insights/proposal_accept.html", told)

    def _view_of(self, deed: str) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, pk: int) -> HttpResponse:
            proposal = _as_seen(self._asked_for(request, pk), request.POST.get("seen", ""))
            try:
                DEEDS[deed](proposal, cast(User, request.user), timezone.now(), request.POST)
            except ValidationError as error:
                return self._refused(request, pk, deed, " ".join(error.messages))
            self.message_user(request, _("Noted."))
            return redirect(next_page(request.POST) or reverse("admin:insights_proposal_change", args=[pk]))

        return view

    def _refused(self, request: HttpRequest, pk: int, deed: str, sentence: str) -> HttpResponse:
        told = refused(request, self._asked_for(request, pk), deed, sentence)
        told |= {"opts": self.opts, "plural": self.plural} | self.admin_site.each_context(request)
        return TemplateResponse(request, "insights/proposal_refused.html", told)

    def _asked_for(self, request: HttpRequest, pk: int) -> Proposal:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        proposal = self.get_object(request, str(pk))
        if proposal is None:
            raise Http404
        return cast(Proposal, proposal)

    def _try(self, request: HttpRequest, deed: Callable[[], None], praise: Any) -> None:
        try:
            deed()
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
        else:
            self.message_user(request, praise)

    @action(description=_("Accept …"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def accept_all(self, request: HttpRequest, proposals: QuerySet[Proposal]) -> HttpResponse | None:
        return self._all(request, proposals, "accept", _("Accept these projects"))

    @action(description=_("Reject …"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def reject_all(self, request: HttpRequest, proposals: QuerySet[Proposal]) -> HttpResponse | None:
        return self._all(request, proposals, "reject", _("Reject these projects"))

    @action(description=_("Put off …"), permissions=["decide"])  # type: ignore[untyped-decorator]
    def snooze_all(self, request: HttpRequest, proposals: QuerySet[Proposal]) -> HttpResponse | None:
        return self._all(request, proposals, "snooze", _("Put off these projects"))

    def _all(
        self, request: HttpRequest, proposals: QuerySet[Proposal], deed: str, title: Any
    ) -> HttpResponse | None:
        """Asked once more with what is still to be said; then all of them or none."""
        chosen = list(proposals)
        if "confirmed" not in request.POST:
            told = self.admin_site.each_context(request) | {"title": title, "proposals": chosen, "deed": deed}
            told |= {"action": request.POST["action"], "opts": self.opts, "plural": self.plural}
            return TemplateResponse(request, "insights/proposals_bulk.html", told)
        praise = _("%d projects decided.") % len(chosen)
        self._try(request, lambda: self._decide_all(request, chosen, deed), praise)
        return None

    def _decide_all(self, request: HttpRequest, chosen: list[Proposal], deed: str) -> None:
        with transaction.atomic():
            for one in chosen:
                if one.status not in workflow.UNDECIDED:
                    raise ValidationError(_("“%s” was decided about before: look at it alone.") % one.name)
                seen = _as_seen(one, request.POST.get(f"seen_{one.pk}", ""))
                DEEDS[deed](seen, cast(User, request.user), timezone.now(), request.POST)

    @shown(_("Project"), ordering="name")
    def title(self, proposal: Proposal) -> str:
        return proposal.name

    @shown(_("Status"), ordering="status", label=STATUS_COLOURS)
    def state(self, proposal: Proposal) -> tuple[str, str]:
        return proposal.status, proposal.get_status_display()

    @shown(_("Client"), ordering="company")
    def client(self, proposal: Proposal) -> str:
        return proposal.client  # type: ignore[attr-defined, no-any-return]

    @shown(_("Topic"), ordering="topic__name_en")
    def about(self, proposal: Proposal) -> str:
        return topic_name(proposal.topic)

    @shown(_("Saved a month"), ordering="saved_minutes_per_month")
    def saved_a_month(self, proposal: Proposal) -> str:
        forecast = numbers.forecast_of(proposal)
        if forecast is None:
            return numbers.hours(float(proposal.saved_minutes_per_month) / 60)
        return numbers.with_spread(forecast.saved_hours_per_month, numbers.hours)

    @shown(_("Net a month"), ordering="net_value_p10")
    def net_a_month(self, proposal: Proposal) -> str:
        forecast = numbers.forecast_of(proposal)
        return numbers.with_spread(forecast.capacity.net_per_month, numbers.money) if forecast else "–"

    @shown(_("Paid back after"))
    def payback(self, proposal: Proposal) -> str:
        forecast = numbers.forecast_of(proposal)
        return numbers.months(forecast.capacity.payback_months.p50) if forecast else "–"

    @shown(_("Confidence"), ordering="confidence")
    def certainty(self, proposal: Proposal) -> str:
        return proposal.get_confidence_display()

    @shown(_("Worded by"), ordering="source")
    def worded_by(self, proposal: Proposal) -> str:
        return proposal.get_source_display()

    @shown(_("Owner"), ordering="owner__username")
    def person(self, proposal: Proposal) -> str:
        return proposal.owner.get_username() if proposal.owner else ""


def _as_seen(proposal: Proposal, version: str) -> Proposal:
    if version.isdecimal() and len(version) < 10:
        proposal.version = int(version)
    return proposal


def _with_clients(proposals: list[Any]) -> list[Any]:
    """All of a page are looked up at once."""
    found = names.companies(one.company for one in proposals)
    for one in proposals:
        one.client = (
            str(_("All clients")) if one.company is None else found.get(one.company, f"#{one.company}")
        )
    return proposals


def _clients(proposal: Proposal, chosen: list[int] | None) -> list[tuple[int, str, int, bool]]:
    """Who has such tickets, how many, and whether they are to get the project."""
    before = looked_back(proposal, timezone.now())
    named = names.companies(before.clients)
    marked = proposed_for(proposal, before) if chosen is None else set(chosen)
    rows = [
        (one, named.get(one, f"#{one}"), series.total, one in marked)
        for one, series in before.clients.items()
    ]
    return sorted(rows, key=lambda row: (-row[2], row[1]))
