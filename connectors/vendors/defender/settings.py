"""What an MSP enters to connect its Microsoft customers: the app it registered, and which tenants are meant."""

import re
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings as deployment
from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator

from connectors.base import LEADS_NOWHERE
from connectors.texts import site_of

# Of the worldwide cloud, the United States' government clouds, and the one in China.
MICROSOFT = (
    "microsoft.com",
    "microsoftonline.com",
    "microsoft.us",
    "microsoftonline.us",
    "microsoftonline.cn",
    "chinacloudapi.cn",
)
PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----(.+?)-----END \1-----", re.DOTALL)
LINE = 64


class Settings(BaseModel):
    tenant_id: str = Field(
        title="Your tenant's id", description="Of your own Microsoft tenant, in which the app is registered"
    )
    client_id: str = Field(
        title="Application (client) id", description="From the app's overview in Microsoft Entra"
    )
    finds_customers: bool = Field(
        default=True,
        title="Find customers by partner relationships",
        description="Reads your delegated admin relationships (GDAP). Needs DelegatedAdminRelationship.Read.All",
        json_schema_extra=LEADS_NOWHERE,
    )
    more_tenants: str = Field(
        default="",
        title="Further tenants",
        description="Ids of tenants that no partner relationship names, separated by commas",
        json_schema_extra=LEADS_NOWHERE,
    )
    includes_own_tenant: bool = Field(
        default=False,
        title="Read your own tenant too",
        description="Also for a company that watches only itself: then switch the partner relationships off",
        json_schema_extra=LEADS_NOWHERE,
    )
    login_host: str = Field(
        default="login.microsoftonline.com",
        title="Sign-in host",
        description="Others are for national clouds, for example login.microsoftonline.us",
    )
    graph_host: str = Field(
        default="graph.microsoft.com",
        title="Microsoft Graph's host",
        description="Others are for national clouds, for example graph.microsoft.us",
    )
    endpoint_host: str = Field(
        default="api.securitycenter.microsoft.com",
        title="Defender for Endpoint's host",
        description="Others are nearer, for example eu.api.security.microsoft.com, or for national clouds",
    )

    @field_validator("tenant_id", "client_id")
    @classmethod
    def only_an_id(cls, value: str) -> str:
        return _guid(value)

    @field_validator("more_tenants")
    @classmethod
    def only_ids(cls, value: str) -> str:
        return ", ".join(dict.fromkeys(_guid(part) for part in re.split(r"[\s,;]+", value) if part))

    @field_validator("login_host", "graph_host", "endpoint_host")
    @classmethod
    def only_microsoft(cls, value: str) -> str:
        """The app's secret opens all customers: it goes to Microsoft and to nobody else."""
        try:
            host = site_of(value)
        except ValueError:
            raise ValueError("Enter the host name, for example graph.microsoft.com") from None
        if not (deployment.ALLOW_PRIVATE_VENDOR_HOSTS or _is_microsofts(host)):
            raise ValueError("This is not one of Microsoft's hosts.")
        return host

    @property
    def entered_tenants(self) -> list[str]:
        own = [self.tenant_id] if self.includes_own_tenant else []
        return list(dict.fromkeys([*own, *filter(None, self.more_tenants.split(", "))]))


class Credentials(BaseModel):
    """The secret or the certificate; where both are there, the certificate counts."""

    client_secret: SecretStr | None = Field(
        default=None,
        title="Client secret",
        description="The secret's value, not its id. Made under Certificates & secrets",
    )
    certificate: SecretStr | None = Field(
        default=None,
        title="Certificate with private key",
        description="In place of a secret: both in PEM form, one after the other",
    )

    @field_validator("certificate")
    @classmethod
    def whole(cls, value: SecretStr | None) -> SecretStr | None:
        """Fields of one line swallow line breaks, which PEM needs."""
        if value is None:
            return None
        blocks = dict(PEM.findall(value.get_secret_value()))
        if "CERTIFICATE" not in blocks or not any(kind.endswith("PRIVATE KEY") for kind in blocks):
            raise ValueError("Enter the certificate and its private key, each with its BEGIN and END line.")
        return SecretStr("".join(_pem(kind, body) for kind, body in blocks.items()))

    @model_validator(mode="after")
    def one_of_both(self) -> "Credentials":
        if not (self.client_secret or self.certificate):
            raise ValueError("Enter the client secret or a certificate.")
        return self


def _guid(value: str) -> str:
    try:
        return str(UUID(value.strip()))
    except ValueError:
        raise ValueError("Enter an id such as 0a1b2c3d-0000-4000-8000-0123456789ab.") from None


def _is_microsofts(host: str) -> bool:
    parts = urlsplit(host if "://" in host else f"https://{host}")
    is_named_so = any(f".{parts.hostname}".endswith(f".{domain}") for domain in MICROSOFT)
    return is_named_so and parts.scheme == "https" and parts.port in (None, 443)


def _pem(kind: str, body: str) -> str:
    packed = re.sub(r"\s+", "", body)
    lines = [packed[begin : begin + LINE] for begin in range(0, len(packed), LINE)]
    return "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----", ""])
