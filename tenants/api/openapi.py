"""What the OpenAPI document says of every resource: how to authenticate, its parameters, its errors."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from tenants.api.query import Text

NO_NUL = r"^[^\x00]*$"


class ErrorWords(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="For programs, such as `invalid` or `permission_denied`.")
    message = serializers.CharField(help_text="For people: what is wrong and what to do.")
    details = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="For `invalid`: the problems of each parameter.",
    )


class Error(serializers.Serializer[Any]):
    """The one shape of every refusal."""

    error = ErrorWords()


REFUSALS = {
    "400": "A parameter is unknown or cannot be used; `details` says which.",
    "401": "The token is missing, unknown, revoked or expired.",
    "403": "The token's user may not see this, or the tenant is suspended.",
    "406": "Only application/json is available.",
    "500": "Something went wrong on our side.",
}


class ResourceSchema(AutoSchema):
    def get_override_parameters(self) -> list[Any]:
        query_class = getattr(self.view, "query_class", None)
        return [query_class] if query_class and query_class().fields else []

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        return schema | {"pattern": NO_NUL} if isinstance(field, Text) else schema

    def get_tags(self) -> list[str]:
        return ["figures"]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for code, description in REFUSALS.items():
            answer = self._get_response_for_code(Error, code, direction=direction)  # type: ignore[no-untyped-call]
            bodies[code] = answer | {"description": description}
        return bodies


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "tenants.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, _auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": (
                "An API token (`dm_…`) of a user of the MSP. The tenant follows from it; the optional header "
                "`X-Tenant` must name the same one, and never authorises by itself."
            ),
        }
