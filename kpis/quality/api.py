"""How far the figures can be trusted and what to fix, for BI tools. Reads only; for managers and owners."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from kpis.api import PERIOD
from kpis.models import KpiTrust
from kpis.quality.lines import Line, lines
from kpis.quality.standing import Standing
from kpis.quality.trusted import with_present
from tenants.api.query import Parameters, PeriodQuery, Text, read
from tenants.api.rows import Page, Row, Rows
from tenants.context import current_schema
from tenants.roles import IsManager


class ReasonRow(serializers.Serializer[Any]):
    check = serializers.CharField(help_text="Such as `no_type`.")
    wrong = serializers.FloatField(help_text="How many are wrong.")
    of = serializers.FloatField(help_text="How many were looked at.")
    percent = serializers.FloatField()


class TrustRow(Row):
    reasons = ReasonRow(many=True, read_only=True, help_text="What speaks against the figures, worst first.")

    class Meta:
        model = KpiTrust
        fields = read_only_fields = ["tenant", "id", "kpi", "kpi_date", "grade", "reasons"]


class TrustQuery(PeriodQuery):
    kpi = Text(help_text="Such as `time_consumption`.")


class Trusts(Rows):
    """How far each KPI's figures of each day can be trusted, and why not further. For managers and owners.

    Days without figures have no row. Connections that were not read, unmapped devices and drift are judged as of now.
    """

    queryset = KpiTrust.objects.all()
    serializer_class = TrustRow
    query_class = TrustQuery
    permission_classes = [IsManager]
    lookups = PERIOD | {"kpi": "kpi"}
    order = ("kpi_date", "id")

    def as_rows(self, queryset: "QuerySet[Any]") -> Page:
        rows = super().as_rows(queryset)
        with_present(rows)
        return rows


class MostRow(serializers.Serializer[Any]):
    dimension = serializers.ChoiceField(choices=["company", "technician", "board"])
    id = serializers.IntegerField(help_text="The desk's id, or a pseudonym's number.")
    name = serializers.CharField()
    count = serializers.FloatField()


class LineRow(serializers.Serializer[Any]):
    tenant = serializers.CharField()
    check = serializers.CharField(help_text="Such as `no_type`.")
    what = serializers.CharField(help_text="What is wrong, in words.")
    advice = serializers.CharField(help_text="What to do about it.")
    count = serializers.FloatField(help_text="How many are wrong; minutes for `overlap`.")
    of = serializers.FloatField(allow_null=True, help_text="How many were looked at.")
    percent = serializers.FloatField(allow_null=True)
    minutes = serializers.FloatField(help_text="Minutes of work that it concerns.")
    most = MostRow(many=True, help_text="Those with most of it, as far as the MSP names technicians.")


class DataQualityRow(serializers.Serializer[Any]):
    results = LineRow(many=True)


ONE_ANSWER = forced_singular_serializer(DataQualityRow)  # type: ignore[no-untyped-call]


class DataQuality(ViewSet):
    """What to fix at the source: what was wrong in the last 30 days, the biggest effect first."""

    http_method_names = ["get", "head", "options"]
    query_class = Parameters
    permission_classes = [IsManager]

    @extend_schema(responses=ONE_ANSWER, operation_id="data_quality_list")
    def list(self, request: Request) -> Response:
        read(self.query_class, request.query_params)
        return Response({"results": [_row(line) for line in lines(Standing.look())]})


def _row(line: Line) -> dict[str, Any]:
    return {
        "tenant": current_schema(),
        "check": line.check,
        "what": str(line.what),
        "advice": str(line.advice),
        "count": float(line.count),
        "of": None if line.of is None else float(line.of),
        "percent": line.percent,
        "minutes": float(line.minutes),
        "most": [
            {"dimension": most.dimension, "id": most.id, "name": most.name, "count": float(most.count)}
            for most in line.most
        ],
    }
