"""What owners do with a connection that runs: test, sync, pause, read again, replay, be told of changes, watch."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from celery import Task
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from kombu.exceptions import OperationalError
from unfold.widgets import BASE_INPUT_CLASSES

from config.access import RoleAdmin
from connectors import listening
from connectors.admin import standing
from connectors.crypto import CredentialsUnreadable
from connectors.errors import SyncProblem
from connectors.models import Connection
from connectors.preflight import preflight
from connectors.tasks import read_again, replay_connection, sync_connection
from tenants.context import current_schema
from tenants.models import TenantSettings

USUAL_DAYS_BACK = 30
# Waiting for a worker for longer than this, the page no longer looks by itself.
PATIENCE = timedelta(minutes=10)


class AgainForm(forms.Form):
    since = forms.DateField(
        label=_("From this day on"),
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"type": "date", "class": " ".join(BASE_INPUT_CLASSES)}
        ),
    )

    def clean_since(self) -> datetime:
        since = datetime.combine(self.cleaned_data["since"], time(), TenantSettings.load().zone)
        if since > timezone.now():
            raise forms.ValidationError(_("This day is still to come."))
        return since


class Operating(RoleAdmin):
    def get_urls(self) -> list[URLPattern]:
        posted = {"test": self.test, "sync": self.sync, "pause": self.pause, "listen": self.listen}
        pages = {"again": self.again, "replay": self.replay, "progress": self.progress}
        wrap = self.admin_site.admin_view
        views: dict[str, Callable[..., HttpResponse]] = {
            **{name: require_POST(view) for name, view in posted.items()},
            **pages,
        }
        own = [
            path(f"<int:pk>/{name}/", wrap(view), name=f"connection_{name}") for name, view in views.items()
        ]
        return [*own, *super().get_urls()]

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the preflight found, as a list in words."""
        connection = self._to_change(request, pk)
        own = {"title": _("Test of %(name)s") % {"name": connection.name}, "checks": preflight(connection)}
        return self._page(request, connection, "preflight", own)

    def sync(self, request: HttpRequest, pk: int) -> HttpResponse:
        connection = self._to_change(request, pk)
        return self._start(request, connection, sync_connection, _("The sync has been started."))

    def pause(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Or resume, as the button says that was pressed."""
        connection = self._to_change(request, pk)
        connection.is_enabled = request.POST.get("wanted") == "resume"
        connection.save(update_fields=["is_enabled"])
        resumed, paused = (
            _("Resumed: it is synced again from now on."),
            _("Paused: nothing is read until you resume it."),
        )
        said = resumed if connection.is_enabled else paused
        self.log_change(request, connection, str(said))
        self.message_user(request, said)
        return self._back(connection)

    def listen(self, request: HttpRequest, pk: int) -> HttpResponse:
        connection = self._to_change(request, pk)
        try:
            said = self._listen(request, connection)
            self.log_change(request, connection, str(said))
            self.message_user(request, said)
        except (SyncProblem, CredentialsUnreadable) as problem:
            self.message_user(request, str(problem), messages.ERROR)
        return self._back(connection)

    def _listen(self, request: HttpRequest, connection: Connection) -> Any:
        if request.POST.get("wanted") == "stop":
            listening.stop(connection)
            return _("Stopped: changes are found every few minutes, as before.")
        if not request.is_secure() and not settings.ALLOW_PRIVATE_VENDOR_HOSTS:
            raise SyncProblem(str(_("Vendors call over https only, and this page was reached without it.")))
        listening.start(connection, request.build_absolute_uri("/").rstrip("/"))
        return _(
            "From now on the vendor calls when something changes. Test the connection to see whether it does."
        )

    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        connection = self._to_change(request, pk)
        usual = timezone.localdate() - timedelta(days=USUAL_DAYS_BACK)
        form = AgainForm(request.POST or None, initial={"since": usual})
        if request.method == "POST" and form.is_valid():
            said, since = _("Reading again has been started."), form.cleaned_data["since"].isoformat()
            return self._start(request, connection, read_again, said, since=since)
        explanation = _(
            "Everything that the vendor changed from a day on is asked for again. What is here already stays as it is "
            "unless the vendor says otherwise. Do this when records look out of date, for example after a permission "
            "was missing for a while."
        )
        own = {"title": _("Read again from a date"), "explanation": explanation, "form": form}
        return self._page(request, connection, "confirm", own)

    def replay(self, request: HttpRequest, pk: int) -> HttpResponse:
        connection = self._to_change(request, pk)
        if request.method == "POST":
            return self._start(request, connection, replay_connection, _("The replay has been started."))
        explanation = _(
            "All records of the last %(days)d days are made anew from what the vendor sent, without asking it, and "
            "records that could not be used are tried again. Do this after an update that brings new columns."
        ) % {"days": settings.PAGE_ARCHIVE_DAYS}
        own = {"title": _("Replay from the archive"), "explanation": explanation}
        return self._page(request, connection, "confirm", own)

    def progress(self, request: HttpRequest, pk: int) -> HttpResponse:
        connection = self._to_change(request, pk)
        began = _moment(request.GET.get("since", ""))
        found = standing.progress(connection, began)
        may_wait = found["is_waiting"] and timezone.now() - began < PATIENCE
        own = {"title": connection.name, "looks_again": found["is_running"] or may_wait}
        return self._page(request, connection, "connection_progress", found | own)

    def _start(
        self, request: HttpRequest, connection: Connection, task: Task[..., Any], said: Any, **arguments: Any
    ) -> HttpResponse:
        began = timezone.now()
        try:
            task.delay(schema=current_schema(), connection_id=connection.pk, **arguments)
        except OperationalError:
            problem = _("It could not be started: the queue of background work does not answer.")
            self.message_user(request, problem, messages.ERROR)
            return self._back(connection)
        self.log_change(request, connection, str(said))
        self.message_user(request, said)
        query = f"?since={began:%Y-%m-%dT%H:%M:%S}Z"
        return redirect(reverse("admin:connection_progress", args=(connection.pk,)) + query)

    def _page(
        self, request: HttpRequest, connection: Connection, template: str, own: dict[str, Any]
    ) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {"connection": connection, "opts": self.opts}
        return TemplateResponse(request, f"connectors/{template}.html", shared | own)

    def _back(self, connection: Connection) -> HttpResponse:
        return redirect("admin:connectors_connection_change", connection.pk)

    def _to_change(self, request: HttpRequest, pk: int) -> Connection:
        connection: Connection | None = self.get_object(request, str(pk))
        if connection is None or not self.has_change_permission(request, connection):
            raise Http404
        return connection


def _moment(text: str) -> datetime:
    """From an address that anybody may have edited."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return timezone.now() - PATIENCE
    return moment if moment.tzinfo else timezone.now() - PATIENCE
