"""Every page there is, found from the addresses themselves, so that a new one is looked at without being listed."""

from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from django.utils.http import urlsafe_base64_encode

from connectors.models import Connection, RawTicket
from connectors.setup.steps import STEPS
from insights.models import Proposal, Topic
from kpis.profile.work import FIGURES
from tenants.context import tenant

# What only acts, and what is not a page of ours.
NOT_PAGES = {
    "logout",
    "set_language",
    "jsi18n",
    "view_on_site",
    "search",
    "autocomplete",
    "callback",
    "app_list",
}
KPI = "ticket_trends"
FIGURE = next(iter(FIGURES))
WORDS = ("slug", "metric", "vendor", "figure")  # parts of addresses that are
NO_QUESTIONS = ("SAVEPOINT", "RELEASE", "SET ", "BEGIN", "COMMIT")
Values = dict[str, Any]


def addresses() -> dict[str, str]:
    """By route, in the tenant that we are in; with the latest row where a page is about a row of a table.

    Words are part of the route's name, numbers are not: admin/kpi/ticket_trends/, admin/clients/<int:number>/.
    """
    found = {}
    for route, pattern in _routes(get_resolver().url_patterns):
        for values in _values(route, pattern):
            words = {name: values[name] for name in WORDS if name in values}
            found[_filled(route, words)] = "/" + _filled(route, values)
    return dict(sorted(found.items()))


def shown(client: Client, schema: str) -> dict[str, str]:
    """Those that answer this client with a page."""
    with tenant(schema):
        found = addresses()
    return {route: address for route, address in found.items() if _is_page(client.get(address))}


def questions(client: Client, address: str) -> int:
    """How many of them a page asks the database."""
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len([query for query in captured if not query["sql"].startswith(NO_QUESTIONS)])


def _is_page(answer: Any) -> bool:
    return answer.status_code == 200 and b"<html" in answer.content


def _routes(patterns: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if not isinstance(pattern.pattern, RoutePattern):
            continue
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif pattern.name not in NOT_PAGES and not _is_data(route):
            yield route, pattern


def _is_data(route: str) -> bool:
    is_elsewhere = route.startswith(("api/", "hooks/", "brand/")) and route != "api/v1/docs/"
    return is_elsewhere or route.endswith(".csv")


def _filled(route: str, values: Values) -> str:
    parts = route.split("<")
    for place, part in enumerate(parts[1:], 1):
        converter, _, rest = part.partition(">")
        name = converter.rpartition(":")[2]
        parts[place] = f"{values[name]}{rest}" if name in values else f"<{part}"
    return "".join(parts)


def _values(route: str, pattern: URLPattern) -> list[Values]:
    """None where a page is about a row and there is none."""
    names = list(pattern.pattern.converters)
    if not names:
        return [{}]
    if (model := _table_of(route)) is not None:
        return [dict.fromkeys(names, pk) for pk in _latest(model)]
    if (said := MEANT.get(str(pattern.name))) is None:
        raise LookupError(f"Say in tests/pages.py what {names} of {route} ({pattern.name}) stand for.")
    return said()


def _table_of(route: str) -> type[Model] | None:
    """Of an admin's own pages: admin/<app>/<table>/…"""
    admin, app, table, *_ = (*route.split("/"), "", "", "")
    tables = apps.get_app_config(app).models if admin == "admin" and app in apps.app_configs else {}
    return tables.get(table)


def _latest(model: type[Model]) -> list[Any]:
    return list(model._default_manager.order_by("-pk").values_list("pk", flat=True)[:1])


def _welcome() -> list[Values]:
    user = User.objects.latest("pk")
    number = urlsafe_base64_encode(str(user.pk).encode())
    return [{"uidb64": number, "token": default_token_generator.make_token(user)}]


def some_ticket() -> RawTicket:
    """Of somebody, for somebody."""
    return RawTicket.objects.exclude(owner_id=None).exclude(company_id=None).latest("pk")


def _steps() -> list[Values]:
    return [{"slug": step.slug} for step in STEPS]


# By the name of the address.
MEANT: dict[str, Callable[[], list[Values]]] = {
    "technician": lambda: [{"number": some_ticket().owner_id}],
    "my_work": lambda: [{"figure": FIGURE}],
    "technicians_work": lambda: [{"number": some_ticket().owner_id, "figure": FIGURE}],
    "client": lambda: [{"number": some_ticket().company_id}],
    "kpi": lambda: [{"slug": KPI}],
    "kpi_behind": lambda: [{"slug": KPI, "metric": "new_tickets"}],
    "topic_would_be_sent": lambda: [{"topic": pk} for pk in _latest(Topic)],
    "board_evidence": lambda: [{"pk": pk} for pk in _latest(Proposal)],
    "dispute": lambda: [{"source": some_ticket().source_id, "ticket": some_ticket().external_id}],
    "welcome": _welcome,
    "setup_connect": lambda: [{"vendor": "connectwise"}],
    "setup_correct": lambda: [{"pk": pk} for pk in _latest(Connection)],
    "setup_step": _steps,
    "setup_progress": _steps,
}
