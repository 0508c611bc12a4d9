"""Improvement projects at any stage of their life, in a tenant whose clients have tickets of their topic."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import User
from django.db import connection

from connectors.models import RawTicket, RawTimeEntry
from insights import workflow
from insights.models import Proposal, TicketTopic, Topic
from insights.roi import Beta, Effort, Inputs, forecast
from kpis.calendar import day_of
from tenants.roles import Role, assign
from tests.insights import makers
from tests.insights.makers import NOW

CLIENTS = (1, 2, 3, 4, 5)
WEEK = timedelta(days=7)


def manager(name: str = "morgan") -> User:
    user = User.objects.create_user(name)
    assign(user, Role.MANAGER)
    return user


def expected(hours_per_week: float = 5.0, share: float = 0.5) -> dict[str, Any]:
    inputs = Inputs(
        weekly_hours=(hours_per_week,) * 16,
        rate_shrinkage=1.0,
        share=Beta(share * 8, (1 - share) * 8),
        effort=Effort(8, 16, 40),
        hourly_cost=45.0,
        effort_hourly_cost=45.0,
        cashable_share=0.25,
    )
    stored: dict[str, Any] = json.loads(json.dumps(forecast(inputs).as_json()))
    return stored


def proposed(topic: Topic | None = None, company: int | None = 1, **fields: Any) -> Proposal:
    """For one client whose tickets, like those of the others, come ten a week."""
    topic = topic or makers.topic()
    return makers.proposal(topic, company=company, **{"forecast": expected()} | fields)


def weekly(topic: Topic, per_week: Mapping[int, float], *, now: datetime = NOW, weeks: int = 26) -> None:
    """Tickets of the topic at clients, over the weeks before now, with half an hour on each."""
    for company, number in per_week.items():
        if (count := round(number * weeks)) >= 1:
            [pattern] = makers.tickets(topic, 1, now=now, days=7 * weeks / count, company=company)
            _copy(pattern, count, timedelta(weeks=weeks) / count)


def _copy(pattern: RawTicket, count: int, apart: timedelta) -> None:
    """Each before the other, by SQL: thousands of rows are made in a moment."""
    shifted = {"opened_at", "last_updated_at", "started_at"}
    numbered = {"external_id", "ticket_id", "charge_to_id"}
    own = {"ticket_id": pattern.external_id}
    for model, rows in (
        (RawTicket, RawTicket.objects.filter(pk=pattern.pk)),
        (RawTimeEntry, RawTimeEntry.objects.filter(**own)),
        (TicketTopic, TicketTopic.objects.filter(**own)),
    ):
        fields = model._meta.concrete_fields
        columns = [str(field.column) for field in fields if field.column != "id" and not field.generated]
        values = [
            f"{column} - n * %(apart)s" if column in shifted
            else f"{column} + n * 1000000" if column in numbered
            else column
            for column in columns
        ]  # fmt: skip
        insert = f"""
            INSERT INTO {model._meta.db_table} ({", ".join(columns)})
            SELECT {", ".join(values)} FROM {model._meta.db_table}, GENERATE_SERIES(1, %(count)s - 1) AS n
            WHERE id = %(id)s
        """
        given: dict[str, Any] = {
            "apart": apart,
            "count": count,
            "id": rows.values_list("pk", flat=True).get(),
        }
        with connection.cursor() as cursor:
            cursor.execute(insert, given)


def desk(topic: Topic, per_week: float = 10, now: datetime = NOW) -> None:
    """All clients alike."""
    weekly(topic, dict.fromkeys(CLIENTS, per_week), now=now)


def accepted(proposal: Proposal, user: User | None = None, now: datetime = NOW, **fields: Any) -> Proposal:
    workflow.accept(proposal, user, now, **fields)
    return proposal


def finished(proposal: Proposal, user: User | None = None, now: datetime = NOW, days: int = 14) -> Proposal:
    """Accepted now, started the same day, finished after these days."""
    accepted(proposal, user, now)
    workflow.start(proposal, user, now)
    later = now + timedelta(days=days)
    workflow.finish(proposal, user, later, day_of(later), actual_hours=Decimal(20))
    return proposal


def stage(topic: Topic, status: str, user: User | None = None, now: datetime = NOW) -> Proposal:
    """A proposal of this status, by the steps that people take."""
    made = proposed(topic)
    day = now.date() + timedelta(days=30)
    steps: dict[str, list[Any]] = {
        "proposed": [],
        "snoozed": [lambda: workflow.snooze(made, user, now, day)],
        "rejected": [lambda: workflow.reject(made, user, now, "not worth it")],
        "accepted": [lambda: workflow.accept(made, user, now)],
        "in_progress": [lambda: accepted(made, user, now), lambda: workflow.start(made, user, now)],
        "done": [lambda: finished(made, user, now, days=0)],
        "measured": [
            lambda: finished(made, user, now, days=0),
            lambda: workflow.mark_measured(made, now, {}),
        ],
        "withdrawn": [lambda: Proposal.objects.update(status="withdrawn"), made.refresh_from_db],
    }
    for step in steps[status]:
        step()
    return made
