"""What tickets are about: the topics in use that they surely belong to, and what is said of these."""

from tests.oracle.people import Identity, identity
from tests.oracle.tables import Row, Tables


def core_topics(tables: Tables) -> dict[Identity | None, int]:
    """By ticket. What was merged is what it was merged into; what waits for review or was retired is none."""
    roots = {topic["id"]: topic["root_id"] for topic in tables.topics}
    in_use = {topic["id"] for topic in tables.topics if topic["status"] == "active"}
    found = {}
    for row in tables.ticket_topics:
        if row["is_core"] and row["topic_id"] is not None and roots[row["topic_id"]] in in_use:
            found[identity(row, "ticket_id")] = roots[row["topic_id"]]
    return found


def root_of(tables: Tables, proposal: Row) -> str:
    """The topic of a proposal, as a segment."""
    return str(next(topic["root_id"] for topic in tables.topics if topic["id"] == proposal["topic_id"]))


def labels(tables: Tables, kind: str, source: str) -> dict[int, str]:
    """By topic."""
    return {
        row["topic_id"]: row["value"]
        for row in tables.topic_labels
        if row["kind"] == kind and row["source"] == source
    }
