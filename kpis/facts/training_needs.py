"""Tickets that asked for help rather than repair, by how that is known: a phrase, a repeat, the language model."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, Metric, ratio
from kpis.frames import days_after
from kpis.labels import LABEL_PAIRS_MEANING
from kpis.lexicon import LEXICON, bare_sql, plain_sql
from kpis.sources import SUBJECT

REPEATS, REPEAT_DAYS = 3, 30

# Three times in one statement, since it is read once: each need by its class, each ticket by its subject, and what
# the rule and the language model say of it, whichever of them decides.
SELECT = f"""
WITH lexicon AS MATERIALIZED ({LEXICON}),
opened AS (
    SELECT
        ticket.id,
        ticket.source_id,
        ticket.company,
        ticket.board,
        about.subject,
        ticket.summary,
        label.value AS model,
        settings.labels_from = 'llm' AND label.value IS NOT NULL AS is_models,
        ticket.contact IS NOT NULL AND ticket.company IS NOT NULL AND about.subject <> '' AS can_repeat,
        ticket.opened_at >= due.starts_at AS is_due,
        about.day AS kpi_date,
        LAG(about.day, {REPEATS - 1}) OVER (
            PARTITION BY due.starts_at, ticket.source_id, ticket.company, ticket.contact, about.subject
            ORDER BY ticket.opened_at, ticket.id
        ) AS last_but_two
    FROM due
    JOIN ticket
        ON ticket.opened_at >= due.starts_at - INTERVAL '{REPEAT_DAYS} days' AND ticket.opened_at < due.ends_at
    LEFT JOIN tenants_tenantsettings AS settings ON settings.id = 1
    LEFT JOIN topic_of_ticket
        ON topic_of_ticket.source_id = ticket.source_id AND topic_of_ticket.ticket_id = ticket.id
    LEFT JOIN topic_labels AS label
        ON label.topic_id = topic_of_ticket.topic AND label.kind = 'training_need' AND label.source = 'llm'
    CROSS JOIN LATERAL (
        SELECT
            (ticket.opened_at AT TIME ZONE %(zone)s)::date AS day,
            {SUBJECT} AS subject
    ) AS about
),
worded AS MATERIALIZED (
    SELECT
        id,
        source_id,
        kpi_date,
        company,
        board,
        subject,
        model,
        is_models,
        can_repeat AND last_but_two > kpi_date - {REPEAT_DAYS} AS is_repeat,
        CASE WHEN {bare_sql("summary")} LIKE ANY (lexicon.clues) THEN {plain_sql("summary")} END AS words
    FROM opened
    CROSS JOIN lexicon
    WHERE is_due
),
judged AS MATERIALIZED (
    SELECT
        worded.id,
        worded.source_id,
        worded.kpi_date,
        worded.company,
        worded.board,
        worded.subject,
        worded.model,
        said.rule,
        CASE
            WHEN worded.is_models IS NOT TRUE THEN said.rule
            WHEN worded.model = 'yes' THEN COALESCE(said.rule, 'model')
        END AS need
    FROM worded
    CROSS JOIN lexicon
    CROSS JOIN LATERAL (
        SELECT
            CASE
                WHEN worded.words ~ lexicon.negative THEN NULL
                WHEN worded.words ~ lexicon.how_to THEN 'how_to'
                WHEN worded.words ~ lexicon.user_error THEN 'user_error'
                WHEN worded.is_repeat THEN 'repeat'
            END AS rule
    ) AS said
)
SELECT
    id,
    kpi_date,
    company,
    NULL::bigint AS technician,
    board,
    need AS segment,
    1 AS needs,
    (
        SELECT COALESCE(SUM(entry.minutes), 0)
        FROM raw_time_entries AS entry
        LEFT JOIN raw_members AS member
            ON member.source_id = entry.source_id AND member.external_id = entry.member_id
        WHERE entry.source_id = judged.source_id
            AND entry.ticket_id = judged.id
            AND entry.deleted_at IS NULL
            AND entry.member_id IS NOT NULL
            AND member.is_automation IS NOT TRUE
    ) AS minutes,
    NULL::int AS is_need,
    NULL::int AS opened,
    NULL::int AS labelled
FROM judged
WHERE need IS NOT NULL
UNION ALL
SELECT id, kpi_date, company, NULL, board, subject, NULL, NULL, (need IS NOT NULL)::int, 1, NULL
FROM judged
UNION ALL
SELECT
    id,
    kpi_date,
    company,
    NULL,
    board,
    CASE WHEN rule IS NULL THEN 'no' ELSE 'yes' END || ':' || model,
    NULL,
    NULL,
    NULL,
    NULL,
    1
FROM judged
WHERE model IS NOT NULL
"""  # noqa: S608 - made of our own constants

TRAINING_NEEDS = Fact(
    name="training_needs",
    sql=SELECT,
    reached=days_after(REPEAT_DAYS - 1),
    metrics=(
        Metric(
            "training_tickets",
            _("Tickets that ask for training"),
            "tickets",
            "less is better",
            "needs",
            meaning=_(
                "Tickets opened on the day that are a how-to question, a user error, or at least the third of the same "
                "person on the same subject within 30 days; or of a topic that the language model says this of, "
                "where its labels count."
            ),
        ),
        Metric(
            "training_minutes",
            _("Time spent on training needs"),
            "minutes",
            "less is better",
            "minutes",
            meaning=_(
                "Minutes that people have worked on those tickets, whenever, on the day the tickets were opened."
            ),
        ),
        ratio(
            "training_share",
            _("Share of tickets that ask for training"),
            "percent",
            "less is better",
            "is_need",
            "opened",
            meaning=_("Those tickets over all tickets opened on the day, by subject."),
        ),
        Metric(
            "training_labels",
            _("Tickets by what rule and model say of training"),
            "tickets",
            "neither",
            "labelled",
            meaning=LABEL_PAIRS_MEANING,
        ),
    ),
)
