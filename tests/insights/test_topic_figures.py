"""KPI 06 by topic: which tickets count for which topic, what becomes of the past, and what a topic is called."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from connectors.dirty import Reason, mark_tickets
from kpis import segments
from kpis.compute import compute
from kpis.drilldown import drilldown
from kpis.models import Finding, KpiBreakdown, KpiRestatement
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.snapshots import byte_image, snapshot
from tests.kpis.topics_at_desk import ticket_topic, topic

NOW = at("2026-03-20 15:00")
KPI = "improvement_projects"
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def another_tenant(north) -> None:
    with tenant("south"):
        ticket_topic(factories.ticket(company_id=12), topic("Only theirs").pk)
        compute(NOW)


def cells(metric: str) -> dict[tuple[date, str], int]:
    rows = KpiBreakdown.objects.filter(kpi=KPI, metric=metric)
    return {(row.kpi_date, row.segment): int(row.numerator) for row in rows}


def test_only_tickets_that_surely_belong_to_a_topic_in_use_count_and_time_on_its_day():
    used, waiting, gone = topic("Used"), topic("New", status="candidate"), topic("Old", status="retired")
    factories.member(1)
    factories.member(9, looks_automated=True)
    counted = factories.ticket(company_id=12, board_id=3)
    ticket_topic(counted, used.pk)
    for about, is_core in ((used, False), (waiting, True), (gone, True)):
        ticket_topic(factories.ticket(company_id=12), about.pk, is_core=is_core)
    ticket_topic(factories.ticket(company_id=12), None)
    factories.time_entry(counted, "2026-03-09 15:00", 25, member=1, company_id=99)
    factories.time_entry(counted, "2026-03-09 15:00", 5, member=9)
    compute(NOW)
    assert cells("topic_tickets") == {(DAY, str(used.pk)): 1}
    assert cells("topic_minutes") == {(date(2026, 3, 9), str(used.pk)): 25}
    assert KpiBreakdown.objects.get(metric="topic_minutes").company == 12
    (behind,) = drilldown(KPI, "topic_tickets", DAY, company=12, board=3, segment=str(used.pk))
    assert (behind.id, behind.numerator) == (counted.external_id, 1)
    (entry,) = drilldown(KPI, "topic_minutes", date(2026, 3, 9), segment=str(used.pk))
    assert (entry.thing, entry.numerator) == ("time entry", 25)


def test_a_merge_restates_the_days_of_its_tickets_and_says_why():
    factories.connection(last_success_at=NOW)
    kept, merged = topic("Kept"), topic("Merged")
    first, second = factories.ticket("2026-03-02 15:00"), factories.ticket("2026-03-04 15:00")
    ticket_topic(first, kept.pk)
    ticket_topic(second, merged.pk)
    compute(NOW)
    with tenant("south"):
        untouched = byte_image()
    merged.root, merged.status = kept, "merged"
    merged.save()
    mark_tickets(second.source_id, [second.external_id], Reason.TOPIC)
    assert not compute(NOW).is_full
    assert cells("topic_tickets") == {
        (DAY, str(kept.pk)): 1,
        (date(2026, 3, 4), str(kept.pk)): 1,
    }
    told = KpiRestatement.objects.filter(metric="topic_tickets")
    assert {(row.kpi_date, row.reasons) for row in told} == {(date(2026, 3, 4), "topic")}
    incremental = snapshot()
    compute(NOW, full=True)
    assert snapshot() == incremental
    with tenant("south"):
        assert byte_image() == untouched


def test_a_topic_has_a_name_in_the_readers_language_wherever_a_segment_is_one():
    number = topic("Forgotten passwords", name_fr="Mots de passe oubliés").pk
    by_id = (KPI, "topic_tickets", str(number))
    among_types = ("client_training", "training_share", f"topic:{number}")
    others = [("client_training", "training_share", str(number)), (KPI, "topic_tickets", "0")]
    assert segments.named([by_id, among_types, *others]) == {
        by_id: "Forgotten passwords",
        among_types: "Forgotten passwords",
        **{cell: cell[2] for cell in others},
    }
    with translation.override("fr"):
        assert segments.subjects([f"topic:{number}", "Printer", "topic:x"]) == {
            f"topic:{number}": "Mots de passe oubliés",
            "Printer": "Printer",
            "topic:x": "topic:x",
        }


def test_a_problem_recurs_by_its_topic_whatever_the_tickets_were_typed_as():
    about = topic("Forgotten passwords").pk
    for name in ("", "Account", "Mail", "Login"):
        ticket_topic(factories.ticket(company_id=12, board_id=3, type_name=name), about)
    compute(NOW)
    found = Finding.objects.get(kpi="sales_opportunities")
    assert found.identity == f"recurring:12:3:topic:{about}"
    assert found.title == "#12 opened 4 tickets about Forgotten passwords in 30 days"
    assert found.subject == "Forgotten passwords"


def test_a_person_who_asks_again_about_a_topic_repeats_it_whatever_the_tickets_were_typed_as():
    about, person = topic().pk, {"company_id": 12, "contact_id": 7}
    for day, name in (("2026-02-20", "Account"), ("2026-02-25", ""), ("2026-03-02", "Mail")):
        ticket_topic(factories.ticket(f"{day} 15:00", type_name=name, **person), about)
    compute(NOW)
    (need,) = KpiBreakdown.objects.filter(metric="training_tickets")
    assert (need.kpi_date, need.segment) == (DAY, "repeat")


def test_a_surge_names_the_topic_that_drives_it():
    about = topic("Mail server down").pk
    for back in range(1, 85):
        factories.ticket(NOW - timedelta(days=back))
    for number in range(60):
        ticket_topic(factories.ticket(f"2026-03-19 15:{number:02}", type_name=f"Type {number}"), about)
    compute(NOW)
    surge = Finding.objects.filter(kpi="ticket_trends", identity__startswith="tenant::2026-03-19").get()
    assert surge.title.endswith("mostly Mail server down")
    assert surge.evidence["drivers"]["topic"][0]["name"] == "Mail server down"
