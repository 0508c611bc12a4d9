"""The page of the board: loads the projects once, and hands them to filters, cards and columns."""

from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.access import Area, May, may
from config.sites import tenant_site
from insights import proposal_numbers as numbers
from insights.board.cards import Dealer
from insights.board.columns import STEPS, columns
from insights.board.filters import Filters, clients_of
from insights.models import Proposal
from tenants.models import TenantSettings

Status = Proposal.Status
OFF_THE_BOARD = (Status.REJECTED, Status.WITHDRAWN)
UNREAD = ("trigger", "problem", "recommendation", "steps")


def board(request: HttpRequest) -> TemplateResponse:
    if not may(request, May.VIEW, Area.PROPOSALS):
        raise PermissionDenied
    filters = Filters.asked_for(request)
    everything = list(
        Proposal.objects.filter(status__in=STEPS)
        .select_related("topic", "owner", "baseline", "rolled_into")
        .defer(*UNREAD, "topic__prototype")
    )
    shown = [one for one in everything if filters.lets_through(one)]
    clients = clients_of(everything)
    dealer = Dealer.of(shown, clients, timezone.localdate(), may(request, May.CHANGE, Area.PROPOSALS))
    told = tenant_site.each_context(request) | {
        "title": _("Improvement projects"),
        "columns": columns(shown, dealer),
        "scale": dealer.scale,
        "low": numbers.money(dealer.scale.low),
        "high": numbers.money(dealer.scale.high),
        "filters": filters,
        "choices": filters.choices(everything, clients),
        "off_the_board": _off_the_board(filters),
        "in_list": urlencode(filters.in_list()),
        "is_empty": not everything,
        "next": request.get_full_path(),
        "currency": TenantSettings.load().currency,
    }
    return TemplateResponse(request, "insights/board.html", told)


def _off_the_board(filters: Filters) -> list[tuple[Any, int, str]]:
    """What was rejected, and what tickets no longer support: how many, and where they are listed."""
    rows = Proposal.objects.filter(filters.rows(), status__in=OFF_THE_BOARD).order_by()
    counts = dict(rows.values_list("status").annotate(Count("pk")))
    listed = reverse("admin:insights_proposal_changelist")
    return [
        (status.label, counts[status], f"{listed}?{urlencode({'status': status, **filters.in_list()})}")
        for status in OFF_THE_BOARD
        if status in counts
    ]
