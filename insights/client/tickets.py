"""How the desk does for one client: tickets, speed, promises and satisfaction, and the days they fell on."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.client.backlog import Backlog
from insights.client.cells import Cells, Figures
from insights.client.speed import Resolved
from insights.client.ways import Ways
from kpis.calendar import days_between
from kpis.cards import (
    LESS_IS_BETTER,
    MORE_IS_BETTER,
    NEITHER,
    Card,
    difference,
    duration,
    duration_of_hours,
    number,
    percent,
    points,
    relative,
)
from kpis.drawing import Chart, Series, chart


def cards(cells: Cells, speed: tuple[Resolved, Resolved], open_: Backlog, ways: Ways) -> list[Card]:
    return [*_amounts(cells, open_, ways), *_quality(cells, speed, ways)]


def volume(now: Figures, open_: Backlog, ways: Ways) -> Chart | None:
    steps = now.period.steps
    new, closed = (
        [sum(by_day.get(day, 0.0) for day in days_between(step.since, step.until)) for step in steps]
        for by_day in (now.by_day("new_tickets"), now.by_day("closed_tickets"))
    )
    until = {step.since: step.until for step in steps}
    return chart(
        [step.since for step in steps],
        [
            Series(_("New tickets"), new, "first", is_bars=True),
            Series(_("Closed tickets"), closed, "second", is_bars=True),
            Series(_("Backlog"), [open_.by_day[step.last_day] for step in steps], "third"),
        ],
        lambda value: number(value or 0),
        url=lambda day: ways.on("new_tickets", day, until[day]),
        is_weekly=now.period.is_weekly,
    )


def _amounts(cells: Cells, open_: Backlog, ways: Ways) -> list[Card]:
    now, before = cells.now, cells.before
    new, closed = ((now.total(metric), before.total(metric)) for metric in ("new_tickets", "closed_tickets"))
    left = open_.by_day[now.period.last_day], open_.by_day[before.period.last_day]
    return [
        Card(_("New tickets"), number(new[0]), *relative(*new, NEITHER), url=ways.behind("new_tickets")),
        Card(
            _("Closed tickets"),
            number(closed[0]),
            *relative(*closed, MORE_IS_BETTER),
            url=ways.behind("closed_tickets"),
        ),
        Card(
            _("Backlog"),
            number(left[0]),
            *relative(*left, LESS_IS_BETTER),
            note=_("%s older than 30 days") % number(open_.over_30_days) if left[0] else "",
            url=ways.on("backlog_open", now.period.last_day),
        ),
    ]


def _quality(cells: Cells, speed: tuple[Resolved, Resolved], ways: Ways) -> list[Card]:
    now, before = cells.now, cells.before
    hours = speed[0].median_hours, speed[1].median_hours
    promised = speed[0].met_percent, speed[1].met_percent
    response, csat, fcr = (
        (now.quotient(metric, factor), before.quotient(metric, factor))
        for metric, factor in (("first_response_minutes", 1), ("csat", 1), ("fcr", 100))
    )
    return [
        Card(
            _("SLA met"),
            percent(promised[0]),
            *points(*promised),
            note=_missed(speed[0].missed) if speed[0].missed else "",
            url=ways.behind("sla_missed"),
        ),
        Card(
            _("Median time to resolve"),
            duration_of_hours(hours[0]),
            *relative(*hours, LESS_IS_BETTER),
            note=_("half of the tickets took less"),
            url=ways.behind("resolved_tickets"),
        ),
        Card(
            _("First response"),
            duration(response[0]),
            *relative(*response, LESS_IS_BETTER),
            note=_("on average"),
            url=ways.behind("first_responses"),
        ),
        Card(
            _("Solved the first time"),
            percent(fcr[0]),
            *points(*fcr),
            note=_("never reopened"),
            url=ways.behind("resolved_tickets"),
        ),
        Card(
            _("Client satisfaction"),
            "–" if csat[0] is None else _("%s of 5") % number(csat[0], 2),
            *difference(*csat),
            note=_("answers: %s") % number(now.over("csat")),
            url=ways.behind("satisfaction"),
        ),
    ]


def _missed(tickets: int) -> str:
    return ngettext("%s ticket missed a goal", "%s tickets missed a goal", tickets) % number(tickets)
