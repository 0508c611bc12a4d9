"""What the code promises about itself."""

import ast
import os
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import get_commands

from config.embedded import PROJECT
from connectors.registry import connectors
from kpis.models import KpiDaily
from kpis.registry import kpis

OURS = ("config", "tenants", "connectors", "kpis", "insights", "tests")
LONGEST_FILE_LINES = 300
VAGUE_NAMES = {"utils", "helpers", "services", "managers", "common", "misc"}
PROVENANCE = {"kpi_date", "computed_at", "data_as_of", "is_final", "definition_version"}
TOP_LEVEL = {
    *(
        "pyproject.toml",
        "README.md",
        "manage.py",
        "config",
        "tenants",
        "connectors",
        "kpis",
        "insights",
        "tests",
    ),
    *("Makefile", "uv.lock", ".ci", ".gitignore", "LICENSE", "compose.yaml", "docs", ".git", ".venv", "var"),
}
MADE_BY_TOOLS = {
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    ".import_linter_cache",
    "staticfiles",
}


def modules() -> list[Path]:
    found = [path for folder in OURS for path in (PROJECT / folder).rglob("*.py")]
    return [path for path in found if "migrations" not in path.parts]


def test_no_file_is_longer_than_a_reader_can_hold():
    lengths = {path: len(path.read_text().splitlines()) for path in modules()}
    assert {str(path): length for path, length in lengths.items() if length > LONGEST_FILE_LINES} == {}


def test_no_module_has_a_name_that_says_nothing():
    assert [path for path in modules() if path.stem in VAGUE_NAMES or path.parent.name in VAGUE_NAMES] == []


def test_every_module_says_what_it_is_for():
    silent = [
        str(path)
        for path in modules()
        if len(path.read_text().splitlines()) > 30
        and not path.name.startswith("test_")
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_the_top_level_holds_what_was_agreed():
    assert {path.name for path in PROJECT.iterdir()} - TOP_LEVEL - MADE_BY_TOOLS == set()


@pytest.mark.xdist_group("house")
def test_tests_of_a_group_run_on_one_worker(request):
    """Else each worker would set up browsers and servers of its own."""
    assert "PYTEST_XDIST_WORKER" not in os.environ or request.node.nodeid.endswith("@house")


def our_commands() -> list[str]:
    return sorted(name for name, app in get_commands().items() if str(app).split(".")[0] in OURS)


@pytest.mark.parametrize("command", our_commands())
def test_every_command_is_exercised_and_documented(command):
    tests = "\n".join(path.read_text() for path in (PROJECT / "tests").rglob("*.py"))
    assert re.search(rf'["\']{command}["\']', tests)
    assert f"`{command}" in (PROJECT / "README.md").read_text()


def test_every_column_of_kpi_daily_has_exactly_one_owner():
    owned = [column.name for kpi in kpis().values() for column in kpi.columns]
    columns = {field.column for field in KpiDaily._meta.concrete_fields}
    assert sorted(owned) == sorted(columns - PROVENANCE)


@pytest.mark.parametrize("slug", sorted(connectors()))
def test_every_vendor_has_a_simulator_and_passes_the_contract(slug):
    assert (PROJECT / "connectors" / "simulators" / slug).is_dir()
    assert (PROJECT / "tests" / "connectors" / f"{slug}.py").exists()


def test_every_setting_from_the_environment_is_in_the_readme():
    source = (PROJECT / "config" / "settings.py").read_text()
    names = set(re.findall(r'(?:env\.\w+|required)\(\s*"([A-Z_]+)"', source))
    readme = (PROJECT / "README.md").read_text()
    assert {name for name in names if name not in readme} == set()


def test_no_app_of_ours_but_the_directory_is_shared():
    shared = {label for label in settings.SHARED_APPS if label.split(".")[0] in OURS}
    assert shared == {"tenants.directory", "config"}
    assert not list(apps.get_app_config("config").get_models())


def test_every_dependency_says_why_it_is_there():
    lines = (PROJECT / "pyproject.toml").read_text().splitlines()
    requirements = [line for line in lines if re.match(r'\s+"[a-z][\w\[\],.-]*[~=<>]', line)]
    assert [line for line in requirements if "#" not in line] == []
