"""Just enough of a ConnectWise client to hold the simulator against the protocol."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import httpx

from connectors.simulators.connectwise import Credentials

FORWARD_ONLY = {"pagination-type": "forward-only"}


def headers(login: Credentials) -> dict[str, str]:
    user = f"{login.company_id}+{login.public_key}:{login.private_key}"
    return {"Authorization": f"Basic {b64encode(user.encode()).decode()}", "clientId": login.client_id}


def connect(login: Credentials, codebase: str = "v2025_1", **options: Any) -> httpx.Client:
    return httpx.Client(base_url=f"{login.site}/{codebase}/apis/3.0/", headers=headers(login), **options)


def pages(
    api: httpx.Client, path: str, *, forward_only: bool = False, **parameters: Any
) -> Iterator[list[Any]]:
    """Follow rel="next" from page to page until there is none."""
    extra = FORWARD_ONLY if forward_only else {}
    response = api.get(path, params={"pageSize": 7, **parameters}, headers=extra)
    while True:
        response.raise_for_status()
        yield response.json()
        if "next" not in response.links:
            return
        response = api.get(response.links["next"]["url"], headers=extra)


def walk(api: httpx.Client, path: str, *, forward_only: bool = False, **parameters: Any) -> list[Any]:
    return [row for page in pages(api, path, forward_only=forward_only, **parameters) for row in page]


def ids(rows: list[Any]) -> list[int]:
    return [row["id"] for row in rows]
