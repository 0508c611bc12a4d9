"""Findings of KPI 02: clients of which many tickets, or credibly more than of others, ask for help, not repair."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _
from scipy import special

from connectors.models import RawTicket
from kpis import lexicon, names
from kpis.base import Found
from kpis.facts.training_needs import TRAINING_NEEDS
from kpis.holding import GRACE_DAYS, Held, grouped, rows_of, some
from kpis.segments import subjects
from tenants.models import TenantSettings

MANY, SEVERAL = 5, 3
PRIOR_TICKETS = 20  # that the other clients' share counts for
DOUBT = 0.05
MAX_NAMED = 5
CENT = Decimal("0.01")

TICKETS = """
SELECT id, kpi_date, company, segment, needs, minutes, is_need, opened
FROM training_needs
WHERE labelled IS NULL
"""


class Ticket(NamedTuple):
    """As the fact has it: once by its subject, and as a need once more by its class."""

    id: int
    day: date
    company: int | None
    segment: str
    need: int | None
    minutes: Decimal | None
    is_need: int | None
    opened: int | None


class Standing(NamedTuple):
    """How a client stands on a day: by number alone, and against the others' share."""

    needs: int
    tickets: int
    is_above: bool

    @property
    def is_found(self) -> bool:
        return self.needs >= MANY or (self.needs >= SEVERAL and self.is_above)

    @property
    def severity(self) -> Literal["high", "medium", "low"]:
        if self.needs < MANY:
            return "low"
        return "high" if self.is_above else "medium"


def find(today: date) -> Iterator[Found]:
    settings = TenantSettings.load()
    tickets = [Ticket(*row) for row in rows_of(TRAINING_NEEDS, TICKETS, today)]
    of_clients = grouped((one.company, one) for one in tickets if one.company is not None)
    clients = names.companies(of_clients)
    days = [today - timedelta(days=back) for back in range(GRACE_DAYS, -1, -1)]
    standings = {day: _standings(of_clients, day) for day in days}
    with translation.override(settings.language):
        for company, own in of_clients.items():
            held = [day for day in days if standings[day][company].is_found]
            if held:
                when, standing = Held(held[0], held[-1]), standings[held[-1]][company]
                name = clients.get(company) or f"#{company}"
                in_frame = _named([one for one in own if when.covers(one.day)])
                yield _found(company, name, when, standing, in_frame, settings.loaded_hourly_cost)


def _named(tickets: list[Ticket]) -> list[Ticket]:
    """With what they are about in words; classes of needs stay words of code."""
    known = subjects(one.segment for one in tickets if not one.need)
    return [one if one.need else one._replace(segment=known[one.segment]) for one in tickets]


def _standings(of_clients: Mapping[int, Iterable[Ticket]], day: date) -> dict[int, Standing]:
    frame = Held(day, day)
    counts = {
        company: (
            sum(one.is_need or 0 for one in tickets if frame.covers(one.day)),
            sum(one.opened or 0 for one in tickets if frame.covers(one.day)),
        )
        for company, tickets in of_clients.items()
    }
    all_needs, all_tickets = (
        (sum(parts) for parts in zip(*counts.values(), strict=True)) if counts else (0, 0)
    )
    return {
        company: Standing(needs, tickets, is_above(needs, tickets, all_needs - needs, all_tickets - tickets))
        for company, (needs, tickets) in counts.items()
    }


def is_above(needs: int, tickets: int, others_needs: int, others_tickets: int) -> bool:
    """Whether a share is credibly above that of the others."""
    if needs < SEVERAL:
        return False
    usual = (others_needs + 0.5) / (others_tickets + 1)
    least = special.betaincinv(
        PRIOR_TICKETS * usual + needs, PRIOR_TICKETS * (1 - usual) + tickets - needs, DOUBT
    )
    return bool(least > usual)


def _found(
    company: int, name: str, when: Held, standing: Standing, tickets: list[Ticket], hourly_cost: Decimal
) -> Found:
    minutes = sum((one.minutes or Decimal(0) for one in tickets), Decimal(0))
    subjects = Counter(one.segment for one in tickets if one.is_need and one.segment)
    subject = _most(subjects)[0][0] if subjects else ""
    words = {"k": standing.needs, "client": name, "subject": subject}
    if subject:
        title = _(
            "%(k)s tickets of %(client)s in 30 days asked for help rather than repair, mostly about %(subject)s"
        )
    else:
        title = _("%(k)s tickets of %(client)s in 30 days asked for help rather than repair")
    return Found(
        identity=f"training:{company}",
        title=(title % words)[:300],
        severity=standing.severity,
        company=company,
        subject=subject,
        weight=Decimal(standing.needs),
        first_seen=when.first,
        last_seen=when.last,
        minutes_at_stake=minutes,
        money_at_stake=(minutes / 60 * hourly_cost).quantize(CENT),
        evidence={"of_tickets": standing.tickets, "subjects": dict(_most(subjects)), **_evidence(tickets)},
    )


def _evidence(tickets: Iterable[Ticket]) -> dict[str, Any]:
    needs = {one.id: one.segment for one in tickets if one.need}
    raw = RawTicket.objects.filter(external_id__in=needs, record_type="ServiceTicket")
    texts = list(raw.values_list("summary", "contact_name"))
    entries = lexicon.active()
    verdicts = (lexicon.judge(summary, entries) for summary, _contact in texts)
    return {
        "ticket_ids": some(needs),
        "classes": dict(_most(Counter(needs.values()))),
        "phrases": dict(_most(Counter(one.phrase for one in verdicts if one))),
        "contacts": dict(_most(Counter(contact for _summary, contact in texts if contact))),
    }


def _most(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:MAX_NAMED]
