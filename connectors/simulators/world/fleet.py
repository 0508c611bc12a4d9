"""The devices that every client owns when the world begins, and who of them is protected by what."""

import random
from typing import TYPE_CHECKING

from .records import Company

if TYPE_CHECKING:
    from .world import World

EDR_SHARE, MDE_SHARE = 0.85, 0.6
STAFF_PER_SERVER = 8
WITHOUT_EDR, WITHOUT_MDE = 3, 8  # of every twelve companies


def equip(world: "World", rng: random.Random, limit: int | None = None) -> None:
    for position, company in enumerate(world.clients.companies):
        for number in range(min(company.size, limit or company.size)):
            add_device(world, rng, company, position, is_server=number % STAFF_PER_SERVER == 0)


def add_device(world: "World", rng: random.Random, company: Company, position: int, is_server: bool) -> None:
    edr_share = 0.0 if position % 12 == WITHOUT_EDR else EDR_SHARE
    mde_share = 0.0 if position % 12 == WITHOUT_MDE else MDE_SHARE
    world.add_device(
        company.id,
        "server" if is_server else rng.choice(("desktop", "laptop", "laptop")),
        has_edr=rng.random() < edr_share,
        has_mde=rng.random() < mde_share,
    )
