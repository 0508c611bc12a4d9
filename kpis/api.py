"""The figures for BI tools: a row per day, and the breakdowns behind it. Reads only."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from kpis import as_known, names, segments
from kpis.models import KpiBreakdown, KpiDaily
from tenants.api.query import Id, Moment, PeriodQuery, Text
from tenants.api.rows import Page, Privacy, Row, Rows
from tenants.roles import IsManager

PERIOD = {"from_date": "kpi_date__gte", "to_date": "kpi_date__lte"}
ORDERS = {"newest": ("-kpi_date",), "oldest": ("kpi_date",)}


class KpiDayRow(Row):
    class Meta:
        model = KpiDaily
        fields = read_only_fields = ["tenant", *(field.name for field in KpiDaily._meta.concrete_fields)]


class AsKnown(PeriodQuery):
    as_known_at = Moment(
        required=False,
        help_text=(
            "The figures as they were known at this moment, of the days that were over by then: what was restated "
            "since is put back."
        ),
    )


class KpiDayQuery(AsKnown):
    ordering = serializers.ChoiceField(
        choices=list(ORDERS), default="newest", help_text="Which day is first."
    )


class KpiDays(Rows):
    """The headline figures, one row per local day. For managers and owners.

    With `as_known_at`, `computed_at` and `data_as_of` are no later than that moment, and `definition_version` is
    today's.
    """

    queryset = KpiDaily.objects.all()
    serializer_class = KpiDayRow
    query_class = KpiDayQuery
    permission_classes = [IsManager]
    lookups = PERIOD

    def get_queryset(self) -> "QuerySet[Any]":
        return (
            as_known.days(self.query["as_known_at"]) if "as_known_at" in self.query else self.queryset.all()
        )

    @property
    def order(self) -> tuple[str, ...]:  # type: ignore[override]
        return ORDERS[self.query["ordering"]]


class KpiBreakdownRow(Row):
    segment_name = serializers.CharField(
        source="segment",
        read_only=True,
        help_text="The segment in words: a topic's name in the language asked for (`Accept-Language`).",
    )

    class Meta:
        model = KpiBreakdown
        fields = read_only_fields = [
            "tenant",
            *(field.name for field in KpiBreakdown._meta.concrete_fields),
            "segment_name",
        ]


class KpiBreakdownQuery(AsKnown):
    kpi = Text(help_text="Such as `time_consumption`.")
    metric = Text(help_text="Such as `billable_minutes`.")
    company = Id(help_text="The company's id in the ticket desk.")
    technician = Id(help_text="The member's id in the ticket desk, or the pseudonym as the rows have it.")
    board = Id(help_text="The board's id in the ticket desk.")
    segment = Text(
        allow_blank=True,
        help_text="The finest cut, such as a work type or a topic's id; it may be empty.",
    )


class KpiBreakdowns(Rows):
    """Each metric by day, company, technician, board and segment, oldest first.

    Ratios keep both parts, so that weeks and months add up. A technician sees the own rows. Where the MSP
    shows technicians under pseudonyms, `technician` is a number that stands for the person and stays the same;
    where technicians see only themselves, there are no rows about anybody. With `as_known_at`, figures that follow
    from other days' figures (scores, trailing ratios) and checks of the data are left out, because what they were
    is not kept, and `id` stands for what the row is about.
    """

    queryset = KpiBreakdown.objects.all()
    serializer_class = KpiBreakdownRow
    query_class = KpiBreakdownQuery
    lookups = PERIOD | {name: name for name in ("kpi", "metric", "company", "technician", "board", "segment")}
    own_column = "technician"
    order = ("kpi_date", "id")

    def get_queryset(self) -> "QuerySet[Any]":
        return (
            as_known.cells(self.query["as_known_at"]) if "as_known_at" in self.query else self.queryset.all()
        )

    def visible(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        rows = super().visible(rows)
        return rows.filter(technician=None) if self.privacy == Privacy.OWN_ONLY else rows

    def as_rows(self, queryset: "QuerySet[Any]") -> Page:
        page = super().as_rows(queryset)
        called = segments.named((row["kpi"], row["metric"], row["segment"]) for row in page)
        for row in page:
            row["segment_name"] = called[row["kpi"], row["metric"], row["segment"]]
        return page

    def person_shown(self, member_id: int) -> int | None:
        return names.pseudonymous_id(member_id)

    def person_meant(self, shown: int) -> int | None:
        return names.behind_pseudonymous_id(shown)
