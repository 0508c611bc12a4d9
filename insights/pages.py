"""The insights' pages that are no lists of a table: where they are, what makes them, what their address is called."""

from config.sites import Page
from insights.admin.dry_run import would_be_sent
from insights.admin.funnel_page import project_funnel

PAGES: tuple[Page, ...] = (
    ("insights/topic/<int:topic>/would-be-sent/", would_be_sent, "topic_would_be_sent"),
    ("insights/funnel/", project_funnel, "project_funnel"),
)
