"""Frames: the days up to a day that a trailing figure is made of, and which figures a changed day moves."""

from collections.abc import Iterable, Set
from datetime import date, timedelta

from kpis.base import Kpi, Reach, Run
from kpis.calendar import days_between


def days_to_derive(run: Run, kpi: Kpi, frame_days: int) -> tuple[date, ...]:
    """The days whose figures over their frame can differ: after each cell that changed, and today always."""
    tomorrow = run.today + timedelta(days=1)
    if run.is_full or run.previous_first_day is None:
        return tuple(days_between(run.first_day, tomorrow))
    changed = {day for metric in kpi.derived_from for day in run.changes.days_of(*metric)}
    if run.previous_first_day != run.first_day:
        changed |= set(days_between(*sorted((run.first_day, run.previous_first_day))))
        changed.add(max(run.first_day, run.previous_first_day))
    days = set(days_between(run.unscored_since, tomorrow))
    days |= set(following(changed, frame_days - 1))
    return tuple(sorted(day for day in days if run.first_day <= day <= run.today))


def following(days: Iterable[date], count: int) -> Iterable[date]:
    """The days and as many after each of them."""
    return (day + timedelta(days=step) for day in days for step in range(count + 1))


def preceding(days: Iterable[date], count: int) -> Iterable[date]:
    """The days and as many before each of them."""
    return (day - timedelta(days=step) for day in days for step in range(count + 1))


def days_after(count: int) -> Reach:
    """For a fact whose rows look back so many days."""

    def reached(days: frozenset[date], today: date) -> Set[date]:
        return {day for day in following(days, count) if day <= today}

    return reached


def until_today(days: frozenset[date], today: date) -> Set[date]:
    """The reach of a fact that holds from the day on on which something happened."""
    first = min(days, default=today)
    return {first + timedelta(days=step) for step in range((today - first).days + 1)}
