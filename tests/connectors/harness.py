"""What the harnesses of all simulators do alike: faults, what happens on the way, and how a sync may fail."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, Generic, TypeVar

from connectors.registry import connectors
from connectors.simulators.base import Simulator

S = TypeVar("S", bound=Simulator[Any])
FAULTS = ("wrong-keys", "html-page", "cannot-route", "timeout", "bad-gateway", "truncated-json")


class SimulatorHarness(Generic[S]):
    """Serves the contract (`contract.Harness`) with those parts that say nothing about the vendor."""

    slug: str
    main_path: str

    def __init__(self, simulator: S, later: Callable[..., None], page_size: Callable[[int], None]) -> None:
        self.simulator = simulator
        self.later = later
        self.page_size = page_size

    def path_of(self, stream: str) -> str:
        return next(each.path for each in connectors()[self.slug].streams if each.name == stream)

    def now(self, company: str) -> datetime:
        return self.simulator.world(company).now

    def edit(self, company: str, seed: int, count: int) -> None:
        chance, world = Random(seed), self.simulator.world(company)
        for _ in range(count):
            world.apply_random_security_edit(chance)

    def slow_down(self, company: str, seconds: int, times: int) -> None:
        fault = {"path": self.main_path, "seconds": seconds, "times": times}
        self.simulator.faults(company).add("too-many-requests", **fault)

    def clear_faults(self, company: str) -> None:
        self.simulator.faults(company).clear()
        self.simulator._callbacks.clear()

    def after_page(self, company: str, page: int, action: Callable[[], None]) -> None:
        pages = self.simulator._served[company].pages
        due = pages[self.main_path] + page

        def act_when_due(*_: Any) -> None:
            if pages[self.main_path] >= due:
                self.simulator._callbacks.remove(act_when_due)
                action()

        self.simulator.before_response(act_when_due)

    def on_request(self, action: Callable[[], None]) -> None:
        self.simulator.before_response(lambda *_: action())

    def forbid(self, company: str) -> None:
        """Take every permission away, without saying so at the sign-in."""
        raise NotImplementedError

    def ways_to_fail(self, company: str) -> dict[str, Callable[[], object]]:
        add = self.simulator.faults(company).add
        return {kind: partial(add, kind) for kind in FAULTS} | {
            "forbidden": partial(self.forbid, company),
            "dropped": partial(add, "dropped-body"),
            "too many": partial(add, "too-many-requests", seconds=30),
        }
