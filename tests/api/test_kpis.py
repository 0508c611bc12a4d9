"""The KPIs in words: one text for the API, the pages and docs/kpis."""

import pytest
from django.utils import translation

from kpis import catalogue
from kpis.registry import kpis


def test_every_kpi_is_told_as_the_catalogue_tells_it(bi):
    told = bi.get("/api/v1/kpis/").json()["results"]
    with translation.override("en"):
        assert told == [catalogue.described(kpi) for kpi in kpis().values()]


def test_they_are_told_in_french_when_asked(bi):
    told = {kpi["kpi"]: kpi["name"] for kpi in bi.get("/api/v1/kpis/?language=fr").json()["results"]}
    assert told["time_consumption"] == "Emploi du temps"


@pytest.mark.parametrize("query", ["language=de", "langage=fr"])
def test_what_cannot_be_meant_is_refused(bi, query):
    assert bi.get(f"/api/v1/kpis/?{query}").status_code == 400
