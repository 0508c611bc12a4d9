"""The pages of connections and of what they brought; all but connections, members and mappings is read-only."""

from config.sites import tenant_site
from connectors.admin import connections, desk, devices, mapping, security, tickets, time_entries
from connectors.pages import PAGES
from connectors.setup.check import CHECK
from connectors.setup.connect import CONNECT
from connectors.setup.mapping import MAPPING
from connectors.setup.people import PEOPLE
from connectors.setup.settings import SETTINGS
from connectors.setup.steps import STEPS, start_page
from connectors.setup.sync import SYNC

__all__ = ["connections", "desk", "devices", "mapping", "security", "tickets", "time_entries"]

STEPS.extend([SETTINGS, CONNECT, CHECK, SYNC, MAPPING, PEOPLE])
tenant_site.pages = (*tenant_site.pages, *PAGES)
tenant_site.start_page = start_page
