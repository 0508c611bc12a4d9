"""The connections as set-up sees them: looked up once a request, because nearly every step asks."""

from connectors.models import Connection
from tenants.context import kept_for_request


def links() -> list[Connection]:
    kept = kept_for_request()
    if "setup_links" not in kept:
        kept["setup_links"] = list(Connection.objects.all())
    found: list[Connection] = kept["setup_links"]
    return found


def enabled() -> list[Connection]:
    return [link for link in links() if link.is_enabled]


def unread() -> list[Connection]:
    """What has never been synced to the end."""
    return [link for link in enabled() if link.last_success_at is None]
