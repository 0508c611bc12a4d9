"""The vendors there are: every module in connectors/vendors that exports a CONNECTOR."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from pydantic import ValidationError

from connectors import vendors
from connectors.base import Client, Connector
from connectors.errors import StopConnection
from connectors.models import Connection


@cache
def connectors() -> dict[str, Connector]:
    modules = [
        import_module(f"{vendors.__name__}.{module.name}") for module in iter_modules(vendors.__path__)
    ]
    found = [module.CONNECTOR for module in modules]
    return {connector.slug: connector for connector in sorted(found, key=lambda connector: connector.label)}


def connector_of(connection: Connection) -> Connector:
    try:
        return connectors()[connection.vendor]
    except KeyError:
        raise StopConnection(f'There is no connector for "{connection.vendor}" in this version.') from None


def open_client(connection: Connection) -> Client:
    connector = connector_of(connection)
    try:
        settings = connector.settings_model.model_validate(connection.settings)
    except ValidationError as problem:
        wrong = ", ".join(sorted({str(error["loc"][0]) for error in problem.errors() if error["loc"]}))
        raise StopConnection(
            f"The connection's settings are not usable: {wrong}. Edit the connection."
        ) from None
    return connector.open(settings, connection.credentials)


def is_desk(link: Connection) -> bool:
    connector = connectors().get(link.vendor)
    return connector is not None and connector.is_ticket_desk
