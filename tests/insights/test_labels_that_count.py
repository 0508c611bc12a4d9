"""Whose word counts about training needs and sales opportunities, and how far rule and language model agree."""

import pytest

from kpis.compute import compute
from kpis.labels import Agreement, agreement, compared
from kpis.models import Finding, KpiBreakdown, KpiRestatement
from tenants.context import tenant
from tests import factories
from tests.factories import at
from tests.kpis.topics_at_desk import ticket_topic, topic, topic_label

NOW = at("2026-03-20 15:00")


@pytest.fixture(autouse=True)
def another_tenant(north) -> None:
    with tenant("south"):
        factories.settings(labels_from="llm")
        topic_label(topic().pk, "training_need", "llm", "yes")


def labelled(kind: str, rule: str, model: str) -> int:
    number = topic().pk
    topic_label(number, kind, "rule", rule)
    topic_label(number, kind, "llm", model)
    return number


def needs() -> dict[str, int]:
    cells = KpiBreakdown.objects.filter(metric="training_tickets")
    return {cell.segment: int(cell.numerator) for cell in cells}


def test_the_setting_says_whose_word_on_training_counts_and_both_stay_visible():
    yes, no = labelled("training_need", "no", "yes"), labelled("training_need", "no", "no")
    for about in (yes, no, None):
        for summary in ("How do I print?", "Printer on fire"):
            ticket_topic(factories.ticket(summary=summary, company_id=12), about)
    compute(NOW)
    assert needs() == {"how_to": 3}
    factories.settings(labels_from="llm")
    compute(NOW)
    assert needs() == {"how_to": 2, "model": 1}
    pairs = KpiBreakdown.objects.filter(metric="training_labels").values_list("segment", "numerator")
    assert dict(pairs) == {"yes:yes": 1, "no:yes": 1, "yes:no": 1, "no:no": 1}
    assert agreement("client_training", NOW.date().replace(day=1), NOW.date()) == Agreement(4, 2, 0.0)


def test_a_topic_that_sells_nothing_by_the_model_is_no_opportunity_and_others_say_what_to_offer():
    nothing, licence = (
        labelled("sales_signal", "project", "none"),
        labelled("sales_signal", "none", "licence"),
    )
    for about in (nothing, licence):
        for _ in range(4):
            ticket_topic(factories.ticket(company_id=12, board_id=3), about)
    compute(NOW)
    open_ones = Finding.objects.filter(kpi="sales_opportunities", status="open")
    assert open_ones.count() == 2
    factories.settings(labels_from="llm")
    compute(NOW)
    found = open_ones.get()
    assert found.identity == f"recurring:12:3:topic:{licence}"
    assert found.evidence["sell"] == "Other or more licences"
    assert found.evidence["labels"] == {"Rule": "Nothing", "Language model": "Other or more licences"}


def test_a_new_label_restates_the_past_because_of_its_topic():
    factories.connection(last_success_at=NOW)
    factories.settings(labels_from="llm")
    about = topic().pk
    ticket_topic(factories.ticket(company_id=12), about)
    compute(NOW)
    assert needs() == {}
    topic_label(about, "training_need", "llm", "yes")
    compute(NOW)
    assert needs() == {"model": 1}
    assert set(KpiRestatement.objects.values_list("reasons", flat=True)) == {"topic"}


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([], None),
        ([("yes", "yes", 5)], Agreement(5, 5, None)),
        ([("yes", "yes", 20), ("yes", "no", 5), ("no", "yes", 10), ("no", "no", 15)], Agreement(50, 35, 0.4)),
        ([("yes", "no", 5), ("no", "yes", 5)], Agreement(10, 0, -1.0)),
        (
            [("none", "none", 6), ("licence", "project", 2), ("project", "project", 2)],
            Agreement(10, 8, 9 / 14),
        ),
    ],
)
def test_agreement_is_told_from_chance(pairs, expected):
    found = compared(pairs)
    if found is None or found.kappa is None or expected is None:
        assert found == expected
    else:
        assert (found.tickets, found.agreeing) == (expected.tickets, expected.agreeing)
        assert found.kappa == pytest.approx(expected.kappa)
