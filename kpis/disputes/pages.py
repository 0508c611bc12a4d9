"""The page on which a technician disputes a ticket that counts for them, and follows what became of it."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.access import role_for
from config.sites import in_local_time, tenant_site
from connectors.models import RawTicket
from kpis.disputes import workflow
from kpis.disputes.forms import ObjectionForm
from kpis.disputes.standing import member_of, minutes_by_member, ticket_that_counts
from kpis.disputes.told import steps
from kpis.models import Dispute
from tenants.models import TenantSettings
from tenants.roles import MANAGING

OPEN = Dispute.Status.OPEN


@login_required
@in_local_time
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, source: int, ticket: int) -> HttpResponse:
    """Not found unless the ticket counts for whoever asks, or they disputed it before."""
    if role_for(request) is None:
        raise PermissionDenied(_("Your account has no role here. Ask your owner for one."))
    member = member_of(request.user.pk)
    if member is None:
        raise Http404
    counting = ticket_that_counts(source, ticket, member)
    earlier = list(Dispute.objects.filter(source=source, ticket_id=ticket, member_id=member))
    if counting is None and not earlier:
        raise Http404
    page = {"source": source, "number": ticket, "member": member, "earlier": earlier}
    if request.method == "POST":
        return _answer(request, page, counting)
    form = ObjectionForm() if counting else None
    return _page(request, page | {"form": form, "counting": counting})


def _answer(request: HttpRequest, page: dict[str, Any], counting: RawTicket | None) -> HttpResponse:
    user, form = cast(User, request.user), ObjectionForm(request.POST)
    try:
        if "withdraw" in request.POST:
            workflow.withdraw(_open_one(page["earlier"]), user)
        elif counting is None:
            raise Http404
        elif form.is_valid():
            workflow.dispute(counting, page["member"], **form.cleaned_data, user=user)
        else:
            return _page(request, page | {"form": form, "counting": counting}, status=400)
    except ValidationError as error:
        problem = " ".join(error.messages)
        return _page(request, page | {"problem": problem, "counting": counting}, status=409)
    return redirect("dispute", page["source"], page["number"])


def _open_one(earlier: list[Dispute]) -> Dispute:
    found = next((one for one in earlier if one.status == OPEN), None)
    if found is None:
        raise ValidationError(_("There is no open dispute to withdraw."))
    return found


def _page(request: HttpRequest, page: dict[str, Any], status: int = 200) -> HttpResponse:
    source, number, member = page["source"], page["number"], page["member"]
    booked = minutes_by_member(source, number)
    own = booked.pop(member, 0)
    disputes = list(Dispute.objects.filter(source=source, ticket_id=number, member_id=member))
    context = tenant_site.each_context(request) | {
        "is_manager": role_for(request) in MANAGING,
        "privacy": TenantSettings.load().privacy_mode,
        "ticket": RawTicket.objects.filter(source=source, external_id=number).first(),
        "own_minutes": own,
        "others_minutes": sum(booked.values()),
        "disputes": [(one, steps(one, is_for_technician=True)) for one in disputes],
        "is_open": any(one.status == OPEN for one in disputes),
    }
    return render(request, "kpis/disputes/page.html", context | page, status=status)
