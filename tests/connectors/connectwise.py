"""ConnectWise's simulator, as the contract and the tests of ConnectWise use it."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from random import Random
from typing import Any

from connectors.simulators.connectwise import ConnectWiseSimulator, Role
from connectors.simulators.server import Request, Response
from connectors.simulators.world import World

from .contract import Accounts
from .harness import SimulatorHarness

TICKETS = "service/tickets"


class ConnectWiseHarness(SimulatorHarness[ConnectWiseSimulator]):
    slug = "connectwise"
    main = swept = "tickets"
    main_path = TICKETS
    cursored = ("tickets", "time_entries", "companies", "members")
    # A ticket's hours and its name for others change with its time entries, without a new lastUpdated.
    spares = frozenset({"row_hash"})

    def login(self, company: str) -> Accounts:
        login = self.simulator.credentials(company)
        settings = {"site": login.site, "company_id": login.company_id}
        secret = ("public_key", "private_key", "client_id")
        return settings, {name: getattr(login, name) for name in secret}

    def present(self, company: str) -> dict[str, set[int]]:
        world = self.simulator.world(company)
        return {
            "tickets": set(world.tickets.ids),
            "time_entries": set(world.time_entries.ids),
            "companies": set(world.clients.companies.ids),
            "agreements": set(world.clients.agreements.ids),
            "members": set(world.catalogue.members.ids),
            "boards": set(world.catalogue.boards.ids),
            "work_types": set(world.catalogue.work_types.ids),
            "surveys": set(world.survey_results.ids),
            "ticket_notes": {note.id for ticket in world.tickets for note in ticket.notes},
        }

    def edit(self, company: str, seed: int, count: int) -> None:
        chance, world = Random(seed), self.simulator.world(company)
        for _ in range(count):
            world.apply_random_edit(chance)
        touch_all(world)

    def change_one(self, company: str, stream: str) -> int:
        world = self.simulator.world(company)
        ticket = world.tickets.ids[0]
        world.edit_summary(ticket, f"Edited at {world.now}")
        return ticket

    def change_last(self, company: str) -> int:
        world = self.simulator.world(company)
        world.edit_summary(world.tickets.ids[-1], f"Edited at {world.now}")
        return world.tickets.ids[-1]

    def latest_change(self, company: str) -> datetime:
        return max(ticket.updated_at for ticket in self.simulator.world(company).tickets)

    def rewrite(self, company: str, stream: str, change: Callable[[dict[str, Any]], object]) -> None:
        """Spoil the first record of each page of a stream, in whatever way."""
        listed = re.compile(r".*/" + self.path_of(stream).partition("?")[0].replace("{parent}", r"\d+"))

        def spoil(request: Request, response: Response) -> None:
            if listed.fullmatch(request.path) and request.parameters.get("fields") != "id":
                records = json.loads(response.body)
                for record in records[:1]:
                    change(record)
                response.body = json.dumps(records).encode()

        self.simulator.before_response(spoil)

    def undate(self, record: dict[str, Any]) -> None:
        record["_info"]["lastUpdated"] = "somewhen"

    def delete_one(self, company: str) -> int:
        world = self.simulator.world(company)
        ticket = world.tickets.ids[-1]
        world.delete_ticket(ticket)
        return ticket

    def hide_most(self, company: str) -> set[int]:
        world = self.simulator.world(company)
        board = world.catalogue.boards[1]
        self.simulator.set_role(company, Role(hidden_boards=(board.name,)))
        return {ticket.id for ticket in world.tickets if ticket.board is board}

    def show_all(self, company: str) -> None:
        self.simulator.set_role(company, Role())

    def spoil_one(self, company: str, stream: str) -> int:
        ticket = self.simulator.world(company).tickets.ids[2]
        self.simulator.faults(company).poison("bad-date", TICKETS, [ticket])
        return ticket

    def forbid(self, company: str) -> None:
        denied = ("service", "time", "finance", "company", "system")
        self.simulator.set_role(company, Role(denied=denied))


def touch_all(world: World) -> None:
    """Notes are asked for when their ticket changes, so let every ticket change."""
    for ticket in list(world.tickets.ids):
        world.edit_summary(ticket, f"Touched at {world.now}")
