"""The MSP's application: its secrets and certificates, and whether what a client brings is one of them."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from .identity import Identity

LIFETIME = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Credentials:
    login_url: str
    graph_url: str
    defender_url: str
    tenant_id: str
    client_id: str
    client_secret: str


@dataclass(slots=True)
class Secret:
    value: str
    expires_at: datetime


@dataclass(slots=True)
class Application:
    client_id: str
    name: str
    secrets: list[Secret] = field(default_factory=list)
    certificates: list[x509.Certificate] = field(default_factory=list)
    issued: int = 0  # tokens
    ended: int = 0  # of those, the first so many count as expired

    def add_secret(self, now: datetime) -> Secret:
        """The same values on every start, so that a connection set up once goes on working."""
        text = f"{self.client_id} secret {len(self.secrets)}"
        value = hashlib.sha512(text.encode()).hexdigest()[:37]
        self.secrets.append(Secret(f"{value[:3]}8Q~{value[3:]}", now + LIFETIME))
        return self.secrets[-1]

    def secret(self, value: str) -> Secret | None:
        return next((secret for secret in self.secrets if secret.value == value), None)

    def register(self, pem: str) -> None:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        if not isinstance(certificate.public_key(), rsa.RSAPublicKey):
            raise ValueError("only certificates of RSA keys can be registered")
        self.certificates.append(certificate)

    @property
    def public_keys(self) -> list[rsa.RSAPublicKey]:
        found = (certificate.public_key() for certificate in self.certificates)
        return [key for key in found if isinstance(key, rsa.RSAPublicKey)]


def new_application(identity: Identity, name: str, now: datetime) -> Application:
    application = Application(identity.guid("application"), f"{name.title()} Deskmetry")
    application.add_secret(now)
    return application
