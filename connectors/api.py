"""Tickets for BI tools, as the last sync left them. Reads only; deleted tickets show on request."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from rest_framework import serializers

from connectors.models import RawTicket
from tenants.api.query import Id, Moment, PeriodQuery, Text, YesNo
from tenants.api.rows import Row, Rows
from tenants.models import TenantSettings

COLUMNS = [
    *("id", "ticket_id", "source_id", "record_type", "summary"),
    *("company_id", "board_id", "board_name", "status_id", "status_name", "is_closed"),
    *("type_id", "type_name", "sub_type_name", "item_name", "owner_id", "team_id", "team_name"),
    *("priority_id", "priority_name", "severity", "impact", "channel", "site_name"),
    *("agreement_id", "sla_id", "is_in_sla", "parent_ticket_id", "merged_into", "reopen_count"),
    *("opened_at", "responded_at", "planned_at", "resolved_at", "closed_at"),
    *("respond_goal_at", "plan_goal_at", "resolve_goal_at", "required_at"),
    *("waiting_minutes", "budget_minutes", "last_updated_at", "synced_at", "deleted_at"),
]


class TicketRow(Row):
    ticket_id = serializers.IntegerField(
        read_only=True, source="external_id", help_text="The number in the ticket desk."
    )
    source_id = serializers.IntegerField(read_only=True, help_text="Which connection it came through.")

    class Meta:
        model = RawTicket
        fields = read_only_fields = ["tenant", *COLUMNS]


class TicketQuery(PeriodQuery):
    """from_date and to_date speak of the day of opening."""

    company = Id(help_text="The company's id in the ticket desk.")
    board = Id(help_text="The board's id in the ticket desk.")
    status = Text(help_text="The status as the desk writes it, such as `New`.")
    owner = Id(help_text="The owner's member id in the ticket desk.")
    closed = YesNo(required=False, help_text="Only closed, or only open tickets.")
    record_type = Text(help_text="Such as `ServiceTicket`; all types unless given.")
    updated_since = Moment(required=False, help_text="Changed in the desk at or after this moment.")
    deleted = YesNo(default=False, help_text="True for the tickets that are gone from the desk.")


class Tickets(Rows):
    """Tickets in the order in which they became known. A technician sees the own ones."""

    queryset = RawTicket.objects.all()
    serializer_class = TicketRow
    query_class = TicketQuery
    lookups = {
        "company": "company_id",
        "board": "board_id",
        "status": "status_name",
        "owner": "owner_id",
        "closed": "is_closed",
        "record_type": "record_type",
        "updated_since": "last_updated_at__gte",
    }
    own_column = "owner_id"
    order = ("id",)

    def narrowed(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        rows = super().narrowed(rows).filter(deleted_at__isnull=not self.query["deleted"])
        first, last = self.query.get("from_date"), self.query.get("to_date")
        if first or last:
            zone = TenantSettings.load().zone
            rows = rows.filter(opened_at__gte=_start_of(first, zone)) if first else rows
            rows = rows.filter(opened_at__lt=_end_of(last, zone)) if last else rows
        return rows


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    """The last day there is has no next one."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return _start_of(day + timedelta(days=1), zone)
