"""What clients answered, as satisfactions of 1 to 5 and recommendations of 0 to 10."""

from dataclasses import dataclass
from datetime import date

from tests.oracle.clock import Clock
from tests.oracle.people import by_identity, identity
from tests.oracle.tables import Row, Tables
from tests.oracle.tickets import Ticket, is_in_scope

SATISFACTION_OPTIONS = 5
RECOMMENDATION_OPTIONS = 11


@dataclass(frozen=True)
class Survey:
    """One client's answers; `ticket` is None when it is not known."""

    day: date
    company_id: int | None
    ticket: Ticket | None
    satisfactions: list[int]
    recommendations: list[int]

    @property
    def promoters_less_detractors(self) -> int:
        promoters = sum(answer >= 9 for answer in self.recommendations)
        return promoters - sum(answer <= 6 for answer in self.recommendations)


def read_surveys(tables: Tables, clock: Clock, tickets: list[Ticket]) -> list[Survey]:
    known = by_identity(tables.tickets)
    in_scope = {identity(ticket.row): ticket for ticket in tickets}
    counts = option_counts(tables)
    surveys = []
    for row in tables.surveys:
        about = identity(row, "ticket_id")
        is_about_ticket_out_of_scope = about in known and not is_in_scope(known[about])
        if row["deleted_at"] is None and not is_about_ticket_out_of_scope:
            surveys.append(
                Survey(
                    day=clock.local_day(row["answered_at"]),
                    company_id=row["company_id"],
                    ticket=in_scope.get(about),
                    satisfactions=[option + 1 for option in chosen(row, counts, SATISFACTION_OPTIONS)],
                    recommendations=chosen(row, counts, RECOMMENDATION_OPTIONS),
                )
            )
    return surveys


def option_counts(tables: Tables) -> dict[tuple[int, object], int]:
    return {(row["source_id"], row["external_id"]): row["option_count"] for row in tables.survey_questions}


def chosen(survey: Row, counts: dict[tuple[int, object], int], options: int) -> list[int]:
    """The options, counted from 0, chosen in questions that offer this many."""
    return [
        answer["option"]
        for answer in survey["answers"]
        if counts.get((survey["source_id"], answer.get("question"))) == options
        and answer.get("option") in range(options)
    ]
