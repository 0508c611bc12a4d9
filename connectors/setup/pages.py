"""The pages of set-up: all steps with their state, a page for each, and the part of it that is looked at again."""

from functools import wraps
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from config.access import Area, May, may
from config.sites import View, tenant_site
from connectors.setup.steps import STEPS, Step, Story, next_of, stages, url_after
from tenants.roles import Role


def overview(request: HttpRequest) -> HttpResponse:
    if not may(request, May.VIEW, Area.SETUP):
        raise PermissionDenied
    found = stages(request)
    own = {
        "title": _("Set-up"),
        "stages": found,
        "next": next_of(found),
        "may_act": _may_act(request),
        "owners": owners(),
    }
    return TemplateResponse(
        request, "connectors/setup/overview.html", tenant_site.each_context(request) | own
    )


def owners_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        if not _may_act(request):
            raise PermissionDenied(_("Set-up is for owners. Your owners: %s") % ", ".join(owners()))
        return view(request, *args, **named)

    return guarded


@owners_only
def step_page(request: HttpRequest, slug: str) -> HttpResponse:
    step = _step(slug)
    if request.method == "POST" and step.act:
        came_to = step.act(request)
        return show(request, step, came_to) if isinstance(came_to, dict) else came_to
    return show(request, step, step.story(request))


@owners_only
def progress(request: HttpRequest, slug: str) -> HttpResponse:
    step = _step(slug)
    if not step.live:
        raise Http404
    return render(request, step.live, step.story(request) | {"url_after": url_after(slug)})


def show(request: HttpRequest, step: Step, story: Story, template: str = "", title: Any = "") -> HttpResponse:
    own = {
        "title": title or _("Set-up: %(step)s") % {"step": step.title},
        "stages": stages(request),
        "step": step,
        "url_after": url_after(step.slug),
    }
    context = tenant_site.each_context(request) | own | story
    return TemplateResponse(request, template or step.template, context)


def owners() -> list[str]:
    people = User.objects.filter(groups__name=Role.OWNER, is_active=True).order_by("username")
    return [person.get_full_name() or person.username for person in people]


def _step(slug: str) -> Step:
    found = next((step for step in STEPS if step.slug == slug and step.applies()), None)
    if found is None:
        raise Http404
    return found


def _may_act(request: HttpRequest) -> bool:
    return may(request, May.CHANGE, Area.SETUP)
