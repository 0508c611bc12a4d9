"""The security alerts of a random desk: detected, handled, linked to its tickets, corrected and taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connectors import dirty
from connectors.dirty import Reason
from connectors.models import (
    AlertTicketLink,
    CustomerMapping,
    RawAlertEvent,
    RawSecurityAlert,
    RawTicket,
    RawVendorCustomer,
)
from kpis.models import TrainingPhrase
from tests import factories

if TYPE_CHECKING:
    from tests.kpis.desk import Desk

SEVERITIES = ["critical", "high", "high", "medium", "low", "informational", "unknown"]
HOSTS = ["LT-01", "lt-01.example.com", "SRV-02", ""]


class Watch:
    def __init__(self, desk: "Desk") -> None:
        self.desk, self.chance = desk, desk.chance
        self.vendors = [factories.edr(), factories.connection("Defender", vendor="defender")]
        account = factories.customer("account", 2, level="account")
        factories.customer("by-account", parent_id=account.external_id)
        factories.mapping(factories.customer("left-out"), None)
        factories.customer("unmapped")
        for vendor in self.vendors:
            factories.customer("own", 1, source=vendor)
        # So that whether there are alerts at all stays as it is.
        factories.alert("kept", desk.now, customer_id="own")

    @property
    def actions(self) -> list[Any]:
        return [self.detect, self.detect, self.handle, self.reopen, self.link, self.correct]

    def detect(self) -> None:
        customers = ["own", "own", "by-account", "unmapped", "left-out", "unknown"]
        alert = factories.alert(
            detected=self.desk.moment(),
            source=self.chance.choice(self.vendors),
            customer_id=self.chance.choice(customers),
            severity=self.chance.choice(SEVERITIES),
            severity_source=self.chance.choice(["vendor", "derived"]),
            category=self.chance.choice(["", "Malware"]),
            host_name=self.chance.choice(HOSTS),
            kind=self.chance.choice(["threat"] * 9 + ["incident"]),
        )
        self.mark(alert)
        if self.chance.random() < 0.6:
            self.handle(alert)
        if self.chance.random() < 0.5:
            self.link(alert)

    def handle(self, alert: RawSecurityAlert | None = None) -> None:
        with self.edit(alert) as alert:
            alert.acknowledged_at = self.later(alert) - timedelta(minutes=self.chance.choice([0, 0, 0, 60]))
            alert.status = self.chance.choice(["in_progress", "resolved", "resolved"])
            alert.resolved_at = self.later(alert) if alert.status == "resolved" else None
            alert.resolved_is_estimated = self.chance.random() < 0.3
            alert.verdict = self.chance.choice(["", "true_positive", "false_positive"])

    def reopen(self) -> None:
        with self.edit() as alert:
            old = self.chance.choice(["new", "resolved", "resolved"])
            event = factories.alert_event(alert, old=old, occurred=self.later(alert))
            alert.status, alert.resolved_at = "in_progress", None
            if self.chance.random() < 0.3:
                RawAlertEvent.objects.filter(pk=event.pk).update(deleted_at=self.desk.now)

    def link(self, alert: RawSecurityAlert | None = None) -> None:
        """Or to another ticket, or to none."""
        alert = alert or self.any_alert()
        about: dict[str, Any] = {"source": alert.source, "alert_id": alert.external_id}
        known, ticket = AlertTicketLink.objects.filter(**about).first(), self.desk.any_ticket()
        concerned = {ticket.external_id, *([known.ticket_id] if known else [])}
        self.mark(alert)
        for row in RawTicket.objects.filter(external_id__in=concerned):
            dirty.mark_tickets(row.source_id, [row.external_id], Reason.LINK)
        if known:
            known.delete()
        if known is None or self.chance.random() < 0.7:
            confidence = self.chance.choice([0.4, 0.5, 0.9])
            factories.alert_link(ticket, confidence=confidence, **about)

    def correct(self) -> None:
        with self.edit() as alert:
            match self.chance.randrange(4):
                case 0:
                    alert.severity = self.chance.choice(SEVERITIES)
                case 1:
                    alert.host_name = self.chance.choice(HOSTS)
                case 2:
                    alert.redirected_to = "" if alert.redirected_to else "kept"
                case 3:
                    alert.deleted_at = None if alert.deleted_at else self.desk.now

    def remap(self) -> None:
        """Restates everything, as a decision about a customer does."""
        customer = self.chance.choice(list(RawVendorCustomer.objects.exclude(external_id="own")))
        CustomerMapping.objects.filter(source=customer.source, customer_id=customer.external_id).delete()
        if self.chance.random() < 0.7:
            factories.mapping(customer, self.chance.choice([1, 3, None]))
        dirty.mark_everything(Reason.REMAPPING)

    def say(self) -> None:
        """Restates everything without a mark: the MSP's phrases are settings."""
        kind, phrase = self.chance.choice(
            [("how_to", "printer*"), ("negative", "scanner"), ("how_to", "how do i")]
        )
        is_on = phrase != "how do i"
        made, is_new = TrainingPhrase.objects.get_or_create(kind=kind, phrase=phrase, is_on=is_on)
        if not is_new:
            made.delete()

    @contextmanager
    def edit(self, alert: RawSecurityAlert | None = None) -> Iterator[RawSecurityAlert]:
        alert = alert or self.any_alert()
        self.mark(alert)
        yield alert
        alert.save()
        self.mark(alert)

    def mark(self, alert: RawSecurityAlert) -> None:
        dirty.mark_rows(RawSecurityAlert, alert.source_id, [alert.external_id], Reason.CHANGE)

    def later(self, alert: RawSecurityAlert) -> Any:
        return self.desk.moment(since=alert.detected_at)

    def any_alert(self) -> RawSecurityAlert:
        others = RawSecurityAlert.objects.exclude(external_id="kept")
        alert: RawSecurityAlert | None = self.desk.any_of(others)
        if alert is None:
            self.detect()
        return alert or self.any_alert()
