"""Step 2: a connection to a vendor, with what has to be made at the vendor before."""

from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import select_template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.sites import tenant_site
from connectors import health
from connectors.base import Connector
from connectors.forms import CREDENTIALS, ConnectionForm, form_for
from connectors.models import Connection
from connectors.preflight import preflight
from connectors.registry import connectors, is_desk
from connectors.setup import memory
from connectors.setup.links import links
from connectors.setup.pages import owners_only, show
from connectors.setup.steps import Standing, State, Step, Story, url_after

SLUG = "connection"


def standing(_request: HttpRequest) -> Standing:
    names = [str(link) for link in links()]
    if names:
        return Standing(State.DONE, ", ".join(names))
    return Standing(State.NEXT, _("Begin with your ticket desk; security vendors can follow."))


def story(_request: HttpRequest) -> Story:
    found, offered = links(), list(connectors().values())
    has_desk = any(map(is_desk, found))
    return {
        "links": list(zip(found, health.of_each(found), strict=True)),
        # There is one ticket desk at most.
        "connectors": [each for each in offered if not (each.is_ticket_desk and has_desk)],
        "has_desk": has_desk,
    }


@owners_only
def add(request: HttpRequest, vendor: str) -> HttpResponse:
    connector = connectors().get(vendor)
    if connector is None:
        raise Http404
    return _form_page(request, connector, Connection(name=_free_name(connector)), is_new=True)


@owners_only
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    link = get_object_or_404(Connection, pk=pk)
    connector = connectors().get(link.vendor)
    if connector is None:
        raise Http404
    return _form_page(request, connector, link, is_new=False)


def _form_page(request: HttpRequest, connector: Connector, link: Connection, is_new: bool) -> HttpResponse:
    form = form_for(connector)(request.POST or None, instance=link)
    del form.fields["is_enabled"]
    if request.method == "POST" and form.is_valid():
        _save_and_try(request, form, is_new)
        return redirect(url_after(SLUG))
    title = _("Connect %(vendor)s") % {"vendor": connector.label}
    guides = [f"connectors/setup/guides/{name}.html" for name in (connector.slug, "other")]
    own = {"form": form, "connector": connector, "guide": select_template(guides)}
    return show(request, CONNECT, own | _grouped(form), "connectors/setup/vendor.html", title)


def _save_and_try(request: HttpRequest, form: ConnectionForm, is_new: bool) -> None:
    link = form.save()
    admin = tenant_site.get_model_admin(Connection)
    message = [{"added": {}}] if is_new else [{"changed": {"fields": form.changed_data}}]
    (admin.log_addition if is_new else admin.log_change)(request, link, message)
    memory.keep_checks(request, link.pk, preflight(link))


def _grouped(form: ConnectionForm) -> dict[str, list[BoundField]]:
    """What has to be filled in, and what is usually left as it is."""

    def is_asked(field: BoundField) -> bool:
        return field.field.required or field.name.startswith(CREDENTIALS)

    fields = [field for field in form if field.name != "name"]
    return {
        "asked": [field for field in fields if is_asked(field)],
        "usual": [*(field for field in fields if not is_asked(field)), form["name"]],
    }


def _free_name(connector: Connector) -> str:
    taken = set(Connection.objects.values_list("name", flat=True))
    names = (f"{connector.label} {number}" for number in range(2, len(taken) + 3))
    return connector.label if connector.label not in taken else next(n for n in names if n not in taken)


CONNECT = Step(
    slug=SLUG,
    title=gettext_lazy("Connection"),
    standing=standing,
    template="connectors/setup/connection.html",
    story=story,
)
