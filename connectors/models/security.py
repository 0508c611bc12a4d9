"""What security vendors tell: the devices they watch, their alerts and what became of those."""

from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors.models.connection import Connection
from connectors.models.raw import TextKeyedRow, key


class RawDevice(TextKeyedRow):
    customer_id = models.TextField(blank=True)
    hostname = models.TextField(blank=True)
    serial = models.TextField(blank=True)
    agent_uuid = models.TextField(blank=True, help_text=_("SentinelOne's id of the agent's installation."))
    azure_device_id = models.TextField(blank=True)
    mac_addresses = models.TextField(blank=True, help_text=_("Lower case, separated by commas."))
    os_name = models.TextField(blank=True)
    os_version = models.TextField(blank=True)
    kind = models.TextField(blank=True, help_text=_("desktop, laptop, server or what the vendor says."))
    agent_version = models.TextField(blank=True)
    health = models.TextField(blank=True, help_text=_("The vendor's word for the agent's state."))
    is_active = models.BooleanField(default=True, help_text=_("Reports to the vendor."))
    is_excluded = models.BooleanField(default=False, help_text=_("Merged, a duplicate, or decommissioned."))
    merged_into = models.TextField(blank=True)
    first_seen_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)
    last_updated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "raw_devices"
        ordering = ["hostname", "id"]
        constraints = [key(table="raw_devices")]

    def __str__(self) -> str:
        return self.hostname or self.external_id


class RawSecurityAlert(TextKeyedRow):
    class Severity(models.TextChoices):
        INFORMATIONAL = "informational", _("Informational")
        LOW = "low", _("Low")
        MEDIUM = "medium", _("Medium")
        HIGH = "high", _("High")
        CRITICAL = "critical", _("Critical")
        UNKNOWN = "unknown", _("Unknown")

    class SeveritySource(models.TextChoices):
        VENDOR = "vendor", _("Given by the vendor")
        DERIVED = "derived", _("Derived from what the vendor says")

    class Status(models.TextChoices):
        NEW = "new", _("New")
        IN_PROGRESS = "in_progress", _("In progress")
        RESOLVED = "resolved", _("Resolved")

    kind = models.CharField(max_length=20, help_text=_("threat, star, unified, alert or incident."))
    customer_id = models.TextField(blank=True, help_text=_("Whose device it was when it was detected."))
    title = models.TextField(blank=True)
    category = models.TextField(blank=True)
    product = models.TextField(blank=True)
    severity = models.CharField(max_length=15, choices=Severity.choices)
    severity_source = models.CharField(max_length=10, choices=SeveritySource.choices)
    vendor_severity = models.TextField(blank=True)
    status = models.CharField(max_length=15, choices=Status.choices)
    vendor_status = models.TextField(blank=True)
    verdict = models.TextField(blank=True)
    confidence = models.TextField(blank=True)
    is_mitigated = models.BooleanField(null=True)
    assigned_to = models.TextField(blank=True)
    device_key = models.TextField(blank=True, help_text=_("The vendor's id of the device."))
    host_name = models.TextField(blank=True)
    user_name = models.TextField(blank=True)
    incident_id = models.TextField(blank=True)
    redirected_to = models.TextField(blank=True, help_text=_("The incident that took this one over."))
    external_ticket_id = models.TextField(
        blank=True, help_text=_("The ticket that was entered at the vendor.")
    )
    occurred_at = models.DateTimeField(null=True)
    detected_at = models.DateTimeField()
    contained_at = models.DateTimeField(null=True)
    vendor_resolved_at = models.DateTimeField(null=True)
    last_updated_at = models.DateTimeField()
    # Ours, kept by connectors.alert_history.
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_is_estimated = models.BooleanField(db_default=False)
    resolved_at = models.DateTimeField(null=True)
    resolved_is_estimated = models.BooleanField(db_default=False)
    reopen_count = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        db_table = "raw_security_alerts"
        ordering = ["-detected_at", "-id"]
        constraints = [key(table="raw_security_alerts")]
        indexes = [
            models.Index(fields=["detected_at"], name="raw_alerts_detected"),  # alerts by day
            models.Index(fields=["resolved_at"], name="raw_alerts_resolved"),  # days of resolution
            models.Index(
                fields=["source", "customer_id"], name="raw_alerts_customer"
            ),  # what a mapping withholds
            models.Index(
                fields=["source", "redirected_to"],
                name="raw_alerts_second_views",
                condition=~models.Q(redirected_to=""),
            ),  # a threat's severity, which its second view tells
        ]

    def __str__(self) -> str:
        return self.title or self.external_id


