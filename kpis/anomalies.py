"""Findings of KPI 11: stretches of days on which the tenant, a company or a board had unusually many or few tickets."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kpis.base import Found
from kpis.evidence import Evidence, Kind, gather, name_of
from kpis.models import KpiBreakdown, KpiDaily
from tenants.models import TenantSettings

KPI = "ticket_trends"
REPORTED_DAYS = 14
LOOK_BACK_DAYS = 90
LONGEST_GAP_DAYS = 2
LONGEST_TITLE = 300
HIGH_SCORE, MEDIUM_SCORE = 6, 4

Series = tuple[Kind, int | None]


@dataclass(frozen=True)
class Stretch:
    """Days of many, or of few tickets in one series with at most one other day between two, and their scores."""

    kind: Kind
    key: int | None
    scores: dict[date, float]

    @property
    def days(self) -> list[date]:
        return sorted(self.scores)


def find(today: date) -> Iterator[Found]:
    settings = TenantSettings.load()
    with translation.override(settings.language):
        for stretch in _stretches(today, settings):
            if stretch.days[-1] >= today - timedelta(days=REPORTED_DAYS):
                yield _found(stretch, today)


def _stretches(today: date, settings: TenantSettings) -> Iterator[Stretch]:
    flagged: dict[tuple[Series, bool], dict[date, float]] = defaultdict(dict)
    for series, day, score in [*_tenant_days(today, settings), *_series_days(today)]:
        flagged[series, score > 0][day] = score
    for ((kind, key), _is_many), scores in flagged.items():
        for days in _runs(sorted(scores)):
            yield Stretch(kind, key, {day: scores[day] for day in days})


def _runs(days: list[date]) -> Iterator[list[date]]:
    run = days[:1]
    for day in days[1:]:
        if (day - run[-1]).days > LONGEST_GAP_DAYS:
            yield run
            run = []
        run.append(day)
    yield run


def _tenant_days(today: date, settings: TenantSettings) -> Iterable[tuple[Series, date, float]]:
    is_seasonal = settings.anomaly_rule == TenantSettings.AnomalyRule.SEASONAL
    score = "ticket_seasonal_score" if is_seasonal else "ticket_zscore"
    days = KpiDaily.objects.filter(
        anomaly_detected=True, kpi_date__gte=today - timedelta(days=LOOK_BACK_DAYS)
    )
    return [(("tenant", None), day, float(value)) for day, value in days.values_list("kpi_date", score)]


def _series_days(today: date) -> Iterator[tuple[Series, date, float]]:
    rows = KpiBreakdown.objects.filter(kpi=KPI, kpi_date__gte=today - timedelta(days=LOOK_BACK_DAYS))
    columns = ("segment", "company", "board", "kpi_date")
    flagged = set(rows.filter(metric="anomaly").values_list(*columns))
    days = {day for *_, day in flagged}
    scores = rows.filter(metric="seasonal_score", kpi_date__in=days).values_list(*columns, "numerator")
    for kind, company, board, day, score in scores:
        if (kind, company, board, day) in flagged:
            yield (kind, company or board), day, float(score)


def _found(stretch: Stretch, today: date) -> Found:
    days = stretch.days
    evidence = gather(stretch.kind, stretch.key, days)
    extreme = max(abs(score) for score in stretch.scores.values())
    over_on = days[-1] + timedelta(days=LONGEST_GAP_DAYS + 1)
    is_over = today >= over_on
    told = {"scores": {str(day): stretch.scores[day] for day in days}, **asdict(evidence)}
    return Found(
        identity=f"{stretch.kind}:{stretch.key or ''}:{days[0]}",
        title=_title(stretch, evidence, is_over=is_over)[:LONGEST_TITLE],
        severity="high" if extreme >= HIGH_SCORE else "medium" if extreme >= MEDIUM_SCORE else "low",
        company=stretch.key if stretch.kind == "company" else None,
        board=stretch.key if stretch.kind == "board" else None,
        subject=evidence.main_driver.name if evidence.main_driver else "",
        weight=round(Decimal(10 * extreme), 2),
        first_seen=days[0],
        last_seen=days[-1],
        is_over=is_over,
        evidence=told | ({"over_on": str(over_on)} if is_over else {}),
    )


def _title(stretch: Stretch, evidence: Evidence, *, is_over: bool) -> str:
    words = {
        "name": name_of(stretch.kind, stretch.key),
        "count": evidence.tickets,
        "usual": f"{evidence.usual:g}",
        "when": _when(stretch.days, is_over=is_over),
        "driver": evidence.main_driver.name if evidence.main_driver else "",
    }
    return (_sentence(stretch.kind) % words) + (_(", mostly %(driver)s") % words if words["driver"] else "")


def _sentence(kind: Kind) -> str:
    if kind == "company":
        return _("%(name)s opened %(count)s tickets %(when)s, about %(usual)s are usual")
    return _("%(name)s: %(count)s tickets were opened %(when)s, about %(usual)s are usual")


def _when(days: list[date], *, is_over: bool) -> str:
    first, last = (date_format(day, _("j F")) for day in (days[0], days[-1]))
    if first == last:
        return _("on %s") % first
    words = {"first": first, "last": last}
    return (_("from %(first)s until %(last)s") if is_over else _("from %(first)s to %(last)s")) % words
