"""The SQL that finds which alert and which ticket may belong together, by method and with a confidence.

It works on temporary tables: the alerts asked about, what tickets of about their time say, and the pairs.
"""

from decimal import Decimal

from connectors.mapping import COMPANY_OF_CUSTOMER

# From this confidence on, one names the other; below, they are likely to belong together.
SURE = Decimal("0.9")

# With everything asked for, `recent` and `since` are NULL.
ASKED_ALERTS = f"""
CREATE TEMPORARY TABLE asked_alerts ON COMMIT DROP AS
WITH of_customer AS ({COMPANY_OF_CUSTOMER})
SELECT
    alert.source_id,
    alert.external_id AS alert_id,
    of_customer.company_id,
    LOWER(SPLIT_PART(alert.host_name, '.', 1)) AS host,
    CASE WHEN alert.user_name LIKE '%%@%%' THEN LOWER(alert.user_name) ELSE '' END AS person,
    alert.incident_id,
    alert.kind = 'incident' AS is_incident,
    alert.redirected_to,
    (REGEXP_MATCH(alert.external_ticket_id, '^\\D*(\\d{{1,18}})\\D*$'))[1]::bigint AS told_ticket,
    alert.detected_at
FROM raw_security_alerts AS alert
LEFT JOIN of_customer USING (source_id, customer_id)
WHERE alert.deleted_at IS NULL
    AND (%(recent)s::timestamptz IS NULL OR alert.detected_at > %(recent)s OR alert.synced_at > %(since)s)
"""  # noqa: S608 - made of our own constant

# Merged tickets go by the one that took them in: there the work went on.
TICKETS = """
CREATE TEMPORARY TABLE asked_tickets ON COMMIT DROP AS
SELECT
    ticket.source_id,
    ticket.external_id,
    COALESCE(ticket.merged_into, ticket.external_id) AS ticket_id,
    ticket.company_id,
    ticket.board_id,
    ticket.opened_at
FROM (
    SELECT UNNEST(RANGE_AGG(TSTZRANGE(detected_at - INTERVAL '31 days', detected_at + INTERVAL '31 days'))) AS span
    FROM asked_alerts
) AS about
JOIN raw_tickets AS ticket
    ON ticket.opened_at >= LOWER(about.span) AND ticket.opened_at < UPPER(about.span)
WHERE ticket.deleted_at IS NULL
"""

SAYINGS = """
CREATE TEMPORARY TABLE sayings ON COMMIT DROP AS
SELECT asked.*, LOWER(raw.summary) AS words, FALSE AS is_reference, NULL::timestamptz AS written_at
FROM asked_tickets AS asked
JOIN raw_tickets AS raw USING (source_id, external_id)
UNION ALL
SELECT asked.*, LOWER(raw.external_reference), TRUE, NULL
FROM asked_tickets AS asked
JOIN raw_tickets AS raw USING (source_id, external_id)
WHERE raw.external_reference <> ''
UNION ALL
SELECT asked.*, LOWER(raw.custom_fields::text), TRUE, NULL
FROM asked_tickets AS asked
JOIN raw_tickets AS raw USING (source_id, external_id)
WHERE raw.custom_fields IS NOT NULL
UNION ALL
SELECT asked.*, LOWER(note.text), FALSE, note.written_at
FROM asked_tickets AS asked
JOIN raw_ticket_notes AS note ON note.source_id = asked.source_id AND note.ticket_id = asked.external_id
WHERE note.deleted_at IS NULL
"""

PAIRS = """
CREATE TEMPORARY TABLE pairs (
    source_id bigint,
    alert_id text,
    ticket_id bigint,
    method text,
    confidence numeric(3, 2),
    distance interval
) ON COMMIT DROP
"""

BY_VENDOR = """
INSERT INTO pairs
SELECT alert.source_id, alert.alert_id, ticket.ticket_id, 'vendor', 1.0, ticket.opened_at - alert.detected_at
FROM asked_alerts AS alert
JOIN asked_tickets AS ticket
    ON ticket.external_id = alert.told_ticket
        AND ticket.opened_at BETWEEN alert.detected_at - INTERVAL '31 days' AND alert.detected_at + INTERVAL '31 days'
"""

