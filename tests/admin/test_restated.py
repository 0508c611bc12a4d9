"""What the page of a day tells of figures that changed after the day was over."""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format

from kpis.models import KpiDaily, KpiRestatement
from tenants.context import tenant


def restate(metric: str, ago: int, days_later: int, reasons: str, was=None, now=None) -> KpiDaily:
    day = KpiDaily.objects.get(kpi_date=timezone.localdate() - timedelta(days=ago))
    KpiRestatement.objects.create(
        kpi="ticket_trends",
        metric=metric,
        is_daily=True,
        kpi_date=day.kpi_date,
        was_numerator=was,
        now_numerator=now,
        reasons=reasons,
        restated_at=timezone.now() + timedelta(days=days_later - ago),
    )
    return day


def page_of(client, day) -> str:
    return client.get(f"/admin/kpis/kpidaily/{day.pk}/change/").content.decode()


def test_a_day_tells_what_was_what_is_when_and_why(sign_in):
    with tenant("north"):
        day = restate("new_tickets", 3, 1, "arrival deletion", was=17, now=21)
        restate("csat_avg", 3, 2, "reopening", was="4.5000", now=None)
    text = page_of(sign_in("manager"), day)
    for words in ("New tickets", ">17<", ">21<", "Deleted at the vendor, Arrived late", ">4.5<", ">–<"):
        assert words in text
    assert "after it was final" not in text


def test_what_follows_from_other_days_leads_to_them(sign_in):
    with tenant("north"):
        cause = restate("new_tickets", 5, 4, "arrival", was=1, now=2)
        day = restate("backlog_open", 3, 2, "follows", was=1, now=2)
        KpiRestatement.objects.update(restated_at=timezone.now())
    text = page_of(sign_in("manager"), day)
    assert f"Follows from another day ({date_format(cause.kpi_date)})" in text


def test_changes_of_final_days_are_marked(sign_in):
    with tenant("north"):
        day = restate("new_tickets", 4, 40, "change", was=1, now=2)
    assert "after it was final" in page_of(sign_in("manager"), day)


def test_what_changed_within_a_days_breakdown_alone_is_told_by_its_reason(sign_in):
    with tenant("north"):
        day = restate("handled", 3, 1, "dispute", was=1, now=0)
        KpiRestatement.objects.update(is_daily=False, technician=11, kpi="tech_efficiency")
    text = page_of(sign_in("manager"), day)
    assert "A technician&#x27;s dispute was decided: 1 figure " in text
    assert "as they were first known" not in text


def test_without_any_it_says_so_and_other_tenants_have_theirs(sign_in):
    with tenant("south"):
        restate("new_tickets", 3, 1, "arrival", was=17, now=21)
    with tenant("north"):
        day = KpiDaily.objects.latest("kpi_date")
    assert "Nothing: the figures are as they were first known." in page_of(sign_in("manager"), day)
