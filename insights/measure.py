"""Measures finished projects against what was frozen at their acceptance, every day anew until the day that was fixed.

What is measured on that day is final. Nothing is measured that was not frozen beforehand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from insights import baseline, costs, impact
from insights.models import ProjectBaseline, ProjectMeasurement, Proposal, Topic
from insights.weekly import WEEK, Series, Weeks, series_of, total
from insights.workflow import mark, mark_measured
from kpis.calendar import day_of

Design = ProjectBaseline.Design


@dataclass(frozen=True)
class Outcome:
    """Of one project: what was measured, and whether that says anything new."""

    measurement: ProjectMeasurement
    is_new: bool


def measure(now: datetime) -> list[Outcome]:
    """Once more on the same day, nothing is added; a figure that comes out differently replaces the earlier one."""
    outcomes = []
    for measurement in measured(now):
        with transaction.atomic():
            is_new = _keep(measurement)
            if measurement.is_final:
                mark_measured(measurement.proposal, now, {"measurement": summary_of(measurement)})
            elif is_new:
                mark(now)
        outcomes.append(Outcome(measurement, is_new))
    return outcomes


def measured(now: datetime) -> Iterator[ProjectMeasurement]:
    """As they would be stored now, but not stored."""
    today = day_of(now)
    finished = Proposal.objects.filter(
        status=Proposal.Status.DONE, finished_on__lt=today, baseline__isnull=False
    )
    for proposal in finished.select_related("baseline", "topic").order_by("id"):
        yield _measurement(proposal, now, today)


def _measurement(proposal: Proposal, now: datetime, today: date) -> ProjectMeasurement:
    frozen = proposal.baseline
    is_due = frozen.measure_on is not None and today >= frozen.measure_on
    after = weeks_after(proposal, today)
    treated, controls, left_out = _seen_since(proposal, after, now)
    result = impact.impact(
        baseline.compared(frozen.weekly_tickets, frozen.weekly_hours, treated),
        [baseline.compared(one["tickets"], one["hours"], series) for one, series in controls],
        _design(frozen, len(controls)),
        promised_reduction=frozen.treated.get("promised_reduction", 1.0),
        is_due=is_due,
        rate_shrinkage=frozen.treated.get("rate_shrinkage", 1.0),
    )
    saved = result.saved_hours_per_month(frozen.hours_per_month)
    spent = costs.spent_on(proposal, now)
    return ProjectMeasurement(
        proposal=proposal,
        measured_on=today,
        measured_at=now,
        verdict=result.verdict,
        is_final=is_due,
        weeks_after=after.number,
        **_reduction("ticket_reduction", result.tickets),
        **_reduction("hour_reduction", result.hours),
        **_minutes(saved),
        roi_capacity=costs.realised(spent, saved.value) if saved else None,
        roi_cash=costs.realised(spent, saved.value, is_cash=True) if saved else None,
        details=_details(result, after, treated, controls, left_out) | {"spent": spent.as_json()},
    )


def weeks_after(proposal: Proposal, today: date) -> Weeks:
    """From the day after the project's end, and never past the day that was fixed."""
    assert proposal.finished_on is not None
    since = proposal.finished_on + timedelta(days=1)
    until = min(today, proposal.baseline.measure_on or today)
    return Weeks(since, max(0, (until - since) // WEEK))


def _seen_since(
    proposal: Proposal, after: Weeks, now: datetime
) -> tuple[Series, list[tuple[dict[str, Any], Series]], list[int]]:
    """The treated and each control; and the controls that have had the same project meanwhile."""
    frozen = proposal.baseline
    topic, clients = proposal.topic.root_id or proposal.topic_id, frozen.treated["companies"]
    cap_hours = {topic: frozen.treated["cap_hours"]}
    treated = total(series_of([topic], after, now, cap_hours, clients).values(), after.number)
    nothing = Series.empty(after.number)
    if frozen.design == Design.CLIENTS:
        spoiled = _treated_meanwhile(proposal, after)
        kept = [one for one in frozen.controls if one["id"] not in spoiled]
        seen = series_of([topic], after, now, cap_hours, [one["id"] for one in kept])
        by_client = {company: series for (_topic, company), series in seen.items()}
        pairs = [(one, by_client.get(one["id"], nothing)) for one in kept]
        return treated, pairs, sorted({one["id"] for one in frozen.controls} & spoiled)
    by_topic = _by_topic(frozen, after, now)
    return treated, [(one, by_topic.get(one["id"], nothing)) for one in frozen.controls], []


def _by_topic(frozen: ProjectBaseline, after: Weeks, now: datetime) -> dict[int, Series]:
    caps = {one["id"]: one["cap_hours"] for one in frozen.controls}
    roots = dict(Topic.objects.filter(pk__in=caps).values_list("pk", "root"))
    capped = {roots.get(topic, topic): hours for topic, hours in caps.items()}
    seen = series_of(capped, after, now, capped, frozen.treated["companies"])
    return {
        topic: total((series for (of, _c), series in seen.items() if of == roots.get(topic)), after.number)
        for topic in caps
    }


def _treated_meanwhile(proposal: Proposal, after: Weeks) -> set[int]:
    others = ProjectBaseline.objects.filter(
        proposal__topic__root=proposal.topic.root_id, proposal__started_on__lt=after.until
    ).exclude(proposal=proposal)
    return {company for one in others for company in one.treated.get("companies", [])}


def _design(frozen: ProjectBaseline, controls: int) -> impact.Design:
    if frozen.design == Design.CLIENTS:
        return "clients" if controls else "none"
    return "topics" if frozen.design == Design.TOPICS else "none"


def _reduction(name: str, found: impact.Reduction | None) -> dict[str, float | None]:
    ends = (found.value, found.low, found.high) if found else (None, None, None)
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends, strict=True))


