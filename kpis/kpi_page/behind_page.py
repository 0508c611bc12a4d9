"""What is behind a number: every thing that was counted, with its part of the number, which they add up to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from config.sites import tenant_site
from kpis.base import Kpi, Metric
from kpis.cards import number
from kpis.drilldown import Contribution, drilldown
from kpis.kpi_page.amounts import Amount, is_level, said, value
from kpis.kpi_page.asked import read_filters, read_page
from kpis.kpi_page.page import known
from kpis.kpi_page.segment_words import named_as
from kpis.kpi_page.spreadsheet import as_csv
from kpis.kpi_page.things import KINDS, Kind, Row
from kpis.period import Period
from tenants.models import TenantSettings

ROWS_A_PAGE = 50
AS_STORED = Decimal("0.01")  # cells keep no more of what is divided
CHUNK = 1000


@dataclass(frozen=True)
class Behind:
    """A number and its things, the largest parts first. `counted` is the metric whose things they are."""

    kpi: Kpi
    metric: Metric
    counted: Metric
    period: Period
    filters: dict[str, Any]
    things: list[Contribution]

    @property
    def kind(self) -> Kind:
        fact = next(fact for fact in self.kpi.facts if self.counted in fact.metrics)
        return KINDS[fact.thing]

    @property
    def number(self) -> str:
        """Of things that only count once in all, how many they are."""
        if self.counted.roll_up == "recomputed":
            return said(self.counted, len(self.things))
        found = value(self.counted, self._amount)
        return "–" if found is None else said(self.counted, found)

    @property
    def _amount(self) -> Amount:
        top = sum((one.numerator for one in self.things), Decimal(0)).quantize(AS_STORED, ROUND_HALF_UP)
        bottoms = [one.denominator for one in self.things if one.denominator is not None]
        return Amount(top, sum(bottoms, Decimal(0)) if bottoms else None, len(self.things), top, top)

    @property
    def part_title(self) -> str:
        return _("Minutes") if self.counted.unit == "minutes" and not self.is_ratio else _("Part")

    @property
    def parts(self) -> str:
        return plain(self._amount.numerator)

    @property
    def of(self) -> str:
        return plain(self._amount.denominator)

    @property
    def is_ratio(self) -> bool:
        return bool(self.counted.denominator)

    @property
    def is_level(self) -> bool:
        return is_level(self.counted) and not self.metric.frame_days

    @property
    def about(self) -> list[str]:
        return [named_as(self.kpi, self.metric, name, key) for name, key in self.filters.items()]

    def rows(self, things: Sequence[Contribution]) -> Iterator[tuple[Contribution, Row]]:
        found = self.kind.rows([one.id for one in things])
        return ((one, found.get(one.id, Row((f"#{one.id}",)))) for one in things)


def behind_page(request: HttpRequest, slug: str, metric: str) -> HttpResponse:
    kpi, problems = known(request, slug), list[str]()
    asked = _metric(kpi, metric)
    found = look(request, kpi, asked, problems)
    context: dict[str, Any] = {"title": asked.name, "kpi": kpi, "metric": asked, "problems": problems}
    if found:
        context |= _shown(request, found, problems)
    context = tenant_site.each_context(request) | context
    return TemplateResponse(request, "kpis/kpi/behind.html", context, status=200 if found else 400)


def behind_csv(request: HttpRequest, slug: str, metric: str) -> HttpResponseBase:
    kpi, problems = known(request, slug), list[str]()
    found = look(request, kpi, _metric(kpi, metric), problems)
    if found is None:
        return HttpResponse(" ".join(problems), status=400, content_type="text/plain; charset=utf-8")
    return as_csv(_lines(found), f"{kpi.slug}-{metric}-{found.period.since}-{found.period.last_day}")


def look(request: HttpRequest, kpi: Kpi, metric: Metric, problems: list[str]) -> Behind | None:
    """None where the address does not say of which number. Whose work it was is asked only where people are named."""
    period = Period.asked_for(request)
    if "technician" in request.GET and not TenantSettings.load().names_technicians:
        problems.append(_("Your settings don't name technicians, so nothing can be looked up by person."))
        return None
    filters: dict[str, Any] = dict(read_filters(request, problems))
    if period.problem:
        problems.append(period.problem)
    if "segment" in request.GET:
        filters["segment"] = request.GET["segment"].replace("\0", "")
    if problems:
        return None
    things = drilldown(kpi.slug, metric.slug, period.since, period.until, **filters)
    things.sort(key=lambda one: (-one.numerator, str(one.id)))
    counted = kpi.metric(metric.explained_by) if metric.explained_by else metric
    return Behind(kpi, metric, counted, period, filters, things)


def _metric(kpi: Kpi, slug: str) -> Metric:
    found = next((metric for metric in kpi.metrics if metric.slug == slug), None)
    if found is None:
        raise Http404
    return found


def _shown(request: HttpRequest, found: Behind, problems: list[str]) -> dict[str, Any]:
    pages = max(1, -(-len(found.things) // ROWS_A_PAGE))
    page = min(read_page(request.GET.get("page", ""), problems), pages)
    first = (page - 1) * ROWS_A_PAGE
    rows = found.rows(found.things[first : first + ROWS_A_PAGE])
    asked = request.GET.copy()
    asked.pop("page", None)
    query = asked.urlencode()
    return {
        "behind": found,
        "rows": [(row, plain(one.numerator), plain(one.denominator)) for one, row in rows],
        "page": page,
        "pages": pages,
        "before": f"?{query}&page={page - 1}" if page > 1 else "",
        "after": f"?{query}&page={page + 1}" if page < pages else "",
        "query": query,
    }


def _lines(found: Behind) -> Iterator[list[Any]]:
    ends = [found.part_title, *([_("Of")] if found.is_ratio else [])]
    yield [_("Id"), *found.kind.titles(), *ends, _("At the vendor")]
    for start in range(0, len(found.things), CHUNK):
        for one, row in found.rows(found.things[start : start + CHUNK]):
            parts = [one.numerator, *([one.denominator] if found.is_ratio else [])]
            yield [one.id, *row.cells, *parts, row.at_vendor.url if row.at_vendor else ""]


def plain(part: Decimal | None) -> str:
    """With as many decimals as it needs."""
    return "" if part is None else number(part, 0 if part == part.to_integral_value() else 1)
