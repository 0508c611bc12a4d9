"""What tests of set-up send and read."""

from datetime import timedelta
from html import unescape

from django.test import Client
from django.utils import timezone

from connectors.setup.memory import STARTED
from connectors.simulators.connectwise import ConnectWiseSimulator

SETUP = "/admin/setup/"
CONNECT = f"{SETUP}connect/connectwise/"


def entered(desk: ConnectWiseSimulator, **changed: str) -> dict[str, str]:
    login = desk.credentials("desk")
    return {
        "name": "Desk",
        "settings_site": login.site,
        "settings_company_id": login.company_id,
        "credentials_public_key": login.public_key,
        "credentials_private_key": login.private_key,
        "credentials_client_id": login.client_id,
    } | changed


def sent(page) -> dict[str, str]:
    """A form as it comes, without changing anything."""
    return {field.name: field.value() for field in page.context["form"]}


def text(page) -> str:
    return unescape(page.content.decode())


def wait(client: Client, **since: float) -> None:
    """As if the sync had been started that long ago."""
    session = client.session
    session[STARTED] = {"sync": (timezone.now() - timedelta(**since)).isoformat()}
    session.save()
