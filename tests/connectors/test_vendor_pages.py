"""Our rows lead to the vendors' own pages of them, at the host that the connection is to, and nowhere else."""

from dataclasses import replace

import pytest

from connectors import vendor_pages
from connectors.models import Connection
from connectors.registry import connectors
from connectors.vendor_pages import vendor_page

TENANT = "0a1b2c3d-0000-4000-8000-0123456789ab"
MICROSOFT = {"tenant_id": TENANT, "client_id": TENANT}


@pytest.mark.parametrize(
    ("vendor", "settings", "kind", "key", "url"),
    [
        (
            "connectwise",
            {"site": "na.myconnectwise.net", "company_id": "a&b"},
            "ticket",
            7,
            "https://na.myconnectwise.net/v4_6_release/services/system_io/Service/fv_sr100_request.rails"
            "?service_recid=7&companyName=a%26b",
        ),
        (
            "connectwise",
            {"site": "desk.example:8443", "company_id": "acme"},
            "company",
            12,
            "https://desk.example:8443/v4_6_release/services/system_io/router/openrecord.rails"
            "?recordType=CompanyFV&recid=12&companyName=acme",
        ),
        (
            "sentinelone",
            {"console": "usea1.sentinelone.net"},
            "threat",
            "12/../34",
            "https://usea1.sentinelone.net/incidents/threats/12%2F..%2F34/overview",
        ),
        (
            "defender",
            MICROSOFT,
            "alert",
            "da1_2",
            f"https://security.microsoft.com/alerts/da1_2?tid={TENANT}",
        ),
        (
            "defender",
            MICROSOFT,
            "incident",
            "28",
            f"https://security.microsoft.com/incidents/28?tid={TENANT}",
        ),
        (
            "defender",
            MICROSOFT | {"graph_host": "graph.microsoft.us"},
            "alert",
            "x",
            f"https://security.microsoft.us/alerts/x?tid={TENANT}",
        ),
    ],
)
def test_a_row_has_its_page_at_the_vendor(vendor, settings, kind, key, url):
    found = vendor_page(Connection(vendor=vendor, settings=settings), kind, key, TENANT)
    assert found == (url, connectors()[vendor].label)


@pytest.mark.parametrize(
    ("vendor", "settings", "kind"),
    [
        ("connectwise", {"site": "na.myconnectwise.net", "company_id": "acme"}, "survey"),
        ("connectwise", {"site": "north-marker"}, "ticket"),
        ("sentinelone", {"console": "usea1.sentinelone.net"}, "star"),
        ("defender", MICROSOFT | {"graph_host": "graph.chinacloudapi.cn"}, "alert"),
        ("gone", {}, "ticket"),
    ],
)
def test_what_has_no_known_page_has_no_link(vendor, settings, kind):
    assert vendor_page(Connection(vendor=vendor, settings=settings), kind, 7) is None


def test_time_that_is_charged_to_no_ticket_leads_nowhere():
    desk = Connection(vendor="connectwise", settings={"site": "na.myconnectwise.net", "company_id": "acme"})
    assert vendor_page(desk, "ticket", None) is None


@pytest.mark.parametrize(
    "url", ["https://evil.example/incidents", "javascript://usea1.sentinelone.net/%0aalert(1)", "//x", ""]
)
def test_an_address_that_leaves_the_connections_host_is_not_shown(monkeypatch, url):
    """Whatever a vendor's module makes of ids and settings."""
    known = connectors()["sentinelone"]
    astray = replace(known, pages=replace(known.pages, of=lambda *_anything: url))
    monkeypatch.setattr(vendor_pages, "_vendors", lambda: {"sentinelone": astray})
    console = Connection(vendor="sentinelone", settings={"console": "usea1.sentinelone.net"})
    assert vendor_page(console, "threat", "1") is None
