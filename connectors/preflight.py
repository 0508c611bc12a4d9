"""Tries a connection before anybody relies on it, and says in words what is missing."""

from django.utils.translation import gettext as _

from connectors import listening
from connectors.base import Check
from connectors.crypto import CredentialsUnreadable
from connectors.errors import SyncProblem
from connectors.models import Connection
from connectors.registry import connector_of, open_client


def preflight(connection: Connection) -> list[Check]:
    try:
        client = open_client(connection)
    except (SyncProblem, CredentialsUnreadable) as problem:
        return [Check(_("Sign in"), ok=False, message=str(problem))]
    try:
        checks = connector_of(connection).preflight(client)
        calls = listening.check(connection, client) if all(check.ok for check in checks[:1]) else None
        return [*checks, calls] if calls else checks
    finally:
        client.close()
