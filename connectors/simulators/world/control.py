"""Edits of a world asked for by name, as the control surface of a simulator receives them."""

from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

from .desk import EDITS

if TYPE_CHECKING:
    from .world import World


def apply_edits(world: "World", edits: list[dict[str, Any]]) -> None:
    """Each names a method of the world under `edit`; `random` and `random security` make `count` from a `seed`."""
    with world.lock:
        for each in edits:
            arguments = {name: _argument(name, value) for name, value in each.items() if name != "edit"}
            _edit(world, each["edit"], arguments)


def _edit(world: "World", name: str, arguments: dict[str, Any]) -> None:
    if name in ("random", "random security"):
        rng = Random(arguments.get("seed", 0))
        make = world.apply_random_edit if name == "random" else world.apply_random_security_edit
        for _ in range(arguments.get("count", 1)):
            make(rng)
    elif name in EDITS:
        getattr(world, name)(**arguments)
    else:
        raise ValueError(f"there is no edit named {name}")


def _argument(name: str, value: Any) -> Any:
    return datetime.fromisoformat(value).astimezone(UTC) if name == "start" else value
