"""KPI 02: which tickets are training needs, and which clients stand out by them."""

from datetime import date, timedelta

import pytest

from kpis.compute import compute
from kpis.drilldown import drilldown
from kpis.models import Finding, KpiBreakdown, KpiDaily, TrainingPhrase
from kpis.training_findings import is_above
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.snapshots import snapshot

NOW = at("2026-03-20 15:00")
PERSON = {"company_id": 12, "contact_id": 7, "type_name": "E-mail"}


@pytest.fixture(autouse=True)
def another_tenant(north) -> None:
    with tenant("south"):
        TrainingPhrase.objects.create(kind="negative", phrase="outlook")
        for _ in range(9):
            factories.ticket(summary="How do I print?", company_id=12, contact_id=7, type_name="E-mail")


def classes() -> dict[tuple[date, str], int]:
    cells = KpiBreakdown.objects.filter(metric="training_tickets")
    return {(cell.kpi_date, cell.segment): int(cell.numerator) for cell in cells}


def test_the_third_ticket_of_a_person_on_a_subject_within_30_days_is_a_need():
    for day in ("2026-02-01", "2026-02-20", "2026-03-02"):
        factories.ticket(f"{day} 15:00", **PERSON)
    factories.ticket("2026-03-03 15:00", **PERSON | {"type_name": "Phone"})
    factories.ticket("2026-03-03 15:00", **PERSON | {"contact_id": 8})
    factories.ticket("2026-03-03 15:00", **PERSON | {"sub_type_name": "Signature"})
    compute(NOW)
    assert classes() == {(date(2026, 3, 2), "repeat"): 1}


def test_the_30_days_are_local_days_and_begin_with_the_29th_before():
    factories.ticket("2026-02-01 04:59", **PERSON)  # the last minute of January in Toronto
    factories.ticket("2026-02-02 15:00", **PERSON)
    factories.ticket("2026-03-02 15:00", **PERSON)
    compute(NOW)
    assert classes() == {}


def test_tickets_of_nobody_in_particular_or_without_a_type_do_not_repeat():
    for _ in range(3):
        factories.ticket(**PERSON | {"contact_id": None})
        factories.ticket(**PERSON | {"type_name": "", "sub_type_name": "Signature"})
        factories.ticket(**PERSON | {"company_id": None})
    compute(NOW)
    assert classes() == {}


def test_a_ticket_that_leaves_takes_the_repeat_of_a_later_day_with_it():
    first = factories.ticket("2026-02-10 15:00", **PERSON)
    for day in ("2026-02-20", "2026-03-02"):
        factories.ticket(f"{day} 15:00", **PERSON)
    compute(NOW)
    assert KpiDaily.objects.get(kpi_date="2026-03-02").client_training_tickets == 1
    factories.ticket("2026-02-01 15:00", company_id=99)
    first.deleted_at = NOW
    first.save()
    factories.mark_dirty("2026-02-10")
    assert not compute(NOW).is_full
    assert KpiDaily.objects.get(kpi_date="2026-03-02").client_training_tickets == 0


def test_phrases_of_the_msp_restate_the_past():
    factories.ticket(summary="Écran noir au démarrage", company_id=12)
    factories.ticket(summary="How do I print?", company_id=12)
    compute(NOW)
    assert classes() == {(date(2026, 3, 2), "how_to"): 1}
    TrainingPhrase.objects.create(kind="user_error", phrase="ecran noir")
    TrainingPhrase.objects.create(kind="how_to", phrase="how do i", is_on=False)
    assert compute(NOW).is_full
    assert classes() == {(date(2026, 3, 2), "user_error"): 1}


def test_minutes_of_people_count_on_the_day_the_ticket_was_opened():
    factories.member(1)
    factories.member(9, looks_automated=True)
    needed = factories.ticket(summary="How do I print?", company_id=12)
    factories.time_entry(needed, "2026-03-09 15:00", 25, member=1)
    factories.time_entry(needed, minutes=5, member=9)
    factories.time_entry(needed, minutes=3)
    compute(NOW)
    cell = KpiBreakdown.objects.get(metric="training_minutes")
    assert (cell.kpi_date, cell.numerator) == (date(2026, 3, 2), 25)
    behind = drilldown("client_training", "training_minutes", cell.kpi_date, segment="how_to")
    assert [(one.id, one.numerator) for one in behind] == [(needed.external_id, 25)]


def client_with(needs: int, others: int, company: int = 12, **fields) -> None:
    for number in range(needs + others):
        asked = "How do I print?" if number < needs else "Printer on fire"
        moment = NOW - timedelta(days=22 - number % 20)
        factories.ticket(moment, summary=asked, company_id=company, **{"type_name": "Printer"} | fields)


@pytest.mark.parametrize(
    ("needs", "others", "severity"),
    [(2, 0, None), (3, 90, None), (4, 0, "low"), (5, 95, "medium"), (6, 6, "high")],
)
def test_a_client_stands_out_by_five_needs_or_by_a_share_above_the_others(needs, others, severity):
    for other in (13, 14, 15, 16):
        client_with(2, 23, company=other)
    client_with(needs, others)
    compute(NOW)
    found = Finding.objects.filter(kpi="client_training")
    assert list(found.values_list("identity", "severity")) == (
        [("training:12", severity)] if severity else []
    )


def test_a_finding_says_what_about_by_whom_and_how_it_is_known():
    factories.company(12, "Northwood Dental")
    factories.member(1)
    client_with(6, 1, contact_id=7, contact_name="Ada Novak")
    client_with(0, 10, company=13)
    compute(NOW)
    found = Finding.objects.get(kpi="client_training")
    assert found.title == (
        "7 tickets of Northwood Dental in 30 days asked for help rather than repair, mostly about Printer"
    )
    assert found.evidence["classes"] == {"how_to": 6, "repeat": 1}
    assert found.evidence["phrases"] == {"how do i": 6}
    assert found.evidence["contacts"] == {"Ada Novak": 7}


def test_a_share_is_only_above_others_when_chance_hardly_explains_it():
    assert is_above(5, 10, 10, 200)
    assert not is_above(5, 80, 10, 200)
    assert not is_above(2, 2, 0, 200)
    assert not is_above(3, 3, 0, 0)


def test_days_without_needs_have_none_rather_than_nothing():
    factories.ticket("2026-03-02 15:00")
    compute(NOW)
    assert set(KpiDaily.objects.values_list("client_training_tickets", flat=True)) == {0}
    daily, cells = snapshot()
    compute(NOW, full=True)
    assert (daily, cells) == snapshot()
