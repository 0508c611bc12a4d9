from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kpis.base import Found
from kpis.compute import compute
from kpis.findings import refresh_findings
from kpis.models import Finding
from tests import factories
from tests.factories import at

NOW = at("2026-03-12 23:00")
Status = Finding.Status


@pytest.fixture
def flood(north) -> None:
    """Four tickets every day for ten weeks, and thirty on Tuesday, 10 March."""
    factories.company(12, "Northwood Dental")
    for number in range(70):
        for _ in range(3 + number % 3):
            factories.ticket(at("2026-01-02 15:00") + timedelta(days=number), company_id=12, board_id=3)
    for _ in range(26):
        factories.ticket("2026-03-10 16:00", company_id=12, board_id=3, type_name="Printer")
    compute(NOW)


def test_an_unusual_day_of_a_company_is_found_with_what_drove_it(flood):
    finding = Finding.objects.get(kpi="ticket_trends", company=12)
    assert finding.title == "Northwood Dental opened 30 tickets on 10 March, about 4 are usual"
    assert (finding.severity, finding.status, finding.last_seen) == ("high", Status.OPEN, date(2026, 3, 10))
    (kind,) = [driver for driver in finding.evidence["drivers"]["segment"] if driver["key"] == "Printer"]
    assert (kind["tickets"], kind["usual"]) == (26, 0)
    assert len(finding.evidence["ticket_ids"]) == 30
    assert Finding.objects.get(board=3).title.startswith("Board 3: 30 tickets were opened on 10 March")
    assert Finding.objects.filter(identity="tenant::2026-03-10", title__startswith="All clients").exists()


def test_it_is_over_when_the_days_after_were_as_usual(flood):
    compute(NOW + timedelta(days=1))
    finding = Finding.objects.get(company=12)
    assert (finding.status, finding.last_seen) == (Status.EXPIRED, date(2026, 3, 10))


def test_the_same_finding_goes_on_while_days_stay_unusual(flood):
    for _ in range(30):
        factories.ticket("2026-03-12 16:00", company_id=12, board_id=3)
    factories.mark_dirty("2026-03-12")
    compute(NOW + timedelta(hours=6))
    finding = Finding.objects.get(company=12)
    assert (finding.first_seen, finding.last_seen) == (date(2026, 3, 10), date(2026, 3, 12))
    assert "from 10 March to 12 March" in finding.title


def test_titles_speak_the_tenants_language(flood):
    factories.settings(language="fr")
    compute(NOW, full=True)
    assert "10 mars" in Finding.objects.get(company=12).title


def found(identity: str, **fields: Any) -> Found:
    day = date(2026, 3, 10)
    return replace(Found(identity, "T", "low", first_seen=day, last_seen=day), **fields)


@pytest.mark.parametrize(
    ("before", "again", "after"),
    [
        (Status.OPEN, {}, Status.OPEN),
        (Status.OPEN, {"is_over": True}, Status.EXPIRED),
        (Status.ACKNOWLEDGED, {}, Status.ACKNOWLEDGED),
        (Status.ACKNOWLEDGED, {"is_over": True}, Status.EXPIRED),
        (Status.DISMISSED, {}, Status.DISMISSED),
        (Status.DISMISSED, {"is_over": True}, Status.DISMISSED),
        (Status.ACTIONED, {}, Status.ACTIONED),
        (Status.EXPIRED, {}, Status.OPEN),
        (Status.OPEN, None, Status.EXPIRED),
        (Status.DISMISSED, None, Status.DISMISSED),
        (Status.ACTIONED, None, Status.ACTIONED),
    ],
)
def test_what_was_decided_stays_decided(north, before, again, after):
    refresh_findings("ticket_trends", [found("a")])
    Finding.objects.update(status=before)
    refresh_findings("ticket_trends", [] if again is None else [found("a", **again)])
    assert Finding.objects.get().status == after


def test_a_finding_keeps_the_day_it_was_first_seen(north):
    refresh_findings("ticket_trends", [found("a")])
    later = date(2026, 3, 12)
    refresh_findings("ticket_trends", [found("a", first_seen=later, last_seen=later, title="Now")])
    finding = Finding.objects.get()
    assert (finding.first_seen, finding.last_seen, finding.title) == (date(2026, 3, 10), later, "Now")


def test_another_kpis_findings_are_left_alone(north):
    refresh_findings("other", [found("a")])
    refresh_findings("ticket_trends", [])
    assert Finding.objects.get().status == Status.OPEN
