"""The control surface of the simulator over HTTP, for tests and demos in another process."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import msgspec

from ..server import Request, Response
from ..world import World
from ..world.desk import EDITS
from . import replies
from .access import Role

if TYPE_CHECKING:
    from .simulator import ConnectWiseSimulator

PREFIX = "/_control/"


class Control:
    """Actions on one MSP: POST /_control/{company id}/{action} with a JSON object of arguments."""

    def __init__(self, simulator: "ConnectWiseSimulator") -> None:
        self._simulator = simulator
        self._actions: dict[str, Callable[..., Any]] = {
            "advance": self._advance,
            "edit": self._edit,
            "edit-after-page": simulator.edit_after_page,
            "fault": self._fault,
            "poison": self._poison,
            "clear-faults": lambda company_id: simulator.faults(company_id).clear(),
            "rate-limit": simulator.set_rate_limit,
            "codebase": simulator.change_codebase,
            "clock-skew": simulator.skew_clock,
            "role": self._role,
            "stats": simulator.requests,
            "truth": self._truth,
        }

    def answer(self, request: Request) -> Response:
        company_id, _, name = request.path.removeprefix(PREFIX).partition("/")
        action = self._actions.get(name)
        if action is None:
            return replies.not_found(name)
        try:
            arguments = msgspec.json.decode(request.body or b"{}")
            return replies.data(action(company_id, **arguments))
        except (KeyError, TypeError, ValueError) as error:
            return replies.bad_request(f"{type(error).__name__}: {error}")

    def _advance(self, company_id: str, seconds: float) -> datetime:
        self._simulator.advance(company_id, timedelta(seconds=seconds))
        return self._simulator.world(company_id).now

    def _edit(self, company_id: str, edits: list[dict[str, Any]]) -> None:
        apply_edits(self._simulator.world(company_id), edits)

    def _fault(self, company_id: str, **fault: Any) -> None:
        self._simulator.faults(company_id).add(**fault)

    def _poison(self, company_id: str, **poison: Any) -> None:
        self._simulator.faults(company_id).poison(**poison)

    def _role(self, company_id: str, **role: Any) -> None:
        self._simulator.set_role(company_id, Role(**role))

    def _truth(self, company_id: str) -> dict[str, Any]:
        world = self._simulator.world(company_id)
        with world.lock:
            return world.truth.as_data()


def apply_edits(world: World, edits: list[dict[str, Any]]) -> None:
    """Each names a method of the world under `edit`; `random` makes `count` random ones from a `seed`."""
    with world.lock:
        for each in edits:
            arguments = {name: _argument(name, value) for name, value in each.items() if name != "edit"}
            _edit(world, each["edit"], arguments)


def _edit(world: World, name: str, arguments: dict[str, Any]) -> None:
    if name == "random":
        rng = Random(arguments.get("seed", 0))
        for _ in range(arguments.get("count", 1)):
            world.apply_random_edit(rng)
    elif name in EDITS:
        getattr(world, name)(**arguments)
    else:
        raise ValueError(f"there is no edit named {name}")


def _argument(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value).astimezone(UTC) if name == "start" else value
