"""Where people see a ticket or a company in ConnectWise PSA; whoever is not signed in there is asked to."""

from urllib.parse import urlencode, urlsplit

from connectors.base import Key, Pages
from connectors.vendors.connectwise.client import Settings

# The cloud serves links to this code base as well, so they outlast its upgrades.
SERVICES = "v4_6_release/services/system_io"


def page_of(settings: Settings, kind: str, key: Key, _customer: str) -> str:
    """With the company that signs in, because one site serves many."""
    company = {"companyName": settings.company_id}
    if kind == "ticket":
        asked = urlencode({"service_recid": key} | company)
        return f"{_site(settings)}/{SERVICES}/Service/fv_sr100_request.rails?{asked}"
    if kind == "company":
        asked = urlencode({"recordType": "CompanyFV", "recid": key} | company)
        return f"{_site(settings)}/{SERVICES}/router/openrecord.rails?{asked}"
    return ""


def _site(settings: Settings) -> str:
    return settings.site if "://" in settings.site else f"https://{settings.site}"


PAGES = Pages(of=page_of, host=lambda settings: urlsplit(_site(settings)).netloc)
