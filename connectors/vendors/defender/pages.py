"""Where people see an alert or an incident in Microsoft's portal, signed in to the customer it is of."""

from urllib.parse import quote, urlencode

from connectors.base import Key, Pages
from connectors.vendors.defender.settings import Settings

# By the host of Graph: each cloud has a portal of its own.
PORTALS = {"graph.microsoft.com": "security.microsoft.com", "graph.microsoft.us": "security.microsoft.us"}
PLACES = {"alert": "alerts", "incident": "incidents"}


def page_of(settings: Settings, kind: str, key: Key, customer: str) -> str:
    portal = portal_of(settings)
    if not portal or kind not in PLACES:
        return ""
    return f"https://{portal}/{PLACES[kind]}/{quote(str(key), safe='')}?{urlencode({'tid': customer})}"


def portal_of(settings: Settings) -> str:
    return PORTALS.get(settings.graph_host, "")


PAGES = Pages(of=page_of, host=portal_of)
