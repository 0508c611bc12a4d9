"""The last step of set-up: the first figures are computed, and the dashboard has something to show."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from kombu.exceptions import OperationalError

from connectors.setup import memory
from connectors.setup.links import links
from connectors.setup.steps import Standing, State, Step, Story
from kpis.models import ComputeState, KpiDaily
from kpis.tasks import compute_kpis_task
from tenants.context import current_schema

SLUG = "figures"
# The lock that kpis.compute takes; whoever waits for it does not hold it.
COMPUTING = """
SELECT EXISTS (
    SELECT
    FROM pg_locks
    WHERE locktype = 'advisory'
        AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = CURRENT_DATABASE())
        AND classid::bigint = HASHTEXT('kpis.compute')::bigint & 4294967295
        AND objid::bigint = HASHTEXT(%s)::bigint & 4294967295
)
"""


def is_computing() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(COMPUTING, [current_schema()])
        return bool(cursor.fetchone()[0])


def standing(request: HttpRequest) -> Standing:
    if days := KpiDaily.objects.count():
        return Standing(State.DONE, ngettext("%d day has figures.", "%d days have figures.", days) % days)
    synced_at = max((link.last_success_at for link in links() if link.last_success_at), default=None)
    if synced_at is None:
        return Standing(State.LATER, _("They follow the first sync by themselves."))
    if ComputeState.objects.filter(computed_at__gt=synced_at).exists():
        return Standing(
            State.TROUBLE, _("There is nothing to count yet: the sync brought no tickets and no alerts.")
        )
    if is_computing():
        return Standing(
            State.RUNNING, _("The figures of all days are being computed. Seconds to a few minutes.")
        )
    return _to_come(memory.begun(request, SLUG) or synced_at)


def _to_come(since: datetime) -> Standing:
    waited = timezone.now() - since
    if waited < memory.SUSPICIOUS:
        return Standing(State.RUNNING, _("The figures are computed next."))
    if waited < memory.PATIENCE:
        said = _(
            "No worker has begun to compute for %(seconds)d seconds. Either it is still busy, or whoever runs "
            "Deskmetry should check that its workers are running."
        )
        return Standing(State.TROUBLE, said % {"seconds": waited / timedelta(seconds=1)})
    return Standing(State.NEXT, _("The data is here. Compute the figures."))


def story(request: HttpRequest) -> Story:
    found = standing(request)
    looks_again = found.state is State.RUNNING or (found.state is State.TROUBLE and not _is_computed())
    return {"figures": found, "looks_again": looks_again, "said": found.sentence}


def _is_computed() -> bool:
    return ComputeState.objects.exclude(computed_at=None).exists()


def act(request: HttpRequest) -> HttpResponse:
    try:
        compute_kpis_task.delay(schema=current_schema())
        memory.start(request, SLUG)
    except OperationalError:
        problem = _("It could not be started: the queue of background work does not answer.")
        messages.error(request, problem)
    return redirect(FIGURES.url)


FIGURES = Step(
    slug=SLUG,
    title=gettext_lazy("First figures"),
    standing=standing,
    template="kpis/first_figures.html",
    story=story,
    act=act,
    live="kpis/first_figures_progress.html",
)
