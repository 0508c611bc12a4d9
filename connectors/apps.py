"""The app of connections; what it has to say of the tenant that one is in."""

from collections.abc import Iterator

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "connectors"
    verbose_name = "Connections and synced data"

    def ready(self) -> None:
        from connectors import registry, vendor_pages

        vendor_pages.look_vendors_up(registry.connectors)

    def remarks(self) -> Iterator[str]:
        """For those who run the installation: a line per connection."""
        from connectors import health
        from connectors.models import Connection

        links = list(Connection.objects.all())
        for link, found in zip(links, health.of_each(links), strict=True):
            since = f" since {found.since:%Y-%m-%d %H:%M} UTC" if found.since else ""
            said = f": {found.sentence}" if found.sentence else ""
            yield f"{link}: {found.kind.label.lower()}{since}{said}"
