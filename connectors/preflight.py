"""Tries a connection before anybody relies on it, and says in words what is missing."""

from connectors.base import Check
from connectors.crypto import CredentialsUnreadable
from connectors.errors import SyncProblem
from connectors.models import Connection
from connectors.registry import connector_of, open_client


def preflight(connection: Connection) -> list[Check]:
    try:
        client = open_client(connection)
    except (SyncProblem, CredentialsUnreadable) as problem:
        return [Check("Sign in", ok=False, message=str(problem))]
    try:
        return connector_of(connection).preflight(client)
    finally:
        client.close()
