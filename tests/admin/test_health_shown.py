"""How connections are, where managers and those who run the installation look first."""

from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.utils import timezone

from connectors import health
from connectors.errors import Retry
from connectors.models import Connection
from tenants.context import tenant


def fail(schema: str) -> None:
    with tenant(schema):
        link = Connection.objects.get(vendor="connectwise")
        health.remember(link, [Retry(f"{schema}'s desk is down.")], f"{schema}'s desk is down.")


def test_the_dashboard_says_what_is_wrong_with_a_connection_and_since_when(sign_in):
    fail("north")
    text = sign_in("manager").get("/admin/").content.decode()
    assert "Failing since" in text
    assert "north&#x27;s desk is down." in text
    assert "desk is down" not in sign_in("manager", "south").get("/admin/").content.decode()


def test_the_dashboard_says_in_french_that_a_connection_is_late(sign_in):
    client = sign_in("manager")
    with tenant("north"):
        Connection.objects.update(status="ok", last_success_at=timezone.now() - timedelta(hours=2))
    assert "En retard depuis le" in client.get("/admin/", HTTP_ACCEPT_LANGUAGE="fr").content.decode()


def test_the_status_of_tenants_tells_how_their_connections_are(both):
    fail("north")
    out = StringIO()
    call_command("tenant_status", "--connections", stdout=out)
    lines = out.getvalue().splitlines()
    (north,) = [number for number, line in enumerate(lines) if line.startswith("north: ")]
    assert lines[north + 1].startswith("  north-marker desk: failing since ")
    assert lines[north + 1].endswith("UTC: north's desk is down.")
    assert sum("desk is down" in line for line in lines) == 1
