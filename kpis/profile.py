"""A technician's own page: the own figures in plain words, and nobody else's."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from config.access import role_for
from config.sites import in_local_time, tenant_site
from connectors.models import RawMember, RawTicket
from kpis import names, totals
from kpis.dashboard import hours_of_clients
from kpis.period import Period
from tenants.models import MemberLink, TenantSettings
from tenants.roles import MANAGING

LENGTHS = (30, 90)
TICKETS_SHOWN = 20


@login_required
@in_local_time
def me(request: HttpRequest) -> HttpResponse:
    if role_for(request) is None:
        raise PermissionDenied(_("Your account has no role here. Ask your owner for one."))
    link = MemberLink.objects.filter(user__username=request.user.get_username()).first()
    if link is None:
        return _page(request, {"is_unlinked": True})
    return _page(request, {"is_own": True} | profile(request, link.member_id))


@login_required
@in_local_time
def technician(request: HttpRequest, number: int) -> HttpResponse:
    """The same page as a manager sees it, as far as the privacy mode lets them."""
    if role_for(request) not in MANAGING:
        raise PermissionDenied(_("You can see your own figures only."))
    privacy = TenantSettings.load().privacy_mode
    if privacy == TenantSettings.Privacy.OWN_ONLY:
        raise PermissionDenied(_("Your settings say that technicians' figures are seen by themselves only."))
    member_id = names.at_address(number, privacy)
    if member_id is None or not RawMember.objects.filter(external_id=member_id).exists():
        raise Http404
    shown = profile(request, member_id)
    if privacy == TenantSettings.Privacy.PSEUDONYMOUS:
        # Tickets name their owner, so they would give away who it is.
        shown |= {"closed": None, "open": None}
    return _page(request, shown | {"name": names.technicians([member_id], privacy)[member_id]})


def profile(request: HttpRequest, member_id: int) -> dict[str, Any]:
    period = Period.asked_for(request)
    hours = totals.hours_by_client(period, only=member_id)
    mine = RawTicket.objects.filter(
        owner_id=member_id, record_type="ServiceTicket", deleted_at=None, merged_into=None
    )
    return {
        "period": period,
        "lengths": LENGTHS,
        "own": totals.of_technician(period, member_id),
        "earlier": totals.of_technician(period.before, member_id),
        "hours": sum(row.total for row in hours),
        "clients": hours_of_clients(period, only=member_id),
        "closed": mine.filter(is_closed=True).order_by("-closed_at", "-id")[:TICKETS_SHOWN],
        "open": mine.filter(is_closed=False).order_by("opened_at", "id")[:TICKETS_SHOWN],
    }


def _page(request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    context = tenant_site.each_context(request) | {"is_manager": role_for(request) in MANAGING}
    return render(request, "kpis/profile.html", context | shown)
