"""The managers' page about the team, by the privacy mode: people in the order of names, pseudonyms, or sums of many."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from config.access import Area, May, may
from config.sites import tenant_site
from kpis import names, windows
from kpis.period import Period
from kpis.profile import groups, looks
from kpis.profile.subject import LENGTHS
from tenants.models import TenantSettings

Privacy = TenantSettings.Privacy


def team(request: HttpRequest) -> HttpResponse:
    if not may(request, May.VIEW, Area.TEAM):
        raise PermissionDenied
    privacy = TenantSettings.load().privacy_mode
    period = Period.asked_for(request, LENGTHS)
    if privacy == Privacy.NAMED:
        looks.record(request, looks.Page.TEAM)
    page, told = _told(period, privacy)
    about = {"title": _("Team"), "period": period, "lengths": LENGTHS, "privacy": privacy}
    context = tenant_site.each_context(request) | about | told
    return TemplateResponse(request, f"kpis/profile/{page}.html", context)


def _told(period: Period, privacy: str) -> tuple[str, dict[str, Any]]:
    if privacy == Privacy.OWN_ONLY:
        return "team_together", together(period)
    from kpis.profile.people import one_by_one  # brings scipy, which other pages do without

    return "team", one_by_one(period, privacy)


def together(period: Period) -> dict[str, Any]:
    """Sums of at least five people; of a smaller team nothing."""
    works = groups.work_of(period)
    people, boards = groups.people(works), groups.boards(works)
    if len(people) < groups.LEAST_PEOPLE:
        return {"least": groups.LEAST_PEOPLE, "is_too_small": True}
    shown = groups.told(boards)
    found = names.boards(group.board for group in shown)
    return {
        "least": groups.LEAST_PEOPLE,
        "people_count": len(people),
        "hours": sum(group.hours for group in boards),
        "figures": windows.team_efficiency(period.since, period.until),
        "boards": [(groups.board_name(group.board, found), group) for group in shown],
        "kept_back": len(boards) - len(shown),
    }
