"""Sign-in with a certificate, through Microsoft's library where it is installed; its requests leave by our door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509

from connectors.crypto import Secrets
from connectors.errors import StopConnection
from connectors.http import Answer, Http

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def sign_in(http: Http, authority: str, client_id: str, scope: str, secrets: Secrets) -> dict[str, Any]:
    try:
        import msal
    except ImportError:
        raise StopConnection(
            "Signing in with a certificate needs the package msal, which is not installed on this server. Install "
            "Deskmetry with its extra msal, or use a client secret."
        ) from None
    both = secrets["certificate"]
    try:
        app = msal.ConfidentialClientApplication(
            client_id,
            authority=authority,
            client_credential={"private_key": both, "public_certificate": public_part(both)},
            instance_discovery=False,  # which would ask another host whether this one is Microsoft's
            http_client=Door(http),
        )
        told: dict[str, Any] = app.acquire_token_for_client(scopes=[scope])
    except (ValueError, TypeError) as problem:
        raise StopConnection(
            f"The certificate or its private key cannot be used ({type(problem).__name__}). Enter both again, the key "
            "without a passphrase."
        ) from None
    return told


def ends_at(pem: str) -> datetime:
    return x509.load_pem_x509_certificate(public_part(pem).encode()).not_valid_after_utc


def public_part(pem: str) -> str:
    return BEGIN + pem.partition(BEGIN)[2].partition(END)[0] + END + "\n"


@dataclass(frozen=True, repr=False)
class Reply:
    """An answer in the shape that the library reads."""

    status_code: int
    text: str
    headers: Mapping[str, str]

    @classmethod
    def of(cls, answer: Answer) -> "Reply":
        return cls(answer.status, answer.body.decode(errors="replace"), answer.headers)

    def raise_for_status(self) -> None:
        """Our door has judged the answer already."""


class Door:
    """Our own way out, with its allowed host, its patience and its judgement, for the library to use."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def get(self, url: str, params: Any = None, headers: Any = None, **_options: Any) -> Reply:
        return self._http.get(url, Reply.of, params, headers)

    def post(
        self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_options: Any
    ) -> Reply:
        form = {
            name: value.decode() if isinstance(value, bytes) else str(value) for name, value in data.items()
        }
        return self._http.post(url, Reply.of, form=form, headers=headers)

    def close(self) -> None:
        """It closes with the connection."""
