"""Findings of KPI 05: clients for whom work goes on after their agreement, and agreements that are overused."""

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from connectors.models import RawAgreement
from kpis import names
from kpis.base import Found
from kpis.calendar import local_day
from kpis.holding import Held, grouped, held
from kpis.outside_work import Total, Work, work_outside
from tenants.models import TenantSettings

MANY_TICKETS, MANY_MINUTES = 6, 300
MUCH_OVER = Decimal("0.25")
MINUTES_STEP = 60


def find(today: date) -> Iterator[Found]:
    with translation.override(TenantSettings.load().language):
        work = work_outside(today)
        yield from _after_the_end([one for one in work if one.reason == "EXPIRED"], today)
        yield from _over_the_limit([one for one in work if one.reason == "OVER_LIMIT"], today)


def _after_the_end(work: list[Work], today: date) -> Iterator[Found]:
    by_company = grouped((one.company, one) for one in work if one.company is not None)
    known = names.Names(names.companies(by_company), {}, {})
    for company, of_company in by_company.items():
        if when := _held(of_company, today):
            total = Total(one for one in of_company if when.covers(one.day))
            terms = _terms(total.agreements)
            words = {"client": known.company(company), "n": total.ticket_count}
            yield _found(
                f"expired:{company}",
                _after_title(words, terms),
                total.ticket_count >= MANY_TICKETS or total.minutes >= MANY_MINUTES,
                when,
                total,
                company,
                terms,
            )


def _after_title(words: dict[str, Any], terms: list[dict[str, Any]]) -> str:
    ends = [day for term in terms if (day := term["ended_on"])]
    if not ends:
        return _("Work for %(client)s goes on after its agreement ended: %(n)s tickets") % words
    day = date_format(date.fromisoformat(max(ends)))
    return _("Work for %(client)s goes on after its agreement ended on %(day)s: %(n)s tickets") % {
        **words,
        "day": day,
    }


def _over_the_limit(work: list[Work], today: date) -> Iterator[Found]:
    by_agreement = grouped((one.agreement, one) for one in work if one.agreement is not None)
    agreements = {one.external_id: one for one in RawAgreement.objects.filter(external_id__in=by_agreement)}
    companies = names.companies(agreement.company_id for agreement in agreements.values())
    known = names.Names(companies, {}, {})
    for number, of_agreement in by_agreement.items():
        if when := _held(of_agreement, today):
            total, agreement = Total(one for one in of_agreement if when.covers(one.day)), agreements[number]
            title = _("%(client)s is %(hours)s hours over %(agreement)s in 30 days") % {
                "client": known.company(agreement.company_id),
                "hours": f"{total.minutes / 60:.1f}",
                "agreement": agreement.name,
            }
            is_much = _is_much(agreement, total)
            terms = _terms([number])
            yield _found(f"over:{number}", title, is_much, when, total, agreement.company_id, terms)


def _is_much(agreement: RawAgreement, total: Total) -> bool:
    """Beyond a quarter of the limit, in what it counts; a limit of one kind of work alone is never much."""
    used = {"Hours": total.minutes / 60, "Amount": total.value, "Incidents": Decimal(total.ticket_count)}
    is_limited = agreement.limit_amount and agreement.limit_units in used and not agreement.is_unlimited
    return bool(is_limited) and used[agreement.limit_units] >= MUCH_OVER * (agreement.limit_amount or 0)


def _held(work: list[Work], today: date) -> Held | None:
    return held(((one.day, one.minutes) for one in work), today, beyond=0)


def _found(
    identity: str,
    title: str,
    is_much: bool,
    when: Held,
    total: Total,
    company: int | None,
    terms: list[dict[str, Any]],
) -> Found:
    return Found(
        identity=identity,
        title=title[:300],
        severity="high" if is_much else "medium",
        first_seen=when.first,
        last_seen=when.last,
        company=company,
        minutes_at_stake=total.minutes,
        money_at_stake=total.value,
        weight=total.minutes,
        weight_step=MINUTES_STEP,
        evidence={**total.evidence(), "agreements": terms},
    )


def _terms(ids: Iterable[int]) -> list[dict[str, Any]]:
    """The agreements with the days between which they held."""
    agreements = RawAgreement.objects.filter(external_id__in=ids)
    parents = RawAgreement.objects.filter(
        Q(external_id__in=[one.parent_agreement_id for one in agreements if one.parent_agreement_id])
    )
    by_id = {one.external_id: one for one in parents}
    return [
        {
            "id": one.external_id,
            "name": one.name,
            "starts_on": str(one.starts_on) if one.starts_on else None,
            "ended_on": _ended_on(one, by_id.get(one.parent_agreement_id or 0)),
        }
        for one in agreements
    ]


def _ended_on(*agreements: RawAgreement | None) -> str | None:
    """The earliest end of an agreement and its parent, where a day is known."""
    zone = TenantSettings.load().zone
    days = [
        day
        for one in agreements
        if one
        for day in (
            one.ends_on,
            one.cancelled_on if one.is_cancelled else None,
            local_day(one.deleted_at, zone) if one.deleted_at else None,
        )
        if day
    ]
    return str(min(days)) if days else None
