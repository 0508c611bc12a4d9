"""Where the numbers of a client's page lead: to the rows of this client that are behind them."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from kpis.behind import behind
from kpis.kpi_page.links import behind_metric
from kpis.period import Period


@dataclass(frozen=True)
class Ways:
    company: int
    period: Period

    def behind(self, figure: str, **more: object) -> str:
        return behind(figure, self.period.since, self.period.until, company_id=self.company, **more)

    def on(self, figure: str, day: date, until: date | None = None) -> str:
        return behind(figure, day, until, company_id=self.company)

    def parts(self, kpi: str, metric: str, segment: str) -> str:
        """The things behind a part of a figure, such as one type of work."""
        days = self.period.since, self.period.until
        return behind_metric(kpi, metric, *days, company=self.company, segment=segment)

    def table(self, kpi: str, by: str) -> str:
        """The KPI's own page for this client."""
        asked = {"by": by, "company": self.company}
        return f"{reverse('admin:kpi', args=[kpi])}?{self.period.asked}&{urlencode(asked)}"

    def listed(self, page: str, **more: object) -> str:
        """A list of rows, of this client only."""
        address = reverse(f"admin:{page}_changelist")
        return f"{address}?{urlencode({'company_id': self.company, **more})}"
