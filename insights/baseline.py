"""What a project will be measured against, fixed at its acceptance: before, controls, day and what can be noticed."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from insights import impact
from insights.controls import controls_of, proposed_for
from insights.lookback import Before, looked_back, rate_shrinkage
from insights.models import ProjectBaseline, Proposal, Topic, TopicRegistry
from insights.roi import DAYS_PER_MONTH, Forecast, forecast
from insights.weekly import WEEK, Series

SOONEST_WEEKS, LATEST_WEEKS = 8, 52


def freeze(proposal: Proposal, now: datetime, companies: Collection[int] | None = None) -> ProjectBaseline:
    """Kept with the proposal; a new acceptance replaces that of an earlier one, which its event has kept."""
    ProjectBaseline.objects.filter(proposal=proposal).delete()
    made = drawn_up(proposal, now, companies)
    made.save()
    return made


def drawn_up(proposal: Proposal, now: datetime, companies: Collection[int] | None = None) -> ProjectBaseline:
    """As it would be frozen now, but not stored."""
    before = looked_back(proposal, now)
    treated = _treated(proposal, before, companies)
    series = before.of(treated)
    design, controls = controls_of(before, treated, now)
    shrinkage = rate_shrinkage(proposal, before, now)
    hours_per_month = sum(series.hours) / (7 * before.weeks.number) * DAYS_PER_MONTH * shrinkage
    expected = forecast_for(proposal, before, treated)
    made = ProjectBaseline(
        proposal=proposal,
        frozen_at=now,
        registry_version=_registry_version(proposal.topic),
        since=before.weeks.since,
        until=before.weeks.until,
        design=design,
        treated={
            "topic": before.topic,
            "companies": treated,
            "cap_hours": before.cap_hours,
            "rate_shrinkage": shrinkage,
            "promised_reduction": promised_reduction(proposal, expected, hours_per_month),
        },
        controls=controls,
        weekly_tickets=series.tickets,
        weekly_hours=series.hours,
        tickets_per_week=round(series.total / before.weeks.number * shrinkage, 4),
        hours_per_month=round(hours_per_month, 4),
        forecast=expected,
    )
    _set_power(made)
    return made


def _treated(proposal: Proposal, before: Before, companies: Collection[int] | None) -> list[int]:
    if proposal.company is not None:
        return [proposal.company]
    chosen = proposed_for(proposal, before) if companies is None else set(companies) & set(before.clients)
    if not chosen:
        raise ValidationError(_("Choose at least one client that has such tickets."))
    return sorted(chosen)


def forecast_for(proposal: Proposal, before: Before, treated: Sequence[int]) -> dict[str, Any]:
    """As proposed; made anew when other clients get the project than it was proposed for."""
    all_proposed = proposed_for(proposal, before)
    if not proposal.forecast or set(treated) == all_proposed:
        return dict(proposal.forecast)
    everyone, some = sum(before.of(all_proposed).hours), sum(before.of(treated).hours)
    inputs = Forecast.from_json(proposal.forecast).inputs
    part = some / everyone if everyone else 1.0
    fewer = tuple(round(hours * part, 4) for hours in inputs.weekly_hours)
    return forecast(replace(inputs, weekly_hours=fewer)).as_json()


def promised_reduction(proposal: Proposal, promised: dict[str, Any], hours_per_month: float) -> float:
    """The share of the hours that the forecast takes away."""
    if promised:
        return round(Forecast.from_json(promised).inputs.share.mean, 4)
    saved = float(proposal.saved_minutes_per_month) / 60
    return round(min(0.95, saved / hours_per_month), 4) if hours_per_month else 0.95


def _set_power(made: ProjectBaseline) -> None:
    nothing = Series.empty(0)
    treated = compared(made.weekly_tickets, made.weekly_hours, nothing)
    controls = [compared(one["tickets"], one["hours"], nothing) for one in made.controls]
    weeks = impact.weeks_to_measure(treated, controls, made.treated["promised_reduction"])
    made.weeks_to_measure = min(max(weeks, SOONEST_WEEKS), LATEST_WEEKS)
    made.detectable_reduction = impact.detectable_reduction(treated, controls, made.weeks_to_measure)


def compared(tickets: Sequence[int], hours: Sequence[float], after: Series) -> impact.Series:
    return impact.Series(tickets, after.tickets, hours, after.hours)


def _registry_version(topic: Topic) -> int:
    latest = TopicRegistry.objects.order_by("-version").values_list("version", flat=True).first()
    return latest or topic.registry_version


def set_measuring_day(proposal: Proposal) -> None:
    """Known once the project has ended."""
    assert proposal.finished_on is not None
    frozen = proposal.baseline
    frozen.measure_on = proposal.finished_on + timedelta(days=1) + frozen.weeks_to_measure * WEEK
    frozen.save(update_fields=["measure_on"])


def snapshot_of(frozen: ProjectBaseline) -> dict[str, Any]:
    """All of it, for the event: the row goes when the project is accepted anew."""
    names = [
        field.name
        for field in frozen._meta.concrete_fields
        if field.name not in ("id", "proposal", "forecast")
    ]
    return {name: _plain(getattr(frozen, name)) for name in names}


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str | list | dict | None) else str(value)
