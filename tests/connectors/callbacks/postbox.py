"""Where a vendor's calls arrive over HTTP, to be handed to Django one by one."""

from functools import cache
from typing import Any

from django.test import Client

from connectors.simulators.server import Request, Response, SimulatorServer

SIGNATURE = "x-content-signature"


class Postbox:
    def __init__(self) -> None:
        self.calls: list[Request] = []
        self.answers: list[int] = []
        self.server = SimulatorServer(self._take)

    def _take(self, request: Request) -> Response:
        self.calls.append(request)
        return Response(self.answers.pop(0) if self.answers else 200)


def hand_in(call: Request, schema: str = "north", **changed: Any):
    """Give a call to Django as it came over the wire, but for what is changed."""
    path, body = changed.get("path", call.path), changed.get("body", call.body)
    signature = changed.get("signature", call.headers.get(SIGNATURE, ""))
    return _client(schema).post(path, body, "application/json", headers={SIGNATURE: signature})


@cache
def _client(schema: str) -> Client:
    """Made once, since each lists the static files anew."""
    return Client(HTTP_HOST=f"{schema}.localhost", enforce_csrf_checks=True)


def edit(world, number: int = 0) -> int:
    ticket = world.tickets.ids[number]
    world.edit_summary(ticket, f"Edited at {world.now}")
    return ticket
