"""A technician's own page with the work behind its figures, and the same as far as managers may see it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from config.access import Area, May, may, role_for
from config.sites import in_local_time, tenant_site
from kpis import disputes
from kpis.catalogue import described
from kpis.period import Period
from kpis.profile import looks
from kpis.profile.looks import Page
from kpis.profile.subject import LENGTHS, Subject, oneself, somebody
from kpis.profile.work import Asked, lines, page_of
from kpis.registry import kpis

# The KPIs that the page is made of, in the order of the page.
DEFINED = ("tech_efficiency", "tech_comparison", "tech_profile")


@login_required
@in_local_time
def me(request: HttpRequest) -> HttpResponse:
    subject = oneself(request)
    if subject is None:
        return _render(request, "profile", {"is_unlinked": True})
    own = {
        "disputes": disputes.own(subject.member_id),
        "looks": looks.seen_by(subject.member_id, request.user.get_username()),
        "looks_days": looks.SHOWN_DAYS,
    }
    return _profile(request, subject, own)


@login_required
@in_local_time
def technician(request: HttpRequest, number: int) -> HttpResponse:
    """The same page as a manager sees it, as far as the privacy mode lets them."""
    subject = somebody(request, number)
    looks.record(request, Page.PROFILE if subject.is_named else Page.PSEUDONYM, subject.member_id)
    return _profile(request, subject, {})


@login_required
@in_local_time
def my_work(request: HttpRequest, figure: str) -> HttpResponse:
    subject = oneself(request)
    if subject is None:
        raise Http404
    return _work(request, figure, subject)


@login_required
@in_local_time
def technicians_work(request: HttpRequest, number: int, figure: str) -> HttpResponse:
    """Only by name: next to a pseudonym, tickets would tell who it is."""
    subject = somebody(request, number)
    if not subject.is_named:
        raise PermissionDenied(_("Your settings do not name technicians, so their work is not shown."))
    looks.record(request, Page.WORK, subject.member_id)
    return _work(request, figure, subject)


@login_required
@in_local_time
def definitions(request: HttpRequest) -> HttpResponse:
    """How each figure of the page is made; for everybody with a role."""
    if role_for(request) is None:
        raise PermissionDenied(_("Your account has no role here. Ask your owner for one."))
    return _render(request, "definitions", {"kpis": [described(kpis()[slug]) for slug in DEFINED]})


def _profile(request: HttpRequest, subject: Subject, shown: dict[str, Any]) -> HttpResponse:
    from kpis.profile.page import told  # brings scipy, which other pages do without

    period = Period.asked_for(request, LENGTHS)
    about = {"subject": subject, "period": period, "lengths": LENGTHS}
    return _render(request, "profile", about | told(subject, period) | shown)


def _work(request: HttpRequest, figure: str, subject: Subject) -> HttpResponse:
    asked = Asked.by(request, figure, LENGTHS)
    parts = page_of(asked.parts(subject.member_id), request.GET.get("page", "1"))
    shown = {
        "subject": subject,
        "asked": asked,
        "period": asked.period,
        "lengths": LENGTHS,
        "parts": parts,
        "lines": lines(asked, list(parts), subject.is_own),
    }
    return _render(request, "work", shown)


def _render(request: HttpRequest, page: str, shown: dict[str, Any]) -> HttpResponse:
    context = tenant_site.each_context(request) | {"is_manager": may(request, May.VIEW, Area.TEAM)}
    return render(request, f"kpis/profile/{page}.html", context | shown)
