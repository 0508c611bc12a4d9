"""Tickets with their history, notes and the time worked on them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors.models.connection import Connection
from connectors.models.raw import RawRow, key


class RawTicket(RawRow):
    summary = models.TextField()
    record_type = models.TextField()
    board_id = models.BigIntegerField(null=True)
    board_name = models.TextField(blank=True)
    status_id = models.BigIntegerField(null=True)
    status_name = models.TextField(blank=True)
    is_closed = models.BooleanField()
    type_id = models.BigIntegerField(null=True)
    type_name = models.TextField(blank=True)
    sub_type_name = models.TextField(blank=True)
    item_name = models.TextField(blank=True)
    team_id = models.BigIntegerField(null=True)
    team_name = models.TextField(blank=True)
    owner_id = models.BigIntegerField(null=True)
    resources = models.TextField(blank=True, help_text=_("Identifiers of the members on the ticket."))
    priority_id = models.BigIntegerField(null=True)
    priority_name = models.TextField(blank=True)
    severity = models.TextField(blank=True)
    impact = models.TextField(blank=True)
    channel = models.TextField(blank=True)
    company_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    contact_name = models.TextField(blank=True)
    site_name = models.TextField(blank=True)
    agreement_id = models.BigIntegerField(null=True)
    sla_id = models.BigIntegerField(null=True)
    is_in_sla = models.BooleanField(null=True)
    parent_ticket_id = models.BigIntegerField(null=True)
    merged_into = models.BigIntegerField(null=True)
    opened_at = models.DateTimeField()
    entered_by = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, help_text=_("The last closure of a closed ticket."))
    closed_by = models.TextField(blank=True)
    responded_at = models.DateTimeField(
        null=True, help_text=_("As the desk's statuses say, not the first reply.")
    )
    responded_by = models.TextField(blank=True)
    planned_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    respond_goal_at = models.DateTimeField(null=True)
    plan_goal_at = models.DateTimeField(null=True)
    resolve_goal_at = models.DateTimeField(null=True)
    required_at = models.DateTimeField(null=True)
    waiting_minutes = models.IntegerField(default=0)
    budget_minutes = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    bill_time = models.TextField(blank=True)
    last_updated_at = models.DateTimeField()
    external_reference = models.TextField(
        blank=True,
        db_default="",
        help_text=_("What another program entered, as the id of the alert it is for."),
    )
    custom_fields = models.JSONField(null=True)
    # Ours, kept by connectors.history: how often the ticket was reopened as far as is known.
    reopen_count = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        db_table = "raw_tickets"
        ordering = ["id"]
        constraints = [key(table="raw_tickets")]
        indexes = [
            models.Index(
                fields=["opened_at"], name="raw_tickets_opened"
            ),  # days of opening, age of the backlog
            models.Index(fields=["closed_at"], name="raw_tickets_closed"),  # days of closure
        ]

    def __str__(self) -> str:
        return f"#{self.external_id} {self.summary}"


class RawTimeEntry(RawRow):
    charge_to_type = models.TextField()
    charge_to_id = models.BigIntegerField(null=True)
    ticket_id = models.BigIntegerField(null=True, help_text=_("When the time is charged to a ticket."))
    company_id = models.BigIntegerField(null=True)
    member_id = models.BigIntegerField(null=True)
    work_type_id = models.BigIntegerField(null=True)
    work_role_id = models.BigIntegerField(null=True)
    agreement_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    minutes = models.DecimalField(max_digits=9, decimal_places=2, help_text=_("Actual minutes worked."))
    billable_option = models.TextField(blank=True)
    billed_minutes = models.DecimalField(max_digits=9, decimal_places=2, null=True)
    hourly_rate = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    status = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    entered_at = models.DateTimeField(null=True)
    last_updated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "raw_time_entries"
        ordering = ["id"]
        verbose_name_plural = "raw time entries"
        constraints = [key(table="raw_time_entries")]
        indexes = [
            models.Index(fields=["started_at"], name="raw_time_entries_started"),  # minutes by day
            models.Index(fields=["ticket_id"], name="raw_time_entries_ticket"),  # first response, one touch
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min on {self.started_at:%Y-%m-%d}"


class RawTicketNote(RawRow):
    ticket_id = models.BigIntegerField()
    member_id = models.BigIntegerField(null=True)
    contact_id = models.BigIntegerField(null=True)
    is_internal = models.BooleanField()
    written_at = models.DateTimeField()
    text = models.TextField(blank=True)

    class Meta:
        db_table = "raw_ticket_notes"
        ordering = ["id"]
        constraints = [key(table="raw_ticket_notes")]
        indexes = [models.Index(fields=["ticket_id"], name="raw_ticket_notes_ticket")]  # first response

    def __str__(self) -> str:
        return f"note on ticket {self.ticket_id}"


class RawTicketEvent(models.Model):
    """Something that changed on a ticket: seen by us between two syncs, or told by the audit trail."""

    class Kind(models.TextChoices):
        STATUS = "status", _("Status")
        OWNER = "owner", _("Owner")
        BOARD = "board", _("Board")
        TEAM = "team", _("Team")
        PRIORITY = "priority", _("Priority")
        OTHER = "other", _("Other")

    class Provenance(models.TextChoices):
        SNAPSHOT = "snapshot", _("Seen between two syncs")
        AUDIT = "audit", _("The vendor's audit trail")

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    ticket_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    old_value = models.TextField(blank=True)
    new_value = models.TextField(blank=True)
    was_closed = models.BooleanField(null=True)
    is_closed = models.BooleanField(null=True)
    provenance = models.CharField(max_length=10, choices=Provenance.choices)
    text = models.TextField(blank=True, help_text=_("The audit trail's own words."))

    class Meta:
        db_table = "raw_ticket_events"
        ordering = ["occurred_at", "id"]
        indexes = [
            models.Index(fields=["source", "ticket_id"], name="raw_ticket_events_ticket")
        ]  # a ticket's history

    def __str__(self) -> str:
        return f"{self.kind} of ticket {self.ticket_id}: {self.old_value} → {self.new_value}"


class TicketMove(models.Model):
    """A ticket that we saw go from one company to another. From this follows into which a company was merged."""

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    ticket_id = models.BigIntegerField()
    old_company_id = models.BigIntegerField()

    class Meta:
        ordering = ["source", "ticket_id", "old_company_id"]
        constraints = [key("ticket_id", "old_company_id", table="ticket_move")]
        indexes = [models.Index(fields=["old_company_id"], name="ticket_move_from")]  # where a company's went

    def __str__(self) -> str:
        return f"ticket {self.ticket_id} was of company {self.old_company_id}"


class RawTicketSpell(models.Model):
    """A time during which a ticket was open. Kept only for tickets that were ever reopened;
    for all others the one spell is opened_at to closed_at."""

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+", db_index=False)
    ticket_id = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "raw_ticket_spells"
        ordering = ["source", "ticket_id", "number"]
        constraints = [key("ticket_id", "number", table="raw_ticket_spells")]
        indexes = [
            models.Index(fields=["started_at"], name="raw_ticket_spells_started"),  # days of reopening
            models.Index(fields=["ended_at"], name="raw_ticket_spells_ended"),  # days of closure
        ]

    def __str__(self) -> str:
        return f"ticket {self.ticket_id}, open for the {self.number}. time"
