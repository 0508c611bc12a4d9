"""The catalogue is made from the definitions and is current; a KPI of another package is taken like our own."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.embedded import PROJECT
from kpis import catalogue
from kpis.registry import kpis

GUIDE = PROJECT / "docs" / "custom-kpi.md"
ENTRY_POINT = "[deskmetry.kpis]\nweekend_work = deskmetry_weekend\n"


def test_the_pages_in_docs_are_current():
    call_command("kpi_catalogue", "--check", stdout=StringIO())


def test_a_page_that_is_not_current_is_named(tmp_path):
    call_command("kpi_catalogue", f"--folder={tmp_path}", stdout=StringIO())
    (tmp_path / "04-time_consumption.md").write_text("old")
    (tmp_path / "99-gone.md").write_text("of a KPI that is no more")
    with pytest.raises(CommandError, match=r"04-time_consumption\.md, 99-gone\.md"):
        call_command("kpi_catalogue", "--check", f"--folder={tmp_path}", stdout=StringIO())
    call_command("kpi_catalogue", f"--folder={tmp_path}", stdout=StringIO())
    call_command("kpi_catalogue", "--check", f"--folder={tmp_path}", stdout=StringIO())


def test_every_page_tells_question_formula_figures_example_and_sql():
    for kpi in kpis().values():
        page = catalogue.rendered()[f"{kpi.number}-{kpi.slug}.md"]
        for part in (kpi.question, kpi.formula, "## Metrics", "## Worked example", "```sql"):
            assert str(part) in page, (kpi.slug, part)


def plugged_in(folder: Path) -> dict[str, str]:
    """The guide's package, installed; returns the environment in which it is found."""
    (code,) = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (folder / "deskmetry_weekend.py").write_text(code)
    info = folder / "deskmetry_weekend-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: deskmetry-weekend\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINT)
    return os.environ | {"PYTHONPATH": f"{folder}{os.pathsep}{PROJECT}"}


@pytest.mark.servers
@pytest.mark.timeout(300)
def test_the_guides_kpi_is_found_and_passes_the_contract(tmp_path):
    wanted = [
        "tests/kpis/test_contract.py",
        "tests/kpis/test_worked_examples.py",
        "-k",
        "weekend_work or side_by_side",
    ]
    command = [sys.executable, "-m", "pytest", "-n0", "-p", "no:cacheprovider", *wanted]
    environment = plugged_in(tmp_path) | {"DESKMETRY_VAR": str(tmp_path / "var"), "DESKMETRY_THROWAWAY": "1"}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]


def test_a_plugged_in_kpi_may_not_own_columns_of_kpi_daily(tmp_path):
    environment = plugged_in(tmp_path)
    module = tmp_path / "deskmetry_weekend.py"
    column = (
        'daily_columns=(Column("nps", "weekend_minutes", "N", "minutes", "neither", "M"),),\n    version=1,'
    )
    code = module.read_text().replace("version=1,", column).replace("import Fact", "import Column, Fact")
    module.write_text(code)
    ask = "import django; django.setup(); from kpis.registry import kpis; kpis()"
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    done = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True)
    assert "weekend_work is plugged in, so it cannot own columns of kpi_daily" in done.stderr