class RawAlertEvent(TextKeyedRow):
    """A change of an alert's status: told by the vendor's log, or seen between two syncs."""

    class Provenance(models.TextChoices):
        TOLD = "told", _("The vendor's log")
        SEEN = "seen", _("Seen between two syncs")

    alert_id = models.TextField()
    occurred_at = models.DateTimeField()
    old_status = models.CharField(max_length=15, blank=True)
    new_status = models.CharField(max_length=15)
    actor = models.TextField(blank=True)
    provenance = models.CharField(max_length=10, choices=Provenance.choices, default=Provenance.TOLD)

    class Meta:
        db_table = "raw_alert_events"
        ordering = ["occurred_at", "id"]
        constraints = [key(table="raw_alert_events")]
        indexes = [
            models.Index(fields=["source", "alert_id"], name="raw_alert_events_alert")
        ]  # an alert's history

    def __str__(self) -> str:
        return f"{self.alert_id}: {self.old_status} → {self.new_status}"


class Device(models.Model):
    """One machine of a company, whichever vendors see it; made by connectors.devices from raw_devices."""

    company_id = models.BigIntegerField(null=True, help_text=_("None while its customer is not mapped."))
    hostname = models.TextField(blank=True)
    serial = models.TextField(blank=True)
    os_name = models.TextField(blank=True)
    kind = models.TextField(blank=True)
    last_seen_at = models.DateTimeField(null=True)
    seen_by = models.JSONField(default=list, help_text=_("Ids of the connections that see it."))

    class Meta:
        ordering = ["hostname", "id"]
        indexes = [
            models.Index(fields=["company_id", "hostname"], name="device_of_company")
        ]  # a company's list

    def __str__(self) -> str:
        return self.hostname


class DeviceSighting(models.Model):
    """Which vendor's record is which device."""

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    raw_id = models.TextField()
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="sightings")

    class Meta:
        ordering = ["device", "source", "raw_id"]
        constraints = [key("raw_id", table="device_sighting")]

    def __str__(self) -> str:
        return f"{self.raw_id} is {self.device_id}"


class AlertTicketLink(models.Model):
    """The ticket in which an alert was worked on; made by connectors.alert_links."""

    class Method(models.TextChoices):
        VENDOR = "vendor", _("Entered at the vendor")
        REFERENCE = "reference", _("The ticket's reference")
        TEXT = "text", _("The ticket names the alert")
        HOST_AND_TIME = "host", _("Same company and device, about the same time")
        TIME = "time", _("Same company, and nothing else at that time")

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    alert_id = models.TextField()
    ticket_id = models.BigIntegerField()
    method = models.CharField(max_length=10, choices=Method.choices)
    confidence = models.DecimalField(max_digits=3, decimal_places=2, help_text=_("From 0 to 1."))

    class Meta:
        ordering = ["source", "alert_id"]
        constraints = [key("alert_id", table="alert_ticket_link")]
        indexes = [HashIndex(fields=["ticket_id"], name="alert_link_of_ticket")]  # a ticket's alerts

    def __str__(self) -> str:
        return f"{self.alert_id} → #{self.ticket_id}"


class JoinState(models.Model):
    """How far customers, devices and alerts have been joined with the desk; one row. None: all of it is due."""

    reached_at = models.DateTimeField(null=True)
    seen = models.JSONField(default=dict, help_text=_("What each step was last made of."))

    def __str__(self) -> str:
        return str(self.reached_at or "")
