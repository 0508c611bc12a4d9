"""A simulated ConnectWise that calls a postbox, from which tests hand its calls to Django."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors import listening
from connectors.simulators.server import Request
from connectors.tasks import sync_hinted
from tenants.context import tenant

from ..site import Site
from .postbox import Postbox, edit


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    box.server.start()
    yield box
    box.server.stop()


@pytest.fixture
def hints(monkeypatch) -> list[dict[str, Any]]:
    """The syncs that were asked for."""
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(sync_hinted, "apply_async", lambda **options: asked.append(options["kwargs"]))
    return asked


@pytest.fixture
def listen(connect, postbox) -> Callable[..., Site]:
    """Connect a tenant and have its desk call the postbox."""

    def start(schema: str = "north") -> Site:
        site = connect(schema)
        with tenant(schema):
            listening.start(site.link, postbox.server.url)
        return site

    return start


@pytest.fixture
def desk(simulator):
    """North's book of callbacks, which sends nothing twice after a refusal."""
    book = simulator.msp("north").callbacks
    book.courier.pauses = ()
    return book


@pytest.fixture
def told(simulator, postbox, desk) -> Callable[[], list[Request]]:
    """What has arrived since it was last asked."""

    def collect() -> list[Request]:
        desk.courier.finish()
        arrived, postbox.calls = postbox.calls, []
        return arrived

    return collect


@pytest.fixture
def call(listen, told, world) -> Request:
    """A genuine one, to be forged."""
    listen()
    edit(world)
    return told()[0]
