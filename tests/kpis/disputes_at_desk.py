"""Disputes of tickets as technicians open and managers decide them, in one call each or at random."""

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.dirty import Reason, mark_tickets
from connectors.models import RawTicket
from kpis.models import Dispute

Status, Effect = Dispute.Status, Dispute.Effect
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def dispute(on: RawTicket, member: int, credited_to: int | None = None, **fields: Any) -> Dispute:
    """Upheld, unless `status` says otherwise: the ticket counts for somebody else, or for nobody."""
    defaults: dict[str, Any] = {
        "kind": Dispute.Kind.ATTRIBUTION,
        "words": "Not mine.",
        "opened_at": LONG_AGO,
        "status": Status.UPHELD,
    }
    made = defaults | fields
    if made["status"] == Status.UPHELD:
        effect = Effect.EXCLUDE if credited_to is None else Effect.CREDIT
        made = {"effect": effect, "credited_to": credited_to, "decided_at": LONG_AGO} | made
    return Dispute.objects.create(source=on.source, ticket_id=on.external_id, member_id=member, **made)


class DisputesAtRandom:
    """Whoever decides marks the days that this touches."""

    def __init__(self, seed: int, members: Callable[[], list[int]]) -> None:
        self.chance, self.members = random.Random(seed), members
        self.actions = [self.uphold, self.uphold, self.take_back]
        self.moment = LONG_AGO

    def live(self, steps: int) -> None:
        for _ in range(steps):
            self.chance.choice(self.actions)()

    def uphold(self) -> None:
        """Again and again of the same ticket: the latest decision holds."""
        tickets = list(RawTicket.objects.order_by("id"))
        members = self.members()
        if tickets and members:
            ticket, self.moment = self.chance.choice(tickets), self.moment + timedelta(hours=1)
            member = ticket.owner_id or self.chance.choice(members)
            to = self.chance.choice([*members, None, None])
            dispute(ticket, member, to, decided_at=self.moment)
            self.mark(ticket.source_id, ticket.external_id)

    def take_back(self) -> None:
        """It would be open again; a technician has one such dispute of a ticket."""
        ids = list(Dispute.objects.filter(status=Status.UPHELD).order_by("id").values_list("id", flat=True))
        if ids:
            one = Dispute.objects.get(id=self.chance.choice(ids))
            one.status, one.effect, one.credited_to = Status.DECLINED, "", None
            one.save()
            self.mark(one.source_id, one.ticket_id)

    def mark(self, source: int, ticket: int) -> None:
        mark_tickets(source, [ticket], Reason.DISPUTE)


MAKERS: Mapping[str, Any] = {"dispute": dispute}
