"""The tickets behind a project: all of them, for and against, adding up to its numbers."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from connectors.models import RawTicket
from insights import propose
from insights.board.evidence import tickets_behind
from insights.models import Proposal, TicketTopic
from insights.roi import Forecast
from tenants.context import tenant
from tests.insights import makers
from tests.insights.pages.shown import page
from tests.insights.projects import CLIENTS


@pytest.fixture
def worked_out(both):
    """What the program proposes by itself about a problem of all clients, one of whose people sends too many."""
    with tenant("north"):
        now = timezone.now()
        Proposal.objects.all().delete()
        topic = makers.topic("Locked accounts")
        for company in CLIENTS:
            makers.tickets(topic, 20, now=now, company=company)
        makers.tickets(topic, 40, now=now, company=2, requesters=1, minutes=300, summary="Again {n}")
        propose.propose(now)
        return Proposal.objects.filter(topic=topic, scope="desk", status="proposed").get()


def address(one: Proposal, end: str = "/") -> str:
    return f"/admin/board/{one.pk}/evidence{end}"


def rows(client, one: Proposal) -> list[dict[str, str]]:
    text = b"".join(client.get(address(one, ".csv"))).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_tickets_and_hours_add_up_to_the_projects(worked_out):
    with tenant("north"):
        behind = tickets_behind(worked_out)
        forecast = Forecast.from_json(worked_out.forecast)
    assert len(behind.counted) == worked_out.evidence["all_tickets"]
    assert behind.counted_hours == pytest.approx(sum(forecast.inputs.weekly_hours), abs=0.01)
    assert behind.hours_per_month == pytest.approx(forecast.hours_per_month, abs=0.01)
    assert behind.booked_hours > behind.counted_hours + 10
    assert not behind.has_changed


def test_the_csv_has_all_of_them_and_the_same_sums(sign_in, worked_out):
    told = rows(sign_in(), worked_out)
    counted = [row for row in told if row["stance"] != "example"]
    assert len(counted) == worked_out.evidence["all_tickets"]
    hours = sum(float(row["minutes_counted"]) for row in counted) / 60
    assert hours == pytest.approx(sum(Forecast.from_json(worked_out.forecast).inputs.weekly_hours), abs=0.01)
    assert {row["client"] for row in counted} == {f"north client {number}" for number in CLIENTS}


def test_no_subject_is_a_formula_in_a_spreadsheet(sign_in, worked_out):
    with tenant("north"):
        RawTicket.objects.update(summary="=1+1")
    assert {row["subject"] for row in rows(sign_in(), worked_out)} == {"'=1+1"}


def test_the_page_says_when_tickets_have_changed_since(sign_in, worked_out):
    client = sign_in()
    assert "Since then, tickets were deleted" not in page(client, address(worked_out))
    with tenant("north"):
        gone = TicketTopic.objects.filter(topic=worked_out.topic).values("ticket_id")[:5]
        RawTicket.objects.filter(external_id__in=list(gone.values_list("ticket_id", flat=True))).update(
            deleted_at=timezone.now()
        )
    assert "Since then, tickets were deleted" in page(client, address(worked_out))


def test_a_page_at_a_time_and_the_longest_first_when_asked(sign_in, worked_out):
    client = sign_in()
    number = worked_out.evidence["all_tickets"]
    assert number > 100
    assert page(client, address(worked_out)).count("/admin/connectors/rawticket/") - 1 == 50
    last = page(client, address(worked_out, "/?page=3"))
    assert last.count("/admin/connectors/rawticket/") - 1 == number - 100
    longest = page(client, address(worked_out, "/?sort=booked"))
    assert longest.index("5.0 h") < longest.index("30 min")


def test_what_speaks_against_is_told_apart_and_an_example_does_not_count(sign_in, worked_out):
    with tenant("north"):
        [own] = TicketTopic.objects.filter(topic=worked_out.topic).order_by("-ticket_id")[:1]
        [old] = makers.tickets(worked_out.topic, 1, now=makers.NOW, days=1, summary="Long ago", minutes=45)
        counter = [[own.source_id, own.ticket_id], [old.source_id, old.external_id]]
        Proposal.objects.filter(pk=worked_out.pk).update(evidence=worked_out.evidence | {"counter": counter})
    told = {int(row["ticket"]): row for row in rows(sign_in(), worked_out)}
    assert told[own.ticket_id]["stance"] == "against"
    assert told[old.external_id]["stance"] == "example"
    assert (told[old.external_id]["minutes_booked"], float(told[old.external_id]["minutes_counted"])) == (
        "45.0",
        0,
    )
    against = page(sign_in(), address(worked_out, "/?stance=against"))
    assert against.count("/admin/connectors/rawticket/") - 1 == 1


def test_the_other_tenants_project_is_not_to_be_had(sign_in, worked_out):
    with tenant("south"):
        Proposal.objects.all().delete()
    assert sign_in("manager", "south").get(address(worked_out)).status_code == 404


def test_it_asks_the_database_no_more_than_25_times(sign_in, worked_out):
    client = sign_in()
    page(client, address(worked_out))
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address(worked_out)).status_code == 200
    assert len(asked) <= 25
