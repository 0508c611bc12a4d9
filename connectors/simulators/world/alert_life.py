"""How an alert lives: a ticket of one wording or another, somebody acknowledges, it is resolved, and some return."""

import random
from typing import TYPE_CHECKING

from .alert_kinds import BY_KEY as KINDS
from .arrivals import Arrivals
from .records import Company, Member, Ticket
from .security_records import Alert, Device, SeenBy, Verdict
from .topics import BY_KEY as TOPICS

if TYPE_CHECKING:
    from .world import World

TICKET_SHARE = 0.7
JOINS_TICKET_OF_BURST = 0.4
ACKNOWLEDGED_MINUTES = {"critical": 9, "high": 22, "medium": 80, "low": 420, "informational": 1500}
FORGOTTEN_SHARE = {"critical": 0.0, "high": 0.01, "medium": 0.03, "low": 0.08, "informational": 0.2}
RESOLVED_WITH_TICKET = 0.85
RETURNS_SHARE = 0.04
# How a ticket tells which alert it is about: summary, note, and what it quotes as its reference.
WORDINGS = (
    (35, "SOC alert: {title} on {host}", "", True),
    (15, "SOC alert: {title} on {host}", "Threat {reference} ({file})", False),
    (20, "{title} - {host} - {file}", "", False),
    (15, "Security alert to investigate", "Detected on {host}: {title}", False),
    (15, "SOC alert: please investigate", "", False),
)
FRENCH = "Alerte SOC : {title} sur {host}"


class AlertLife:
    def __init__(self, world: "World", arrivals: Arrivals, rng: random.Random) -> None:
        self.world, self.arrivals, self.life, self.rng = world, arrivals, arrivals.life, rng
        self._tickets_of_bursts: dict[int, Ticket] = {}

    def arrive(
        self, company: Company, device: Device | None, viewer: SeenBy, incident: int | None = None
    ) -> None:
        if device and not device.is_in_use:
            return
        host = device.id if device else None
        alert = self.world.raise_alert(company.id, host, None, viewer, with_ticket=False, incident=incident)
        if self.rng.random() < TICKET_SHARE:
            self.life.later(self.rng.uniform(0.5, 9), self.open_ticket, alert, incident)
        if viewer == "edr" and KINDS[alert.kind].confidence == "malicious" and self.rng.random() < 0.8:
            self.life.later(self.rng.uniform(0.1, 3), self.world.contain_alert, alert.id)
        if self.rng.random() >= FORGOTTEN_SHARE[alert.severity]:
            delay = ACKNOWLEDGED_MINUTES[alert.severity] * self.rng.lognormvariate(0, 0.9)
            self.life.later(delay, self.acknowledge, alert)

    def open_ticket(self, alert: Alert, burst: int | None) -> None:
        earlier = self._tickets_of_bursts.get(burst) if burst else None
        if earlier and not self.life.is_over(earlier) and self.rng.random() < JOINS_TICKET_OF_BURST:
            alert.ticket = earlier
            return
        _, summary, note, quotes = self.rng.choices(WORDINGS, [wording[0] for wording in WORDINGS])[0]
        if "{host}" in summary and alert.company.speaks_french and self.rng.random() < 0.4:
            summary = FRENCH
        words = self._words(alert)
        ticket = self.world.open_alert_ticket(alert.id, summary.format(**words), quotes)
        if note:
            self.world.add_note(ticket.id, note.format(**words), self.world.catalogue.integration.id)
        if burst:
            self._tickets_of_bursts[burst] = ticket
        self.arrivals.welcome(ticket, TOPICS[ticket.topic])

    def acknowledge(self, alert: Alert) -> None:
        if alert.state == "new":
            member = self._analyst(alert)
            if self.rng.random() < 0.9:
                self.world.acknowledge_alert(alert.id, member.identifier)
            self.life.later(self.life.around(90), self.conclude, alert, member)

    def conclude(self, alert: Alert, member: Member) -> None:
        """With its ticket in most cases; else whenever somebody has looked into it."""
        if alert.state == "resolved":
            return
        if alert.ticket and not self.life.is_over(alert.ticket) and self.rng.random() < RESOLVED_WITH_TICKET:
            self.life.later(self.rng.uniform(20, 240), self.conclude, alert, member)
            return
        verdict = self._verdict(alert)
        if alert.device and verdict in ("true_positive", "suspicious"):
            self.world.contain_alert(alert.id, member.identifier)
        self.world.resolve_alert(alert.id, verdict, member.identifier)
        if self.rng.random() < RETURNS_SHARE:
            self.life.later(self.life.around(2000), self.come_back, alert, member)

    def come_back(self, alert: Alert, member: Member) -> None:
        if alert.state == "resolved":
            self.world.reopen_alert(alert.id, member.identifier)
            self.life.later(self.life.around(400), self.conclude, alert, member)

    def _words(self, alert: Alert) -> dict[str, str]:
        kind = KINDS[alert.kind]
        host = alert.device.hostname if alert.device else self.rng.choice(alert.company.contacts).email
        return {
            "title": kind.title,
            "host": host,
            "file": kind.threat or kind.title,
            "reference": alert.reference,
        }

    def _analyst(self, alert: Alert) -> Member:
        owner = alert.ticket.owner if alert.ticket else None
        return owner if owner and not owner.left_at else self.rng.choice(self.world.catalogue.technicians)

    def _verdict(self, alert: Alert) -> Verdict:
        chance = self.rng.random()
        if chance < KINDS[alert.kind].wrong_share:
            return "false_positive" if self.rng.random() < 0.8 else "benign"
        return self.rng.choices(("true_positive", "suspicious", "undefined"), (80, 8, 12))[0]
