"""What the figures mean, for BI tools: the same words as on the pages and in docs/kpis."""

from typing import Any

from django.utils import translation
from drf_spectacular.helpers import forced_singular_serializer
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from kpis.catalogue import described
from kpis.registry import kpis
from tenants.api.query import Parameters, read


class ColumnRow(serializers.Serializer[Any]):
    column = serializers.CharField(help_text="Of `kpi-daily`.")
    title = serializers.CharField()
    unit = serializers.CharField(help_text="Such as `minutes` or `percent`.")
    direction = serializers.CharField(help_text="Whether more or less of it is better.")
    meaning = serializers.CharField()


class MetricRow(serializers.Serializer[Any]):
    metric = serializers.CharField(help_text="Of `kpi-breakdown`.")
    name = serializers.CharField()
    unit = serializers.CharField()
    direction = serializers.CharField()
    roll_up = serializers.CharField(help_text="How days become weeks and months.")
    meaning = serializers.CharField(help_text="What is counted, and over what.")
    behind_it = serializers.CharField(help_text="The kind of thing that is counted.")


class KpiRow(serializers.Serializer[Any]):
    kpi = serializers.CharField(help_text="As in `kpi-breakdown`.")
    number = serializers.CharField()
    name = serializers.CharField()
    question = serializers.CharField(help_text="What it answers.")
    formula = serializers.CharField(help_text="In words.")
    owner = serializers.CharField(help_text="Whom it is for.")
    version = serializers.IntegerField(help_text="Goes up when the definition changes.")
    columns = ColumnRow(many=True)
    metrics = MetricRow(many=True)


class KpisRow(serializers.Serializer[Any]):
    results = KpiRow(many=True)


class CatalogueQuery(Parameters):
    language = serializers.ChoiceField(choices=["en", "fr"], default="en", help_text="Of names and texts.")


ONE_ANSWER = forced_singular_serializer(KpisRow)  # type: ignore[no-untyped-call]


class Kpis(ViewSet):
    """The KPIs there are: their questions, formulas, columns and metrics."""

    http_method_names = ["get", "head", "options"]
    query_class = CatalogueQuery

    @extend_schema(responses=ONE_ANSWER, operation_id="kpis_list")
    def list(self, request: Request) -> Response:
        with translation.override(read(self.query_class, request.query_params)["language"]):
            return Response({"results": [described(kpi) for kpi in kpis().values()]})
