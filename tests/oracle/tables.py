"""The rows the oracle reads, as plain dictionaries of their columns."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Model

Row = dict[str, Any]
WorkingHours = dict[str, list[list[str]]]


def office_hours() -> WorkingHours:
    return {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def alert_hours() -> dict[str, float]:
    return {"critical": 4, "high": 8, "medium": 24, "low": 72, "informational": 168}


@dataclass
class Tables:
    time_zone: str = "UTC"
    working_hours: WorkingHours = field(default_factory=office_hours)
    holidays: list[date] = field(default_factory=list)
    anomaly_rule: str = "seasonal"
    anomaly_threshold: float = 3.0
    hourly_rate: Decimal = Decimal(120)
    alert_sla_hours: dict[str, float] = field(default_factory=alert_hours)
    companies_without_agreement: list[int] = field(default_factory=list)
    agreement_lists_are_complete: bool = False
    labels_from: str = "rule"
    connections: list[Row] = field(default_factory=list)
    tickets: list[Row] = field(default_factory=list)
    spells: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    time_entries: list[Row] = field(default_factory=list)
    members: list[Row] = field(default_factory=list)
    agreements: list[Row] = field(default_factory=list)
    coverage: list[Row] = field(default_factory=list)
    work_types: list[Row] = field(default_factory=list)
    charge_codes: list[Row] = field(default_factory=list)
    surveys: list[Row] = field(default_factory=list)
    survey_questions: list[Row] = field(default_factory=list)
    alerts: list[Row] = field(default_factory=list)
    alert_events: list[Row] = field(default_factory=list)
    alert_links: list[Row] = field(default_factory=list)
    customers: list[Row] = field(default_factory=list)
    mappings: list[Row] = field(default_factory=list)
    phrases: list[Row] = field(default_factory=list)
    topics: list[Row] = field(default_factory=list)
    ticket_topics: list[Row] = field(default_factory=list)
    topic_labels: list[Row] = field(default_factory=list)
    proposals: list[Row] = field(default_factory=list)
    proposal_events: list[Row] = field(default_factory=list)
    measurements: list[Row] = field(default_factory=list)
    disputes: list[Row] = field(default_factory=list)


def read_tables() -> Tables:
    """All rows of the current tenant, those deleted at the vendor included."""
    from connectors import models as raw
    from insights import models as insights
    from kpis.models import Dispute, TrainingPhrase
    from tenants.models import Holiday, TenantSettings

    settings = TenantSettings.objects.first() or TenantSettings()
    return Tables(
        time_zone=settings.time_zone,
        working_hours=settings.working_hours,
        holidays=[row["day"] for row in every(Holiday)],
        anomaly_rule=settings.anomaly_rule,
        anomaly_threshold=settings.anomaly_threshold,
        hourly_rate=Decimal(settings.hourly_rate),
        alert_sla_hours=settings.alert_sla_hours,
        companies_without_agreement=settings.companies_without_agreement,
        agreement_lists_are_complete=settings.agreement_lists_are_complete,
        labels_from=settings.labels_from,
        connections=every(raw.Connection),
        tickets=every(raw.RawTicket),
        spells=every(raw.RawTicketSpell),
        events=every(raw.RawTicketEvent),
        notes=every(raw.RawTicketNote),
        time_entries=every(raw.RawTimeEntry),
        members=every(raw.RawMember),
        agreements=every(raw.RawAgreement),
        coverage=every(raw.RawAgreementCoverage),
        work_types=every(raw.RawWorkType),
        charge_codes=every(raw.RawChargeCode),
        surveys=every(raw.RawSurvey),
        survey_questions=every(raw.RawSurveyQuestion),
        alerts=every(raw.RawSecurityAlert),
        alert_events=every(raw.RawAlertEvent),
        alert_links=every(raw.AlertTicketLink),
        customers=every(raw.RawVendorCustomer),
        mappings=every(raw.CustomerMapping),
        phrases=every(TrainingPhrase),
        topics=every(insights.Topic),
        ticket_topics=every(insights.TicketTopic),
        topic_labels=every(insights.TopicLabel),
        proposals=every(insights.Proposal),
        proposal_events=every(insights.ProposalEvent),
        measurements=every(insights.ProjectMeasurement),
        disputes=every(Dispute),
    )


def every(model: type[Model]) -> list[Row]:
    return [dict(row) for row in model._default_manager.values()]
