"""Sign-in over TLS, with a certificate in place of a secret."""

import ssl
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from connectors.errors import StopConnection
from connectors.models import RawDevice
from connectors.preflight import preflight
from connectors.simulators.certificates import make_certificates
from connectors.simulators.defender import DefenderSimulator
from connectors.simulators.world import World
from connectors.vendors.defender import CONNECTOR
from tenants.context import tenant

from .defender import connected


@pytest.fixture
def secure(tmp_path, naps, monkeypatch):
    """The simulator over TLS, whose authority our door trusts. At the true time, by which certificates are checked."""
    certificates = make_certificates(Path(tmp_path))
    monkeypatch.setattr(
        "connectors.http._trust", lambda: ssl.create_default_context(cafile=certificates.authority)
    )
    world = World.small(1, datetime.now(UTC), tickets=6)
    with DefenderSimulator({"north": world}, certificates=certificates, compress=False) as running:
        yield running


def login(simulator, **credentials):
    given = simulator.credentials("north")
    hosts = {
        "login_host": given.login_url,
        "graph_host": given.graph_url,
        "endpoint_host": given.defender_url,
    }
    return {"tenant_id": given.tenant_id, "client_id": given.client_id, **hosts}, credentials


@pytest.fixture(scope="module")
def pem():
    """A certificate and its key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "deskmetry")])
    begin = datetime.now(UTC) - timedelta(days=1)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(begin).not_valid_after(begin + timedelta(days=400))
    public = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
    encoding = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return public, key.private_bytes(*encoding).decode()


def test_a_certificate_opens_what_a_secret_opens(db, secure, pem, monkeypatch):
    public, private = pem
    secure.register_certificate("north", public)
    monkeypatch.setattr("connectors.pacing.Pace.wait", lambda pace: None)
    # As a browser sends what was pasted into a field of one line.
    pasted = (private + public).replace("\n", " ")
    entered = CONNECTOR.credentials_model(certificate=pasted).certificate.get_secret_value()
    site = connected(*login(secure, certificate=entered))
    assert {run.status for run in site.sync()} == {"ok"}
    assert site.ids(RawDevice)
    with tenant("north"):
        checks = {check.name: check for check in preflight(site.link)}
    assert checks["Certificate"].ok
    assert checks["Certificate"].message.startswith("It ends on ")


def test_a_certificate_that_is_not_registered_stops_the_connection(db, secure, pem):
    site = connected(*login(secure, certificate="".join(pem)))
    (run,) = site.sync()
    assert "does not accept the certificate (AADSTS700027)" in run.error
    assert site.refreshed().status == "attention"


def test_a_certificate_that_is_none_stops_the_connection(db, secure, pem):
    broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + pem[1]
    (run,) = connected(*login(secure, certificate=broken)).sync()
    assert "cannot be used" in run.error


def test_without_its_library_a_certificate_is_refused_in_a_sentence(db, secure, pem, monkeypatch):
    monkeypatch.setitem(sys.modules, "msal", None)
    (run,) = connected(*login(secure, certificate="".join(pem))).sync()
    assert "needs the package msal" in run.error


def test_a_host_with_a_foreign_certificate_stops_the_connection(db, secure, monkeypatch):
    monkeypatch.setattr("connectors.http._trust", httpx.create_ssl_context)
    secret = secure.credentials("north").client_secret
    (run,) = connected(*login(secure, client_secret=secret)).sync()
    assert "a certificate that is not trusted" in run.error


def test_a_client_that_cannot_be_made_says_why(settings):
    settings.ALLOW_PRIVATE_VENDOR_HOSTS = True
    entered = CONNECTOR.settings_model(
        tenant_id="11111111-2222-3333-4444-555555555555",
        client_id="11111111-2222-3333-4444-555555555555",
        graph_host="http://127.0.0.1:9",
    )
    settings.ALLOW_PRIVATE_VENDOR_HOSTS = False
    with pytest.raises(StopConnection, match=r"over https|no host"):
        CONNECTOR.open(entered, {})
