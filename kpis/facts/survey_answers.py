"""What clients answered: satisfaction from questions with 5 options, recommendation from those with 11."""

from django.utils.translation import gettext_lazy as _

from kpis.base import Fact, ratio

SELECT = """
SELECT
    survey.external_id AS id,
    (survey.answered_at AT TIME ZONE %(zone)s)::date AS kpi_date,
    CASE WHEN ticket.row_id IS NULL THEN survey.company_id ELSE ticket.company END AS company,
    ticket.technician,
    ticket.board,
    COALESCE(ticket.segment, '') AS segment,
    CASE WHEN question.option_count = 5 THEN answer.option + 1 END AS satisfaction,
    CASE WHEN question.option_count = 5 THEN 1 END AS satisfactions,
    CASE WHEN question.option_count = 11 THEN (answer.option >= 9)::int - (answer.option <= 6)::int END
        AS recommendation,
    CASE WHEN question.option_count = 11 THEN 1 END AS recommendations
FROM due
JOIN raw_surveys AS survey ON survey.answered_at >= due.starts_at AND survey.answered_at < due.ends_at
CROSS JOIN LATERAL JSONB_TO_RECORDSET(survey.answers) AS answer (question bigint, option int)
JOIN raw_survey_questions AS question
    ON question.source_id = survey.source_id AND question.external_id = answer.question
LEFT JOIN raw_tickets AS known ON known.source_id = survey.source_id AND known.external_id = survey.ticket_id
LEFT JOIN ticket ON ticket.row_id = known.id
WHERE survey.deleted_at IS NULL
    AND (known.id IS NULL OR ticket.row_id IS NOT NULL)
    AND question.option_count IN (5, 11)
    AND answer.option BETWEEN 0 AND question.option_count - 1
"""

SURVEY_ANSWERS = Fact(
    name="survey_answers",
    sql=SELECT,
    thing="survey",
    is_kept=True,
    metrics=(
        ratio(
            "csat",
            _("Client satisfaction"),
            "points",
            "more is better",
            "satisfaction",
            "satisfactions",
            meaning=_("Satisfaction from 1 to 5, over answers."),
        ),
        ratio(
            "nps",
            _("Net promoter score"),
            "points",
            "more is better",
            "recommendation",
            "recommendations",
            meaning=_("Promoters less detractors, over answers."),
        ),
    ),
)
