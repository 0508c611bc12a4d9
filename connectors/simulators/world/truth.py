"""What was planted in a world, to hold a computed figure against."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from .records import Ticket

if TYPE_CHECKING:
    from .demand import Incident
    from .projects import ImprovementProject, Spike
    from .world import World


class Truth:
    def __init__(self, world: "World") -> None:
        self._world = world

    @property
    def topics(self) -> dict[int, str]:
        return {ticket.id: ticket.topic for ticket in self._world.tickets}

    @property
    def deleted_tickets(self) -> set[int]:
        return set(self._world.tickets.deleted)

    @property
    def deleted_time_entries(self) -> set[int]:
        return set(self._world.time_entries.deleted)

    @property
    def merged_tickets(self) -> dict[int, int]:
        return {ticket.id: ticket.merged_into.id for ticket in self._world.tickets if ticket.merged_into}

    @property
    def incidents(self) -> list["Incident"]:
        return list(self._world.incidents)

    @property
    def projects(self) -> list["ImprovementProject"]:
        return list(self._world.projects)

    @property
    def spikes(self) -> list["Spike"]:
        return list(self._world.spikes)

    @property
    def effort(self) -> dict[str, dict[str, float]]:
        """Per member and board, the handling time against the norm: below 1 is fast."""
        return {member.identifier: dict(member.effort) for member in self._world.catalogue.technicians}

    @property
    def slips(self) -> dict[str, dict[str, float]]:
        """Per member and board, the reopenings against the norm: below 1 is good."""
        return {member.identifier: dict(member.slips) for member in self._world.catalogue.technicians}

    @property
    def automation(self) -> set[str]:
        return {member.identifier for member in self._world.catalogue.members if member.is_automation}

    @property
    def alerts(self) -> dict[int, int]:
        """Per alert the company it was detected at."""
        return {alert.id: alert.company.id for alert in self._world.alerts}

    @property
    def alert_tickets(self) -> dict[int, int]:
        return {alert.id: alert.ticket.id for alert in self._world.alerts if alert.ticket}

    @property
    def devices(self) -> dict[int, int]:
        """Per device the company that has it now."""
        return {device.id: device.company.id for device in self._world.devices}

    def closures(self, ticket_id: int) -> list[datetime]:
        return [at for at, is_closed in self._turns(ticket_id) if is_closed]

    def reopenings(self, ticket_id: int) -> list[datetime]:
        return [at for at, is_closed in self._turns(ticket_id) if not is_closed]

    def as_data(self) -> dict[str, Any]:
        """Everything at once, in plain values that fit into JSON."""
        return {
            "now": self._world.now,
            "topics": self.topics,
            "deleted_tickets": sorted(self.deleted_tickets),
            "deleted_time_entries": sorted(self.deleted_time_entries),
            "merged_tickets": self.merged_tickets,
            "incidents": self.incidents,
            "projects": self.projects,
            "spikes": self.spikes,
            "effort": self.effort,
            "slips": self.slips,
            "automation": sorted(self.automation),
            "alerts": self.alerts,
            "alert_tickets": self.alert_tickets,
            "devices": self.devices,
            "closures": {ticket.id: self.closures(ticket.id) for ticket in self._world.tickets},
            "reopenings": {ticket.id: self.reopenings(ticket.id) for ticket in self._world.tickets},
        }

    def _turns(self, ticket_id: int) -> Iterator[tuple[datetime, bool]]:
        """Each moment at which the ticket went from open to closed or back."""
        ticket = self._find(ticket_id)
        closed_names = {status.name for status in ticket.board.statuses.values() if status.is_closed}
        for change in ticket.history:
            if change.what == "Status" and (change.before in closed_names) != (change.after in closed_names):
                yield change.at, change.after in closed_names

    def _find(self, ticket_id: int) -> Ticket:
        tickets = self._world.tickets
        return tickets.get(ticket_id) or tickets.deleted[ticket_id]
