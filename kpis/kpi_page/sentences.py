"""The answer as a sentence: made of the figures' own words for any KPI, and put better where that reads badly."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kpis.cards import percent, relative
from kpis.kpi_page.amounts import work
from kpis.kpi_page.answer import Answer

FIGURES_SAID = 3


def sentence(answer: Answer) -> str:
    better = BETTER.get(answer.kpi.slug)
    return (better(answer) if better else "") or made_of_figures(answer)


def made_of_figures(answer: Answer) -> str:
    if not answer.figures:
        return _("Nothing was counted on these days.")
    said = [
        _("%(what)s: %(value)s (%(change)s)") % {"what": one.title, "value": one.text, "change": one.change}
        for one in answer.figures[:FIGURES_SAID]
    ]
    return "; ".join(said) + "."


def hours_worked(answer: Answer) -> str:
    billable, other = answer.figure("billable_minutes"), answer.figure("non_billable_minutes")
    if not billable or not other or billable.now is None or other.now is None:
        return ""
    now, before = billable.now + other.now, (billable.before or 0) + (other.before or 0)
    return _("%(hours)s were worked, %(share)s of them billable: %(change)s.") % {
        "hours": work(now),
        "share": percent(100 * billable.now / now if now else None),
        "change": relative(now, before, 0)[0],
    }


def tickets_came(answer: Answer) -> str:
    parts = {name: answer.figure(f"{name}_tickets") for name in ("new", "closed")}
    backlog, new = answer.figure("backlog_open"), parts["new"]
    if not new or not parts["closed"] or not backlog:
        return ""
    came = ngettext(
        "%(new)s ticket came in (%(change)s); closed: %(closed)s, open at the end: %(open)s.",
        "%(new)s tickets came in (%(change)s); closed: %(closed)s, open at the end: %(open)s.",
        round(new.now or 0),
    )
    words = {"new": new.text, "change": new.change, "closed": parts["closed"].text, "open": backlog.text}
    return f"{came % words} {_unusual(sum(day.anomaly_detected for day in answer.days.now))}"


def _unusual(days: int) -> str:
    if not days:
        return _("No day was unusual.")
    return ngettext("%(days)d day was unusual.", "%(days)d days were unusual.", days) % {"days": days}


def alerts_handled(answer: Answer) -> str:
    alerts, in_time = answer.figure("alerts"), answer.figure("in_sla")
    if not alerts:
        return ""
    came = ngettext(
        "%(alerts)s alert was detected (%(change)s).",
        "%(alerts)s alerts were detected (%(change)s).",
        round(alerts.now or 0),
    ) % {"alerts": alerts.text, "change": alerts.change}
    told = _("Of those that were resolved, %s in time.") % in_time.text if in_time else ""
    return f"{came} {told}".strip()


BETTER: dict[str, Callable[[Answer], str]] = {
    "time_consumption": hours_worked,
    "ticket_trends": tickets_came,
    "soc": alerts_handled,
}
