"""The pages of connections and of what they brought; all but connections, members and mappings is read-only."""

from connectors.admin import connections, desk, devices, mapping, security, tickets

__all__ = ["connections", "desk", "devices", "mapping", "security", "tickets"]
