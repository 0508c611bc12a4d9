"""The API's addresses, version 1: an index, the resources, the OpenAPI document and its page."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import Resolver404, URLPattern, URLResolver, include, path, re_path, resolve
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer, OpenApiYamlRenderer2
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from connectors.api import Tickets
from kpis.api import KpiBreakdowns, KpiDays
from kpis.catalogue_api import Kpis
from kpis.quality.api import DataQuality, Trusts
from tenants.api.errors import refusal
from tenants.api.query import Parameters, read
from tenants.context import current_schema

RESOURCES: dict[str, type[ViewSetMixin]] = {
    "kpis": Kpis,
    "kpi-daily": KpiDays,
    "kpi-breakdown": KpiBreakdowns,
    "tickets": Tickets,
    "trust": Trusts,
    "data-quality": DataQuality,
}

router = SimpleRouter()
for name, view in RESOURCES.items():
    router.register(name, view, basename=name)


class IndexRow(serializers.Serializer[Any]):
    tenant = serializers.CharField(help_text="The tenant that the token belongs to.")
    resources = serializers.DictField(child=serializers.URLField())


class Index(APIView):
    """What there is to read, and whose."""

    http_method_names = ["get", "head", "options"]
    query_class = Parameters

    @extend_schema(operation_id="index", responses=IndexRow)
    def get(self, request: Request) -> Response:
        read(self.query_class, request.query_params)
        resources = {name: reverse(f"{name}-list", request=request) for name in RESOURCES}
        return Response({"tenant": current_schema(), "resources": resources})


class OpenApiJson(OpenApiJsonRenderer):
    """Answers `Accept: application/json` as well as OpenAPI's own media type."""

    media_type = "application/json"


class Schema(APIView):
    """The same for every tenant and no secret, so everybody may read it."""

    http_method_names = ["get", "head", "options"]
    authentication_classes = []
    permission_classes = [AllowAny]
    renderer_classes = [OpenApiJson, OpenApiJsonRenderer, OpenApiYamlRenderer, OpenApiYamlRenderer2]

    @extend_schema(exclude=True)
    def get(self, _request: Request) -> Response:
        return Response(document())


class Docs(SpectacularSwaggerSplitView):
    """Its script comes from an address of its own, as the content security policy wants it."""

    http_method_names = ["get", "head", "options"]
    authentication_classes = []
    permission_classes = [AllowAny]
    url_name = "api-schema"
    template_name = "api_docs.html"


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The OpenAPI document, generated from the code once per process, in English for everybody."""
    patterns = [path("api/", include(resource_urls))]
    generator = SchemaGenerator(patterns=patterns)  # type: ignore[no-untyped-call]
    with translation.override(settings.LANGUAGE_CODE):
        return generator.get_schema(request=None, public=True)  # type: ignore[no-any-return, no-untyped-call]


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponseBase:
    """Forgives a missing slash at the end; else says in JSON that there is nothing here."""
    if request.method in ("GET", "HEAD") and _exists(f"{request.path_info}/"):
        target = request.get_full_path(force_append_slash=True)
        return HttpResponsePermanentRedirect(target)
    message = f"There is nothing at this address. {reverse('api-index')} lists what there is."
    return refusal(request, 404, "not_found", message, as_json=True)


def _exists(address: str) -> bool:
    try:
        return resolve(address).func is not nowhere
    except Resolver404:
        return False


resource_urls: list[URLPattern | URLResolver] = [
    path("v1/", Index.as_view(), name="api-index"),
    path("v1/", include(router.urls)),
]
urlpatterns = [
    path("v1/schema/", Schema.as_view(), name="api-schema"),
    path("v1/docs/", Docs.as_view(), name="api-docs"),
    *resource_urls,
    re_path("", nowhere),
]
