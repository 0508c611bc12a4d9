"""Just enough of a client of Entra, Graph and Defender to hold the simulator against the protocol."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any

import httpx

from connectors.simulators.defender import Credentials, Tenant

GRAPH = "https://graph.microsoft.com/.default"
DEFENDER = "https://api.securitycenter.microsoft.com/.default"
SEES_ALL_MEMBERS = {"Prefer": "include-unknown-enum-members"}


def ask_token(
    login: Credentials, tenant_id: str, scope: str = GRAPH, verify: Any = True, **form: str
) -> httpx.Response:
    given = {
        "grant_type": "client_credentials",
        "client_id": login.client_id,
        "client_secret": login.client_secret,
        "scope": scope,
    }
    filled = {name: value for name, value in (given | form).items() if value}
    return httpx.post(f"{login.login_url}/{tenant_id}/oauth2/v2.0/token", data=filled, verify=verify)


def token(login: Credentials, tenant_id: str, scope: str = GRAPH) -> str:
    reply = ask_token(login, tenant_id, scope)
    reply.raise_for_status()
    return str(reply.json()["access_token"])


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def graph(login: Credentials, tenant: Tenant) -> httpx.Client:
    return httpx.Client(base_url=f"{login.graph_url}/v1.0/", headers=bearer(token(login, tenant.id)))


def defender(login: Credentials, tenant: Tenant) -> httpx.Client:
    headers = bearer(token(login, tenant.id, DEFENDER))
    return httpx.Client(base_url=f"{login.defender_url}/api/", headers=headers)


def claims(text: str) -> dict[str, Any]:
    part = text.split(".")[1]
    return dict(json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def pages(api: httpx.Client, path: str, **options: Any) -> Iterator[list[Any]]:
    """Follow the links from page to page until there is none; option names come without their dollar."""
    reply = get(api, path, **options)
    while True:
        reply.raise_for_status()
        yield reply.json()["value"]
        link = reply.json().get("@odata.nextLink")
        if not link:
            return
        reply = api.get(link)


def get(
    api: httpx.Client, path: str, headers: dict[str, str] | None = None, **options: Any
) -> httpx.Response:
    parameters = {f"${name}": value for name, value in options.items()}
    return api.get(path, params=parameters, headers=headers)


def walk(api: httpx.Client, path: str, **options: Any) -> list[Any]:
    return [row for page in pages(api, path, **options) for row in page]


def ids(rows: list[Any]) -> list[str]:
    return [row["id"] for row in rows]
