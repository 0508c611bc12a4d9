"""The insights' pages that are no lists of a table: where they are, what makes them, what their address is called."""

from config.sites import Page
from insights.admin.dry_run import would_be_sent
from insights.admin.funnel_page import project_funnel
from insights.board.evidence_page import evidence, evidence_csv
from insights.board.page import board
from insights.client.directory import clients
from insights.client.page import client

PAGES: tuple[Page, ...] = (
    ("clients/", clients, "clients"),
    ("clients/<int:number>/", client, "client"),
    ("insights/topic/<int:topic>/would-be-sent/", would_be_sent, "topic_would_be_sent"),
    ("insights/funnel/", project_funnel, "project_funnel"),
    ("board/", board, "board"),
    ("board/<int:pk>/evidence/", evidence, "board_evidence"),
    ("board/<int:pk>/evidence.csv", evidence_csv, "board_evidence_csv"),
)
