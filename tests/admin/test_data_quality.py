"""The page of what to fix, and the mark beside a number that is to be read with care."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kpis.compute import compute
from kpis.models import KpiBreakdown
from tenants.context import tenant
from tests import factories

PAGE = "/admin/data-quality/"


@pytest.fixture
def computed(sign_in):
    """A manager's client, once the figures are the engine's own."""
    for schema in ("north", "south"):
        with tenant(schema):
            compute()
    return sign_in("manager")


def test_every_line_leads_to_as_many_rows_as_it_says(computed):
    lines = {line.check: line for line in computed.get(PAGE).context["lines"]}
    assert {"no_type", "no_agreement", "unmapped_alert", "derived_severity", "skipped_record"} <= lines.keys()
    for check in ("no_type", "no_agreement", "unmapped_alert", "derived_severity"):
        rows = computed.get(lines[check].url).context["cl"].queryset
        assert rows.count() == lines[check].count


def test_the_page_is_the_own_tenants_and_in_the_readers_language(computed):
    text = computed.get(PAGE, HTTP_ACCEPT_LANGUAGE="fr").content.decode()
    assert "À corriger à la source" in text
    assert "Tickets sans type" in text
    assert "north-marker board" in text
    assert "south-marker" not in text


def test_an_unnamed_technician_is_not_named(computed):
    with tenant("north"):
        factories.settings(privacy_mode="pseudonymous")
        factories.time_entry(None, timezone.now(), minutes=2000, member=11)
        compute(full=True)
    text = computed.get(PAGE).content.decode()
    assert "Ada" not in text
    assert "Technician " in text


def test_the_dashboard_leads_there(computed):
    assert PAGE in computed.get("/admin/").content.decode()


def test_how_far_rules_and_the_language_model_agree_is_shown_where_both_have_spoken(sign_in):
    client, day = sign_in("manager"), timezone.localdate() - timedelta(days=1)
    assert 'id="labels"' not in client.get(PAGE).content.decode()
    for schema, disagreeing in (("north", 5), ("south", 500)):
        with tenant(schema):
            for segment, tickets in (("yes:yes", 20), ("yes:no", disagreeing), ("no:yes", 10), ("no:no", 15)):
                fields = {"kpi": "client_training", "metric": "training_labels", "kpi_date": day}
                KpiBreakdown.objects.create(segment=segment, numerator=tickets, **fields)
    page = client.get(PAGE, HTTP_ACCEPT_LANGUAGE="fr")
    ((_name, agreement),) = page.context["agreements"]
    assert (agreement.tickets, agreement.percent, agreement.kappa) == (50, 70, 0.4)
    assert "Kappa de Cohen" in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "grade"), [(0, None), (10, "medium"), (30, "low")], ids=["well", "some", "many"]
)
def test_a_number_to_be_read_with_care_is_marked_with_the_reasons(sign_in, wrong, grade):
    client = sign_in("manager")
    with tenant("north"):
        day = timezone.localdate() - timedelta(days=1)
        KpiBreakdown.objects.create(
            kpi="trust", metric="no_type", kpi_date=day, numerator=wrong, denominator=100
        )
    page = client.get("/admin/")
    trusts = {card.label: card.trust for card in page.context["cards"]}
    assert (trusts["New tickets"] and trusts["New tickets"].grade) == grade
    assert trusts["Client satisfaction"] is None
    marked = f"Tickets without a type: {wrong} of 100 ({wrong}.0 %)" in page.content.decode()
    assert marked == bool(grade)
    assert ('aria-describedby="doubt-1"' in page.content.decode()) == bool(grade)
