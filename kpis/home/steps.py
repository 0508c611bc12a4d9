"""What has to be done before there are figures, and how fresh they are once they are there."""

from dataclasses import dataclass

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.access import Area, May, may
from connectors import health
from connectors.health import Health
from connectors.models import Connection, SyncRun


@dataclass(frozen=True)
class Step:
    text: str
    is_done: bool
    url: str = ""


def freshness() -> list[tuple[Connection, Health]]:
    """Every connection and how it is."""
    connections = list(Connection.objects.all())
    return list(zip(connections, health.of_each(connections), strict=True))


def first_steps(request: HttpRequest) -> list[Step]:
    counts = Connection.objects.aggregate(all=Count("pk"), synced=Count("last_success_at"))
    return [
        _connect(may(request, May.ADD, Area.CONNECTIONS), is_done=bool(counts["all"])),
        _sync(is_done=bool(counts["synced"])),
        Step(_("The figures are computed after the sync, without your doing anything."), is_done=False),
    ]


def _connect(may_connect: bool, *, is_done: bool) -> Step:
    if not may_connect:
        return Step(_("Ask an owner to connect your ticket desk."), is_done)
    return Step(_("Connect your ticket desk: the set-up guides you."), is_done, reverse("admin:setup"))


def _sync(*, is_done: bool) -> Step:
    running = SyncRun.objects.filter(status=SyncRun.Status.RUNNING).exists()
    text = _("Wait for the first sync; it is running now.") if running else _("Start the first sync.")
    return Step(text, is_done, reverse("admin:connectors_syncrun_changelist"))
