"""Server time and queries of every page, for an MSP of the demo's size: 18 months, 10,000 tickets."""

import math
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import median

from django.contrib.auth.models import User
from django.test import Client

from connectors.simulators.connectwise import ConnectWiseSimulator
from connectors.simulators.world import World
from connectors.sync import sync
from kpis.compute import compute
from tenants.roles import Role, assign
from tests.admin.projects import add_projects
from tests.bench.desk import connected
from tests.bench.report import Report, timed
from tests.pages import questions, shown, some_ticket

TENANT = "benchpages"
MONTHS, TICKETS_PER_DAY = 18, 20.0
REPEATS = 20
MOST_MS, MOST_QUERIES = 300, 25
# They open with 30 days.
LONGER = "?days=90"
OF_PERIODS = (
    "admin/",
    "admin/kpi/",
    "admin/kpi/ticket_trends/",
    "admin/clients/",
    "admin/clients/<int:number>/",
    "admin/team/",
    "admin/data-quality/",
    "technicians/<int:number>/",
)


@dataclass(frozen=True)
class Taken:
    route: str
    milliseconds: list[float]
    queries: int

    @property
    def p50(self) -> float:
        return median(self.milliseconds)

    @property
    def p95(self) -> float:
        return sorted(self.milliseconds)[math.ceil(0.95 * len(self.milliseconds)) - 1]


def run(report: Report, size: float) -> None:
    world = World.build(seed=7, now=datetime.now(UTC), months=MONTHS, tickets_per_day=TICKETS_PER_DAY * size)
    with (
        ConnectWiseSimulator({TENANT: world}, compress=False) as simulator,
        connected(TENANT, asdict(simulator.credentials(TENANT))) as link,
    ):
        sync(link)
        add_projects("bench", (some_ticket().company_id or 0,))
        compute()
        _measure(report)


def _measure(report: Report) -> None:
    client = _owner()
    pages = shown(client, TENANT)
    pages |= {f"{route}{LONGER}": f"{pages[route]}{LONGER}" for route in OF_PERIODS}
    taken = sorted((_taken(client, *page) for page in pages.items()), key=lambda page: page.p50)
    smallest = taken[0]
    report.note(f"{len(taken)} pages; the smallest is {smallest.route} with {smallest.p50:.0f} ms")
    for page in reversed(taken):
        report.note(
            f"{page.route:<62} p50 {page.p50:>5.0f} ms  p95 {page.p95:>5.0f} ms  {page.queries:>3} queries  "
            f"{page.p50 / smallest.p50:>5.1f} times the smallest"
        )
    report.ratio("the slowest page's p95 in ms", max(page.p95 for page in taken), at_most=MOST_MS)
    report.ratio("most queries of a page", max(page.queries for page in taken), at_most=MOST_QUERIES)
    report.ratio("the middle page / the smallest, p50", taken[len(taken) // 2].p50 / smallest.p50)


def _owner() -> Client:
    user = User.objects.create_user("bench", password="not used")
    assign(user, Role.OWNER)
    client = Client(HTTP_HOST=f"{TENANT}.localhost")
    client.force_login(user)
    return client


def _taken(client: Client, route: str, address: str) -> Taken:
    queries, milliseconds = questions(client, address), []
    for _ in range(REPEATS):
        with timed() as watch:
            client.get(address)
        milliseconds.append(1000 * watch.seconds)
    return Taken(route, milliseconds, queries)
