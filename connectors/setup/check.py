"""Step 3: whether all that is read can be read, and in words what is missing. One may go on without."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.preflight import preflight
from connectors.setup import memory
from connectors.setup.links import links, unread
from connectors.setup.steps import Standing, State, Step, Story


def standing(request: HttpRequest) -> Standing:
    untried = unread()
    if not untried:
        is_read = bool(links())
        return Standing(State.DONE if is_read else State.LATER, "" if is_read else _("After the connection."))
    checks = [check for link in untried for check in memory.checks_of(request, link.pk)]
    missing = sum(not check.ok for check in checks)
    if missing:
        said = ngettext("%d part does not work yet.", "%d parts do not work yet.", missing) % missing
        return Standing(State.TROUBLE, said)
    if checks:
        return Standing(State.DONE, _("Everything that is read can be read."))
    return Standing(State.NEXT, _("Tries everything that is read, and names the permission that is missing."))


def story(request: HttpRequest) -> Story:
    tried: list[dict[str, Any]] = []
    for link in unread():
        checks = memory.checks_of(request, link.pk)
        signs_in = bool(checks) and checks[0].ok
        tried.append({"link": link, "checks": checks, "signs_in": signs_in})
    return {"tried": tried, "may_start": any(each["signs_in"] for each in tried)}


def act(request: HttpRequest) -> HttpResponse:
    for link in unread():
        memory.keep_checks(request, link.pk, preflight(link))
    return redirect(CHECK.url)


CHECK = Step(
    slug="check",
    title=gettext_lazy("Test"),
    standing=standing,
    template="connectors/setup/check.html",
    story=story,
    act=act,
    is_required=False,
)