# Ids are long enough to be nobody else's. The text is searched for something like one before it is cut to words.
BY_ALERT_ID = r"""
INSERT INTO pairs
SELECT
    alert.source_id,
    alert.alert_id,
    said.ticket_id,
    CASE WHEN said.is_reference THEN 'reference' ELSE 'text' END,
    0.95,
    said.opened_at - alert.detected_at
FROM sayings AS said
CROSS JOIN LATERAL (
    SELECT word[1] AS id
    FROM REGEXP_MATCHES(said.words, '[0-9a-z]+(?:[-_]+[0-9a-z]+)*', 'g') AS word
    UNION
    SELECT digits[1]
    FROM REGEXP_MATCHES(said.words, '[0-9]{15,}', 'g') AS digits
) AS named
JOIN (
    SELECT asked.source_id, asked.alert_id, asked.detected_at, LOWER(known.id) AS id
    FROM asked_alerts AS asked
    CROSS JOIN LATERAL (VALUES (asked.alert_id), (asked.incident_id)) AS known (id)
) AS alert USING (id)
WHERE said.words ~ '[0-9]{9}|[0-9a-f]{8}-[0-9a-f]{4}'
    AND LENGTH(id) > 9
    AND said.opened_at BETWEEN alert.detected_at - INTERVAL '31 days' AND alert.detected_at + INTERVAL '31 days'
"""

# An incident's number is short, and behind the customer's id where each counts its own from 1: it counts only
# where it is called one, in a ticket of the same company.
BY_INCIDENT = r"""
INSERT INTO pairs
SELECT alert.source_id, alert.alert_id, said.ticket_id, 'text', 0.90, said.opened_at - alert.detected_at
FROM sayings AS said
CROSS JOIN LATERAL REGEXP_MATCHES(
    said.words, '\mincident[ .:#°_-]*(?:(?:id|no|nr|number|num[eé]ro)\M)?[ .:#°_-]*([0-9]{1,9})\M', 'g'
) AS named
JOIN asked_alerts AS alert
    ON SUBSTRING(alert.incident_id FROM '[^/]*$') = named[1] AND alert.company_id = said.company_id
WHERE said.words LIKE '%%incident%%'
    AND said.opened_at BETWEEN alert.detected_at - INTERVAL '31 days' AND alert.detected_at + INTERVAL '31 days'
"""

# Of several alerts on the host, a ticket is about the latest before it, and about those of the hour before that.
BY_HOST = r"""
INSERT INTO pairs
WITH named AS (
    SELECT
        alert.source_id,
        alert.alert_id,
        alert.detected_at,
        said.ticket_id,
        said.opened_at - alert.detected_at AS distance,
        MAX(alert.detected_at) OVER (PARTITION BY said.source_id, said.external_id, subject.name) AS latest_at
    FROM asked_alerts AS alert
    CROSS JOIN LATERAL (VALUES (alert.host), (alert.person)) AS subject (name)
    JOIN sayings AS said
        ON said.company_id = alert.company_id
            AND said.opened_at >= alert.detected_at - INTERVAL '15 minutes'
            AND said.opened_at <= alert.detected_at + INTERVAL '1 day'
    WHERE LENGTH(subject.name) > 2
        AND subject.name <> ALL(%(common_words)s)
        AND POSITION(subject.name IN said.words) > 0
        AND said.words ~ CONCAT(
            '(?<![[:alnum:]_-])', REGEXP_REPLACE(subject.name, '([^[:alnum:]])', '\\\1', 'g'), '(?![[:alnum:]_-])'
        )
        AND (
            said.written_at IS NULL
            OR said.written_at BETWEEN alert.detected_at - INTERVAL '15 minutes' AND said.opened_at + INTERVAL '1 day'
        )
)
SELECT
    source_id,
    alert_id,
    ticket_id,
    'host',
    0.8 - 0.2 * LEAST(1, GREATEST(0, EXTRACT(EPOCH FROM distance) / 60 - 15) / 1425),
    distance
FROM named
WHERE detected_at >= latest_at - INTERVAL '1 hour'
"""

BEST = """
SELECT DISTINCT ON (source_id, alert_id)
    source_id,
    alert_id,
    ticket_id,
    method,
    confidence
FROM pairs
ORDER BY
    source_id,
    alert_id,
    confidence DESC,
    GREATEST(distance, -distance),
    ticket_id
"""

