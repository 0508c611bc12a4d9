"""The connectors' pages that are no lists of a table: where they are, what makes them, what their address is called."""

from config.sites import Page
from connectors.setup import connect, pages

PAGES: tuple[Page, ...] = (
    ("setup/", pages.overview, "setup"),
    ("setup/connect/<slug:vendor>/", connect.add, "setup_connect"),
    ("setup/connection/<int:pk>/", connect.correct, "setup_correct"),
    ("setup/<slug:slug>/", pages.step_page, "setup_step"),
    ("setup/<slug:slug>/progress/", pages.progress, "setup_progress"),
)
