"""The figures' pages that are no lists of a table: where they are, what makes them, what their address is called."""

from config.sites import Page
from kpis.meanings import meanings
from kpis.quality.page import data_quality

PAGES: tuple[Page, ...] = (
    ("data-quality/", data_quality, "data_quality"),
    ("figures/", meanings, "meanings"),
)
