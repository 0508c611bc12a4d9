"""The way from a number to the rows behind it: a link, and the filter of the lists it leads to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self
from urllib.parse import urlencode

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast, Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from connectors.models import RawSecurityAlert, RawSurvey, RawTicket, RawTimeEntry
from connectors.models.raw import RawRow
from kpis.drilldown import Contribution, drilldown
from kpis.period import LONGEST_DAYS
from kpis.quality.definition import TRUST

PARAMETER = "behind"
TABLES: dict[str, type[RawRow]] = {
    "ticket": RawTicket,
    "time entry": RawTimeEntry,
    "survey": RawSurvey,
    "alert": RawSecurityAlert,
}
LONGEST = timedelta(days=LONGEST_DAYS)


@dataclass(frozen=True)
class Figure:
    """What a number is called, the rows it is made of, and the metrics that say which they are."""

    title: Any
    table: type[RawRow]
    kpi: str
    metrics: tuple[str, ...]
    is_of_wrongs: bool = False  # of all that was looked at, only what is wrong
    is_of_misses: bool = False  # and only what does not count in the numerator

    def counts(self, part: Contribution) -> bool:
        if self.is_of_misses:
            return part.numerator < (part.denominator or 0)
        return part.numerator > 0 or not self.is_of_wrongs


FIGURES = {
    "new_tickets": Figure(_("New tickets"), RawTicket, "ticket_trends", ("new_tickets",)),
    "closed_tickets": Figure(_("Closed tickets"), RawTicket, "ticket_trends", ("closed_tickets",)),
    "reopened_tickets": Figure(_("Reopened tickets"), RawTicket, "ticket_trends", ("reopened_tickets",)),
    "backlog_open": Figure(_("Backlog"), RawTicket, "ticket_trends", ("backlog_open",)),
    "backlog_over_30d": Figure(_("Backlog over 30 days"), RawTicket, "ticket_trends", ("backlog_over_30d",)),
    "resolved_tickets": Figure(_("Tickets finally closed"), RawTicket, "tech_efficiency", ("fcr",)),
    "first_responses": Figure(
        _("Tickets first answered"), RawTicket, "tech_efficiency", ("first_response_minutes",)
    ),
    "sla_missed": Figure(
        _("Tickets that missed a goal"), RawTicket, "tech_efficiency", ("sla_met",), is_of_misses=True
    ),
    "satisfaction": Figure(_("Answers of clients"), RawSurvey, "tech_efficiency", ("csat",)),
    "minutes": Figure(
        _("Time worked"), RawTimeEntry, "time_consumption", ("billable_minutes", "non_billable_minutes")
    ),
    "outside_agreements": Figure(
        _("Time outside agreements"), RawTimeEntry, "agreement_mismatch", ("mismatch_minutes",)
    ),
    "training_tickets": Figure(
        _("Tickets that ask for training"), RawTicket, "client_training", ("training_tickets",)
    ),
    "alerts": Figure(_("Security alerts"), RawSecurityAlert, "soc", ("alerts",)),
    "resolved_alerts": Figure(_("Alerts resolved"), RawSecurityAlert, "soc", ("in_sla",)),
    "alert_minutes": Figure(_("Time spent on alerts"), RawTimeEntry, "soc", ("alert_minutes",)),
    **{
        metric.slug: Figure(metric.name, TABLES[fact.thing], TRUST.slug, (metric.slug,), is_of_wrongs=True)
        for fact in TRUST.facts
        for metric in fact.metrics
    },
}


def behind(figure: str, since: date, until: date | None = None, **more: object) -> str:
    """The address of the rows behind a figure of the days from `since` to before `until`."""
    window = Behind(figure, since, until or since + timedelta(days=1))
    page = FIGURES[figure].table._meta.model_name
    return f"{reverse(f'admin:connectors_{page}_changelist')}?{urlencode({PARAMETER: str(window), **more})}"


@dataclass(frozen=True)
class Behind:
    figure: str
    since: date
    until: date

    def __str__(self) -> str:
        return f"{self.figure}.{self.since}.{self.until}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        try:
            figure, since, until = text.split(".")
            window = cls(figure, date.fromisoformat(since), date.fromisoformat(until))
        except ValueError:
            return None
        is_known = figure in FIGURES and timedelta(0) < window.until - window.since <= LONGEST
        return window if is_known else None

    def ids(self) -> set[int | str]:
        """The vendor's ids of the rows, as the figure itself was computed; of alerts, with their connection's."""
        figure = FIGURES[self.figure]
        return {
            part.id
            for metric in figure.metrics
            for part in drilldown(figure.kpi, metric, self.since, self.until)
            if figure.counts(part)
        }


class BehindFigure(SimpleListFilter):
    """Shown only when somebody came here from a figure."""

    title = _("figure")
    parameter_name = PARAMETER
    template = "kpis/no_choice.html"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> Iterable[tuple[str, str]]:
        window = Behind.read(self.value() or "")
        if window is None:
            return []
        last = window.until - timedelta(days=1)
        days = date_format(window.since) + (f" – {date_format(last)}" if last != window.since else "")
        return [(str(window), f"{FIGURES[window.figure].title}, {days}")]

    def queryset(self, _request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        window = Behind.read(self.value() or "")
        if window is None:
            return rows
        # As one array, because a list of tens of thousands of values takes seconds to read.
        wanted = list(window.ids())
        if FIGURES[window.figure].table is RawSecurityAlert:
            of_alert = Concat(
                Cast("source_id", TextField()), Value(":"), "external_id", output_field=TextField()
            )
            alerts: QuerySet[Any] = rows.alias(source_and_id=of_alert)
            return alerts.filter(source_and_id__in=RawSQL("SELECT UNNEST(%s::text[])", [wanted]))
        return rows.filter(external_id__in=RawSQL("SELECT UNNEST(%s::bigint[])", [wanted]))
