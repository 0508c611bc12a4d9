"""Companies that the desk merged into another. No feed tells of it: it is learned from where their tickets went.

Only companies that are gone at the desk and that a customer is still mapped to are looked into.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

# What most of a company's tickets did is proposed, what nearly all did is taken for a merge.
WORTH_PROPOSING, NEARLY_ALL = 0.5, 0.9
FEWEST_TICKETS = 3
# And against a person's word only what can be nothing else.
UNMISTAKABLE, TICKETS_FOR_THAT = 0.95, 10

# Deleted tickets count too: a company that is deleted with its tickets was not merged, though a few went elsewhere.
# Companies that are gone: those that customers are mapped to, or one that is asked for.
MAPPED = """
    SELECT DISTINCT mapping.company_id
    FROM connectors_customermapping AS mapping
    WHERE mapping.company_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM raw_companies AS company
        WHERE company.external_id = mapping.company_id AND company.deleted_at IS NULL
    )
"""
ASKED = "SELECT %s::bigint AS company_id"

WENT_TO = """
WITH gone AS ({gone}),
former AS (
    SELECT move.old_company_id AS company_id, move.source_id, move.ticket_id
    FROM connectors_ticketmove AS move
    JOIN gone ON gone.company_id = move.old_company_id
    UNION
    SELECT ticket.company_id, ticket.source_id, ticket.external_id
    FROM raw_tickets AS ticket
    JOIN gone USING (company_id)
),
counted AS (
    SELECT
        former.company_id,
        ticket.company_id AS into_id,
        COUNT(*) AS tickets,
        SUM(COUNT(*)) OVER (PARTITION BY former.company_id) AS of_tickets
    FROM former
    JOIN raw_tickets AS ticket ON ticket.source_id = former.source_id AND ticket.external_id = former.ticket_id
    GROUP BY former.company_id, ticket.company_id
)
SELECT DISTINCT ON (counted.company_id)
    counted.company_id,
    counted.into_id,
    counted.tickets::int,
    counted.of_tickets::int
FROM counted
JOIN raw_companies AS company ON company.external_id = counted.into_id AND company.deleted_at IS NULL
ORDER BY counted.company_id, counted.tickets DESC, counted.into_id
"""

FOLLOW = """
UPDATE connectors_customermapping AS mapping
SET company_id = merge.into_id, merged_from = mapping.company_id, merged_at = NOW()
FROM UNNEST(%s::bigint[], %s::bigint[], %s::boolean[]) AS merge (gone_id, into_id, is_unmistakable)
WHERE mapping.company_id = merge.gone_id AND (mapping.method <> 'person' OR merge.is_unmistakable)
RETURNING mapping.source_id, mapping.customer_id
"""


@dataclass(frozen=True)
class Merge:
    """Of the tickets of a company that is gone, how many are another's now."""

    gone: int
    into: int
    tickets: int
    of: int

    @property
    def share(self) -> float:
        return self.tickets / self.of

    @property
    def is_plain(self) -> bool:
        return self.tickets >= FEWEST_TICKETS and self.share >= NEARLY_ALL

    @property
    def is_unmistakable(self) -> bool:
        return self.tickets >= TICKETS_FOR_THAT and self.share >= UNMISTAKABLE


def seen() -> list[Merge]:
    """Of each company that is gone, the one that most of its tickets belong to now, if it is most of them."""
    return [merge for merge in _likely(MAPPED) if merge.share >= WORTH_PROPOSING]


def went_to(company: int) -> int | None:
    """Where the tickets of a company that is gone are now, when that is beyond doubt."""
    return next((merge.into for merge in _likely(ASKED, [company]) if merge.is_plain), None)


def _likely(gone: str, parameters: Sequence[int] = ()) -> list[Merge]:
    with connection.cursor() as cursor:
        cursor.execute(WENT_TO.format(gone=gone), parameters)
        return [Merge(*row) for row in cursor.fetchall()]


def follow() -> list[tuple[int, str]]:
    """Let mappings go where their company went; those customers. What is less sure stays for a person."""
    plain = [merge for merge in seen() if merge.is_plain]
    if not plain:
        return []
    columns = [[merge.gone for merge in plain], [merge.into for merge in plain]]
    with connection.cursor() as cursor:
        cursor.execute(FOLLOW, [*columns, [merge.is_unmistakable for merge in plain]])
        return list(cursor.fetchall())
