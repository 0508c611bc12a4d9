"""The pages of connections and of what they brought; all but connections and members is read-only."""

from connectors.admin import connections, desk, tickets

__all__ = ["connections", "desk", "tickets"]
