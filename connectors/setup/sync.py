"""Step 4: the first sync, and how far it is while one looks on."""

from celery import chain
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from kombu.exceptions import OperationalError

from connectors.models import Connection
from connectors.setup import memory
from connectors.setup.first_sync import FirstSync, first_sync
from connectors.setup.links import enabled
from connectors.setup.steps import AFTERWARDS, Standing, State, Step, Story
from connectors.tasks import sync_connection
from tenants.context import current_schema, kept_for_request

SLUG = "sync"


def watched(request: HttpRequest) -> list[FirstSync]:
    kept = kept_for_request()
    if "first_syncs" not in kept:
        begun = memory.begun(request, SLUG)
        kept["first_syncs"] = [first_sync(link, begun) for link in enabled()]
    found: list[FirstSync] = kept["first_syncs"]
    return found


def standing(request: HttpRequest) -> Standing:
    found = watched(request)
    if not found:
        return Standing(State.LATER, _("After the connection."))
    return min((Standing(each.state, each.sentence) for each in found), key=_urgency)


def _urgency(standing: Standing) -> int:
    order = (State.RUNNING, State.TROUBLE, State.NEXT, State.DONE)
    return order.index(standing.state)


def story(request: HttpRequest) -> Story:
    found = watched(request)
    return {
        "syncs": found,
        "looks_again": any(each.looks_again for each in found),
        "may_start": any(
            each.state in (State.NEXT, State.TROUBLE) and not each.looks_again for each in found
        ),
        "begun_once": any(each.runs or each.begun for each in found),
        "is_done": bool(found) and all(each.state is State.DONE for each in found),
        "said": " ".join(each.said for each in found),
    }


def act(request: HttpRequest) -> HttpResponse:
    links = Connection.objects.filter(is_enabled=True, last_success_at=None)
    # What an earlier attempt came to would be taken for what this one does.
    links.update(status=Connection.Status.NEW, status_message="", failing_since=None)
    memory.start(request, SLUG)
    try:
        for link in links:
            start(link)
    except OperationalError:
        problem = _("It could not be started: the queue of background work does not answer.")
        messages.error(request, problem)
    return redirect(SYNC.url)


def start(link: Connection) -> None:
    schema = current_schema()
    synced = sync_connection.si(connection_id=link.pk, schema=schema)
    chain(synced, *(task.si(schema=schema) for task in AFTERWARDS)).apply_async()


SYNC = Step(
    slug=SLUG,
    title=gettext_lazy("First sync"),
    standing=standing,
    template="connectors/setup/sync.html",
    story=story,
    act=act,
    live="connectors/setup/sync_progress.html",
)