def _minutes(saved: impact.Reduction | None) -> dict[str, Decimal | None]:
    if saved is None:
        return {}
    ends = {"per_month": saved.value, "low": saved.low, "high": saved.high}
    return {f"saved_minutes_{end}": Decimal(f"{hours * 60:.2f}") for end, hours in ends.items()}


def _details(
    result: impact.Impact,
    after: Weeks,
    treated: Series,
    controls: list[tuple[dict[str, Any], Series]],
    left_out: list[int],
) -> dict[str, Any]:
    return {
        "since": str(after.since),
        "treated": {"tickets": treated.tickets, "hours": treated.hours, "without_time": treated.without_time},
        "controls": [
            {"id": one["id"], "tickets": series.tickets, "hours": series.hours} for one, series in controls
        ],
        "left_out": left_out,
        "design": result.design,
        "detectable_reduction": result.detectable_reduction,
        "expected_hours_growth": result.expected_hours_growth,
        "overdispersion": result.overdispersion,
        "drift": result.drift,
    }


def _keep(measurement: ProjectMeasurement) -> bool:
    """Whether it was stored: the same once more is not."""
    standing = ProjectMeasurement.objects.filter(
        proposal=measurement.proposal, measured_on=measurement.measured_on
    ).first()
    if standing and _figures(standing) == _figures(measurement):
        return False
    if standing:
        measurement.pk = standing.pk
    measurement.save(force_insert=standing is None)
    return True


def _figures(measurement: ProjectMeasurement) -> dict[str, Any]:
    own = {field.attname for field in measurement._meta.concrete_fields} - {"id", "measured_at"}
    return {name: getattr(measurement, name) for name in own}


def summary_of(measurement: ProjectMeasurement) -> dict[str, Any]:
    """For the event: what a person would want to read of it later."""
    told = ("verdict", "weeks_after", "ticket_reduction", "hour_reduction", "roi_capacity", "roi_cash")
    return {name: getattr(measurement, name) for name in told} | {"measured_on": str(measurement.measured_on)}
