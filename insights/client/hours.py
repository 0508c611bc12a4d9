"""Where a client's hours went: by work type, by topic, and by technician where the MSP names them."""

from django.utils.translation import gettext as _

from insights.client.cells import Cells, Figures
from insights.client.lines import Line, in_hours, lines
from insights.client.ways import Ways
from kpis import names
from kpis.cards import MORE_IS_BETTER, NEITHER, Card, number, percent, points, relative
from tenants.models import TenantSettings

ALL = ("billable_minutes", "non_billable_minutes")


def cards(cells: Cells, ways: Ways) -> list[Card]:
    worked = cells.now.total(*ALL) / 60, cells.before.total(*ALL) / 60
    charged = [figures.total("billable_minutes") / 60 for figures in (cells.now, cells.before)]
    shares = _billable_percent(cells.now), _billable_percent(cells.before)
    return [
        Card(
            _("Hours worked"),
            _("%s h") % number(worked[0], 1),
            *relative(*worked, NEITHER),
            url=ways.behind("minutes"),
        ),
        Card(
            _("Billable hours"),
            _("%s h") % number(charged[0], 1),
            *relative(charged[0], charged[1], MORE_IS_BETTER),
            url=ways.behind("minutes"),
        ),
        Card(_("Billable share"), percent(shares[0]), *points(*shares), url=ways.behind("minutes")),
    ]


def tables(cells: Cells, topics: dict[str, str], ways: Ways) -> list[tuple[str, list[Line]]]:
    """Title and rows, in hours. Time that belongs to no topic is not in the second."""
    now, before = cells.now, cells.before
    by_type, type_before = (in_hours(figures.by_segment(*ALL)) for figures in (now, before))
    by_topic, topic_before = (in_hours(figures.by_segment("topic_minutes")) for figures in (now, before))
    return [
        (
            _("By type of work"),
            lines(
                by_type,
                type_before,
                name=lambda segment: segment or _("No work type"),
                url=lambda _segment: ways.table("time_consumption", "segment"),
            ),
        ),
        (
            _("By topic"),
            lines(
                by_topic,
                topic_before,
                name=lambda topic: topics.get(topic, f"#{topic}"),
                url=lambda topic: ways.parts("improvement_projects", "topic_minutes", topic),
            ),
        ),
    ]


def technicians(cells: Cells, ways: Ways) -> list[Line]:
    """Nobody unless the MSP names technicians."""
    if not TenantSettings.load().names_technicians:
        return []
    now, before = (in_hours(figures.by_technician(*ALL)) for figures in (cells.now, cells.before))
    found = names.technicians([*now, *before], TenantSettings.Privacy.NAMED)

    def name(member: int | None) -> str:
        return found.get(member, f"#{member}") if member else _("Nobody")

    return lines(now, before, name, url=lambda member: _page(ways, member))


def _page(ways: Ways, member: int | None) -> str:
    return ways.behind("minutes", member_id=member) if member else ""


def _billable_percent(figures: Figures) -> float | None:
    minutes = figures.total(*ALL)
    return 100 * figures.total("billable_minutes") / minutes if minutes else None
