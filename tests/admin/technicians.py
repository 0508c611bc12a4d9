"""A desk at which technicians did comparable work lately, and one of them has trouble with one kind of it."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from connectors.models import Connection
from kpis.compute import compute
from kpis.models import KpiBreakdown, KpiDaily
from tests import factories
from tests.admin.conftest import BOARD, COMPANY, MEMBER
from tests.bench.some_kpis import only
from tests.kpis.teams_at_desk import MINUTES, handled

COLLEAGUES = (21, 22, 23, 24)
RARE_BOARD = 2


def fill_desk(marker: str, colleagues: Sequence[int] = COLLEAGUES) -> None:
    """Ada (MEMBER) is slow with servers and fast with mail; on printers she is like everybody else."""
    desk = Connection.objects.get(name=f"{marker} desk")
    Connection.objects.filter(pk=desk.pk).update(settings={"site": "na.example.net", "company_id": "x"})
    factories.board(RARE_BOARD, f"{marker} rare board", source=desk)
    closed = timezone.now() - timedelta(days=3)
    for number in colleagues:
        factories.member(number, f"{marker} Colleague {number}", source=desk)
    for technician in (MEMBER, *colleagues):
        slow, fast = (4.0, 0.25) if technician == MEMBER else (1.0, 1.0)
        for type_name, times in (("Printer", 1.0), ("Server", slow), ("Mail", fast)):
            about = {"summary": f"{marker} {type_name} of {technician}", "type_name": type_name}
            minutes = (times * one for one in MINUTES)
            handled(technician, minutes, closed, board_id=BOARD, source=desk, company_id=COMPANY, **about)
    handled(MEMBER, MINUTES[:3], closed, board_id=RARE_BOARD, type_name="Rare", source=desk)
    KpiDaily.objects.all().delete()
    KpiBreakdown.objects.all().delete()
    with only("04", "07", "08", "09"):
        compute()
