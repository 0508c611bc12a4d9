"""The KPIs in words, rendered from their modules: what pages, the API and docs/kpis say of them is one text."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.text import slugify

from kpis.base import DIMENSIONS, Column, Fact, Kpi, Metric
from kpis.registry import kpis

ROLL_UPS = {
    "sum": "add up",
    "ratio": "add up both parts, then divide",
    "recomputed": "taken anew from the things themselves",
    "none": "as of the last day",
}
INTRODUCTION = """# The KPIs

What every figure means. These pages are made from the definitions (`manage.py kpi_catalogue`); how each cell is
counted when a sentence leaves it open is settled in [figures](../figures.md) and [more figures](../figures-more.md).

"""
Table = Sequence[Sequence[object]]


def described(kpi: Kpi) -> dict[str, Any]:
    """What people are told about a KPI, in the language that is active."""
    return {
        "kpi": kpi.slug,
        "number": kpi.number,
        "name": str(kpi.name),
        "question": str(kpi.question),
        "formula": str(kpi.formula),
        "owner": str(kpi.owner),
        "version": kpi.version,
        "columns": [_column(column) for column in kpi.columns],
        "metrics": [_metric(kpi, metric) for metric in kpi.metrics],
    }


def _column(column: Column) -> dict[str, str]:
    return {
        "column": column.name,
        "title": str(column.title),
        "unit": column.unit,
        "direction": column.direction,
        "meaning": str(column.meaning),
    }


def _metric(kpi: Kpi, metric: Metric) -> dict[str, str]:
    return {
        "metric": metric.slug,
        "name": str(metric.name),
        "unit": metric.unit,
        "direction": metric.direction,
        "roll_up": ROLL_UPS[metric.roll_up],
        "meaning": str(metric.meaning),
        "behind_it": _thing(kpi, metric),
    }


def _thing(kpi: Kpi, metric: Metric) -> str:
    """What a drill-down lists."""
    counted = kpi.metric(metric.explained_by) if metric.explained_by else metric
    return next((fact.thing for fact in kpi.facts if counted in fact.metrics), "")


def write(folder: Path) -> list[Path]:
    """The pages; those of KPIs that are gone are removed."""
    pages = {folder / name: text for name, text in rendered().items()}
    for path in set(folder.glob("*.md")) - pages.keys():
        path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in pages.items():
        path.write_text(text)
    return sorted(pages)


def rendered() -> dict[str, str]:
    """The pages by file name, always in English."""
    with translation.override("en"):
        pages = {_file(kpi): _page(kpi) for kpi in kpis().values()}
        rows = [
            (kpi.number, f"[{kpi.name}]({_file(kpi)})", kpi.question, len(kpi.metrics))
            for kpi in kpis().values()
        ]
        return {"README.md": INTRODUCTION + _table(("", "KPI", "question", "metrics"), rows), **pages}


def _file(kpi: Kpi) -> str:
    return f"{kpi.number}-{slugify(kpi.slug)}.md"


def _page(kpi: Kpi) -> str:
    told = described(kpi)
    parts = [
        f"# {kpi.number} {told['name']}",
        f"**{told['question']}**",
        told["formula"],
        f"For: {told['owner']}. Version {kpi.version} of the definition; `kpi` is `{kpi.slug}`.",
        *_section("Columns of kpi_daily", _records(told["columns"])),
        *_section("Metrics of kpi_breakdown", _records(told["metrics"])),
        *_section("By hand", _by_hand(kpi)),
        *_section("Worked example", _example(kpi)),
        *_section("SQL", "\n\n".join(_statements(kpi))),
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, body: str) -> Iterable[str]:
    return [f"## {title}", body] if body else []


def _records(records: Sequence[Mapping[str, str]]) -> str:
    if not records:
        return ""
    return _table([name.replace("_", " ") for name in records[0]], [list(row.values()) for row in records])


def _by_hand(kpi: Kpi) -> str:
    if not kpi.plain_sql:
        return ""
    return f"{kpi.plain_differs}\n\n{_code(kpi.plain_sql)}"


def _example(kpi: Kpi) -> str:
    """Rows in, cells out; it runs as a test."""
    given = [
        f"- a {kind.replace('_', ' ')}: {', '.join(f'{name} {value}' for name, value in row.items())}"
        for kind, rows in kpi.example.rows.items()
        for row in rows
    ]
    days = [
        (day, column, value)
        for day, figures in kpi.example.daily.items()
        for column, value in figures.items()
    ]
    shown = ["Given", "\n".join(given)]
    if days:
        shown += ["kpi_daily says", _table(("day", "column", "value"), days)]
    if kpi.example.breakdown:
        header = ("metric", "day", *DIMENSIONS, "numerator", "denominator")
        shown += ["and kpi_breakdown", _table(header, kpi.example.breakdown)]
    return "\n\n".join(shown)


def _statements(kpi: Kpi) -> Iterable[str]:
    for fact in kpi.facts:
        yield f"{_what(fact)}:\n\n{_code(fact.sql)}"
    if kpi.daily_sql:
        yield f"The columns of kpi_daily:\n\n{_code(kpi.daily_sql)}"
    if kpi.rolling_sql:
        yield f"Those that follow from the day before:\n\n{_code(kpi.rolling_sql)}"


def _what(fact: Fact) -> str:
    of = f", one row per {fact.thing}" if fact.metrics else ""
    return f"`{fact.name}`{of}"


def _code(sql: str) -> str:
    return f"```sql\n{sql.strip()}\n```"


def _table(header: Sequence[object], rows: Table) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return " ".join(text.replace("|", "\\|").split())
