"""The figures' pages that are no lists of a table: where they are, what makes them, what their address is called."""

from config.sites import Page
from kpis.kpi_page.behind_page import behind_csv, behind_page
from kpis.kpi_page.page import all_kpis, kpi_csv, kpi_page
from kpis.meanings import meanings
from kpis.profile.team import team
from kpis.quality.page import data_quality

PAGES: tuple[Page, ...] = (
    ("data-quality/", data_quality, "data_quality"),
    ("figures/", meanings, "meanings"),
    ("team/", team, "team"),
    ("kpi/", all_kpis, "kpis"),
    ("kpi/<slug:slug>/", kpi_page, "kpi"),
    ("kpi/<slug:slug>.csv", kpi_csv, "kpi_csv"),
    ("kpi/<slug:slug>/<slug:metric>/behind/", behind_page, "kpi_behind"),
    ("kpi/<slug:slug>/<slug:metric>/behind.csv", behind_csv, "kpi_behind_csv"),
)