# Neither the alert nor the ticket has anything else to belong to, on a board where alerts are known to end up.
BY_TIME = f"""
INSERT INTO pairs
WITH best AS ({BEST}),
sure AS (
    SELECT source_id, alert_id, ticket_id
    FROM best
    WHERE confidence >= %(sure)s
    UNION
    SELECT source_id, alert_id, ticket_id
    FROM connectors_alertticketlink
    WHERE confidence >= %(sure)s
),
alert_board AS (
    SELECT ticket.source_id, ticket.board_id
    FROM sure
    JOIN raw_tickets AS ticket ON ticket.external_id = sure.ticket_id
    GROUP BY ticket.source_id, ticket.board_id
    HAVING COUNT(*) >= 3
),
lone AS (
    SELECT
        alert.source_id,
        alert.alert_id,
        ticket.ticket_id,
        ticket.opened_at - alert.detected_at AS distance,
        COUNT(*) OVER (PARTITION BY alert.source_id, alert.alert_id) AS tickets,
        COUNT(*) OVER (PARTITION BY ticket.source_id, ticket.external_id) AS alerts
    FROM asked_alerts AS alert
    JOIN asked_tickets AS ticket
        ON ticket.company_id = alert.company_id
            AND ticket.opened_at BETWEEN alert.detected_at AND alert.detected_at + INTERVAL '15 minutes'
    JOIN alert_board ON alert_board.source_id = ticket.source_id AND alert_board.board_id = ticket.board_id
    WHERE alert.redirected_to = ''
        AND NOT alert.is_incident
        AND NOT EXISTS (
            SELECT
            FROM best
            WHERE best.source_id = alert.source_id AND best.alert_id = alert.alert_id
        )
        AND NOT EXISTS (SELECT FROM best WHERE best.ticket_id = ticket.ticket_id)
)
SELECT source_id, alert_id, ticket_id, 'time', 0.4, distance
FROM lone
WHERE tickets = 1 AND alerts = 1
"""  # noqa: S608 - made of our own constant

# What was found before of alerts that are not asked about holds on.
KNOWN = f"""
    SELECT source_id, alert_id, ticket_id, method, confidence
    FROM ({BEST}) AS best
    UNION ALL
    SELECT link.source_id, link.alert_id, link.ticket_id, link.method, link.confidence
    FROM connectors_alertticketlink AS link
    LEFT JOIN asked_alerts AS asked USING (source_id, alert_id)
    WHERE asked.alert_id IS NULL
"""  # noqa: S608 - made of our own constant

# An incident is worked on where its alerts are.
OF_INCIDENTS = f"""
INSERT INTO pairs
WITH known AS ({KNOWN})
SELECT incident.source_id, incident.alert_id, known.ticket_id, known.method, known.confidence, INTERVAL '0'
FROM asked_alerts AS incident
JOIN raw_security_alerts AS member
    ON member.source_id = incident.source_id
        AND member.incident_id = incident.incident_id
        AND member.kind <> 'incident'
JOIN known ON known.source_id = member.source_id AND known.alert_id = member.external_id
WHERE incident.is_incident
"""  # noqa: S608 - made of our own constant

# A second view of an alert, or an incident that another took over, goes with the first.
OF_SECOND_VIEWS = f"""
INSERT INTO pairs
WITH known AS ({KNOWN})
SELECT second.source_id, second.alert_id, known.ticket_id, known.method, known.confidence, INTERVAL '0'
FROM asked_alerts AS second
JOIN known ON known.source_id = second.source_id AND known.alert_id = second.redirected_to
WHERE second.redirected_to <> ''
"""  # noqa: S608 - made of our own constant

CHANGES = f"""
CREATE TEMPORARY TABLE link_changes ON COMMIT DROP AS
WITH best AS ({BEST}),
kept AS (
    SELECT link.source_id, link.alert_id, link.ticket_id, link.method, link.confidence
    FROM connectors_alertticketlink AS link
    JOIN asked_alerts USING (source_id, alert_id)
)
SELECT
    source_id,
    alert_id,
    best.ticket_id,
    best.method,
    best.confidence,
    kept.ticket_id AS old_ticket_id
FROM best
FULL JOIN kept USING (source_id, alert_id)
WHERE (best.ticket_id, best.method, best.confidence) IS DISTINCT FROM (kept.ticket_id, kept.method, kept.confidence)
"""  # noqa: S608 - made of our own constant
