"""Just enough of a client of the management console to hold the simulator against the protocol."""

from typing import Any

import httpx

from connectors.simulators.sentinelone import Credentials, SentinelOneSimulator
from connectors.simulators.world import World

API = "/web/api/v2.1/"
QUERY = """
query Alerts($after: String, $first: Int, $filters: [FilterInput!], $sort: SortInput) {
  alerts(after: $after, first: $first, filters: $filters, sort: $sort) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { cursor node { id externalId severity status detectedAt dataSources realTime { scope { site { id } } } } }
  }
}"""


def connect(login: Credentials, scheme: str = "ApiToken", **options: Any) -> httpx.Client:
    headers = {"Authorization": f"{scheme} {login.api_token}"}
    return httpx.Client(base_url=login.console + API, headers=headers, **options)


def rows_of(reply: httpx.Response) -> list[Any]:
    data = reply.json()["data"]
    return data["sites"] if isinstance(data, dict) else data


def walk(api: httpx.Client, path: str, **parameters: Any) -> list[Any]:
    rows, cursor = [], None
    while True:
        reply = api.get(path, params={"limit": 3, **parameters} | ({"cursor": cursor} if cursor else {}))
        reply.raise_for_status()
        rows += rows_of(reply)
        cursor = reply.json()["pagination"]["nextCursor"]
        if cursor in (None, "null", ""):
            return rows


def ask(simulator: SentinelOneSimulator, query: str = QUERY, **variables: Any) -> Any:
    with connect(simulator.credentials("acme"), "Bearer") as api:
        reply = api.post("unifiedalerts/graphql", json={"query": query, "variables": variables})
    reply.raise_for_status()
    return reply.json()


def pair_of_worlds(now: Any) -> dict[str, World]:
    """Two MSPs, the first with every kind of list filled."""
    first = World.small(seed=7, now=now, tickets=60)
    for kind in ("trojan", "adware", "new-admin", "log-cleared"):
        first.raise_alert(kind=kind)
    return {"acme": first, "demo": World.small(8, now)}
