"""Where people see a threat in SentinelOne's console; its other alerts have no documented address."""

from urllib.parse import quote, urlsplit

from connectors.base import Key, Pages
from connectors.vendors.sentinelone.client import Settings


def page_of(settings: Settings, kind: str, key: Key, _customer: str) -> str:
    return (
        f"{_console(settings)}/incidents/threats/{quote(str(key), safe='')}/overview"
        if kind == "threat"
        else ""
    )


def _console(settings: Settings) -> str:
    return settings.console if "://" in settings.console else f"https://{settings.console}"


PAGES = Pages(of=page_of, host=lambda settings: urlsplit(_console(settings)).netloc)
