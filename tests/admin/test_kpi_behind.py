"""Behind every number of a KPI's page are things that add up to it, here, at their vendor's, and in a spreadsheet."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from connectors.models import Connection, RawCompany, RawSecurityAlert, RawTicket
from kpis.compute import compute
from kpis.kpi_page.spreadsheet import safe
from tenants.context import tenant
from tests import factories
from tests.admin.conftest import BOARD, COMPANY, MEMBER

WITH_THINGS = [
    "soc",
    "tech_comparison",
    "tech_efficiency",
    "tech_profile",
    "ticket_trends",
    "time_consumption",
]
NUMBER = re.compile(r'<a href="(/admin/kpi/\w+/\w+/behind/[^"]*)">([^<]+)</a>')
NEW = "/admin/kpi/ticket_trends/new_tickets/behind/"


@pytest.fixture
def computed(sign_in):
    """A manager's client, once the figures are the engine's own."""
    for schema in ("north", "south"):
        with tenant(schema):
            desk = Connection.objects.get(vendor="connectwise")
            desk.settings = {"site": "na.myconnectwise.net", "company_id": "acme"}
            desk.save()
            compute()
    return sign_in("manager")


def read(answer) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.mark.parametrize("by", ["company", "technician"])
def test_every_number_of_a_table_is_that_of_the_page_behind_it(computed, by):
    tables = (computed.get(f"/admin/kpi/{slug}/?by={by}").content.decode() for slug in WITH_THINGS)
    text = "".join(table.partition("dm-sortable")[2] for table in tables)
    for url, said in NUMBER.findall(text)[::3]:
        behind = computed.get(unescape(url)).context["behind"]
        assert behind.things
        assert behind.number == said or behind.metric.explained_by


def test_the_things_have_pages_here_and_at_the_vendor(computed):
    text = computed.get(f"{NEW}?company={COMPANY}").content.decode()
    with tenant("north"):
        tickets = list(RawTicket.objects.all())
    for ticket in tickets:
        assert f"/admin/connectors/rawticket/{ticket.pk}/change/" in text
        assert (
            f"/Service/fv_sr100_request.rails?service_recid={ticket.external_id}&amp;companyName=acme" in text
        )
    assert text.count("https://na.myconnectwise.net/v4_6_release/") == len(tickets)
    assert text.count('rel="noopener noreferrer"') >= len(tickets)
    assert "south-marker" not in text


def test_time_entries_surveys_and_alerts_lead_on_as_well(computed):
    with tenant("north"):
        edr = factories.connection("north-marker EDR", vendor="sentinelone")
        edr.settings = {"console": "usea1.sentinelone.net"}
        edr.save()
        RawSecurityAlert.objects.update(source=edr, detected_at=timezone.now() - timedelta(days=1))
        compute(full=True)
        threat = RawSecurityAlert.objects.filter(customer_id="site-2").get()
    text = computed.get("/admin/kpi/soc/alerts/behind/").content.decode()
    assert f"https://usea1.sentinelone.net/incidents/threats/{threat.external_id}/overview" in text
    entries = computed.get("/admin/kpi/time_consumption/billable_minutes/behind/").content.decode()
    assert "Open in ConnectWise PSA" in entries
    assert "north-marker Ada" in entries


def test_who_worked_is_told_only_where_people_are_named(computed):
    address = "/admin/kpi/time_consumption/billable_minutes/behind/"
    for mode in ("pseudonymous", "own_only"):
        with tenant("north"):
            factories.settings(privacy_mode=mode)
        assert "Ada" not in computed.get(address).content.decode()
        assert "Ada" not in str(read(computed.get(address.replace("behind/", "behind.csv"))))
        answer = computed.get(f"{address}?technician={MEMBER}")
        assert (answer.status_code, "by person" in answer.content.decode()) == (400, True)


def test_an_address_that_means_no_number_is_answered_with_a_sentence(sign_in):
    client = sign_in("manager")
    wrong = ("since=moon", "company=abc", "board=1.5", "since=2020-01-01&until=2026-01-01", "technician=%00")
    for query in wrong:
        for page in (NEW, NEW.replace("behind/", "behind.csv")):
            answer = client.get(f"{page}?{query}")
            assert answer.status_code == 400, query
            assert any(word in answer.content.decode() for word in ("is not the id", "Write days", "Choose"))


def test_odd_but_sensible_addresses_are_answered(sign_in):
    client = sign_in("manager")
    for odd in ("segment=%00", "page=9999", "page=x", "company=none", "segment=", f"board={BOARD}"):
        assert client.get(f"{NEW}?{odd}").status_code == 200, odd


def test_a_metric_that_is_not_the_kpis_is_not_found(sign_in):
    computed = sign_in("manager")
    assert computed.get(NEW.replace("new_tickets", "salaries")).status_code == 404
    assert computed.get(NEW.replace("ticket_trends", "salaries")).status_code == 404


def test_a_spreadsheet_has_the_rows_of_the_table(computed):
    header, *lines = read(computed.get("/admin/kpi/tech_efficiency.csv?by=company"))
    table = computed.get("/admin/kpi/tech_efficiency/?by=company").context["table"]
    assert len(lines) == len(table.rows) == 1
    told = dict(zip(header, lines[0], strict=True))
    amount = table.rows[0].amounts["fcr"]
    assert float(told["Never reopened (percent)"]) == 100 * amount.numerator / amount.denominator
    assert float(told["fcr: numerator"]) == amount.numerator


def test_a_spreadsheet_of_things_adds_up_to_the_number(computed):
    page = "/admin/kpi/time_consumption/billable_minutes/behind"
    header, *lines = read(computed.get(f"{page}.csv"))
    place = header.index("Minutes")
    assert (
        sum(float(line[place]) for line in lines)
        == float(computed.get(f"{page}/").context["behind"].parts)
        > 0
    )
    assert lines[0][-1].startswith("https://na.myconnectwise.net/")


def test_a_clients_name_does_not_become_a_formula(computed):
    with tenant("north"):
        RawCompany.objects.filter(external_id=COMPANY).update(name='=HYPERLINK("https://evil.example")')
    _header, line = read(computed.get("/admin/kpi/ticket_trends.csv"))
    assert line[0] == """'=HYPERLINK("https://evil.example")"""


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1234", "'+49 30 1234"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-cmd|x", "'-cmd|x"),
        ("\t=1", "'\t=1"),
        ("-12.5", "-12.5"),
        (-3, "-3"),
        ("-Infinity", "'-Infinity"),
        ("plain", "plain"),
        (None, ""),
    ],
)
def test_cells_are_numbers_or_harmless(cell, written):
    assert safe(cell) == written
