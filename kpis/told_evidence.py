"""Evidence as tables: ids become links to the rows they stand for, the rest is shown under its name in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from config.words import WORDS, said
from connectors.admin.lists import link
from connectors.models import Device, RawSecurityAlert, RawTicket, RawTimeEntry
from kpis.cards import number

SHOWN_ROWS = 20
NAMED: dict[str, Any] = {
    "agreements": _("Agreements"),
    "alerts": _("Alerts"),
    "board": _("Boards"),
    "classes": _("Kinds of questions"),
    "company": _("Clients"),
    "contacts": _("Contacts"),
    "devices": _("Devices"),
    "ended_on": _("Ended"),
    "escalation": _("Passed on"),
    "expected": _("Expected"),
    "handling": _("Time"),
    "high": _("At most"),
    "hosts": _("Devices"),
    "labels": _("What it is labelled"),
    "links": _("Tickets of the alerts"),
    "low": _("At least"),
    "measures": _("Measures"),
    "minutes": _("Minutes"),
    "of_tickets": _("Of tickets"),
    "over_on": _("Over on"),
    "paid": _("Paid for"),
    "phrases": _("Words that matched"),
    "quantity": _("Quantity"),
    "ratio": _("Times the usual"),
    "reasons": _("Reasons"),
    "reopen": _("Came back"),
    "scores": _("Scores"),
    "segment": _("Types"),
    "sell": _("What to offer"),
    "since": _("From"),
    "subjects": _("Subjects"),
    "tickets": _("Tickets"),
    "topic": _("Topics"),
    "until": _("Until"),
    "usual": _("Usual"),
}
LEFT_OUT = {"key", "id"}  # whose names stand beside them


@dataclass(frozen=True)
class Table:
    title: Any
    columns: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    all_of_them: str = ""  # where the rest is


@dataclass(frozen=True)
class Things:
    """Rows that ids in evidence stand for: their table, what ids are of them, and the columns shown."""

    title: Any
    table: type[Model] | str  # by its name where it is of an app above this one
    columns: tuple[str, ...]
    id_column: str = "external_id"

    def told(self, ids: Sequence[Any]) -> Table:
        table = apps.get_model(self.table) if isinstance(self.table, str) else self.table
        rows = table._default_manager.filter(**{f"{self.id_column}__in": ids[:SHOWN_ROWS]})
        page = f"admin:{table._meta.app_label}_{table._meta.model_name}"
        several = ",".join(map(str, ids))
        return Table(
            title=self.title,
            columns=[WORDS[column] for column in self.columns],
            rows=[self._row(page, row) for row in rows],
            all_of_them=f"{reverse(f'{page}_changelist')}?{self.id_column}__in={several}",
        )

    def _row(self, page: str, row: Any) -> list[Any]:
        first, *others = (said(getattr(row, column)) for column in self.columns)
        address = reverse(f"{page}_change", args=[row.pk])
        return [link(address, first or f"#{row.pk}"), *others]


THINGS = {
    "ticket_ids": Things(_("Tickets"), RawTicket, ("summary", "status_name", "opened_at")),
    "entry_ids": Things(_("Time entries"), RawTimeEntry, ("started_at", "notes")),
    "alert_ids": Things(_("Alerts"), RawSecurityAlert, ("title", "severity", "detected_at")),
    "device_ids": Things(_("Devices"), Device, ("hostname", "last_seen_at"), "id"),
    "proposal_ids": Things(_("Projects"), "insights.Proposal", ("name", "status"), "id"),
}


def told(evidence: Mapping[str, Any]) -> list[Table]:
    """Facts first, tables next, and at the end the rows behind all of it."""
    facts, tables, things = [], [], []
    for name, value in evidence.items():
        if name in THINGS:
            things += [THINGS[name].told(value)] if value else []
        elif name == "drivers":
            tables += [_table(dimension, rows) for dimension, rows in value.items() if rows]
        elif isinstance(value, dict) or (isinstance(value, list) and any(map(_is_row, value))):
            tables += [_table(name, value)] if value else []
        elif value not in (None, "", []):
            facts.append((word(name), _said(value)))
    return [*([Table("", (), facts)] if facts else []), *tables, *things]


def _is_row(value: Any) -> bool:
    return isinstance(value, dict)


def _table(name: str, rows: Any) -> Table:
    if isinstance(rows, dict) and not all(map(_is_row, rows.values())):
        return Table(word(name), (), [(_said(key), _said(value)) for key, value in rows.items()])
    named = rows.items() if isinstance(rows, dict) else [("", row) for row in rows]
    columns = list(dict.fromkeys(column for _name, row in named for column in row if column not in LEFT_OUT))
    has_names = isinstance(rows, dict)
    return Table(
        word(name),
        [*([""] if has_names else []), *map(word, columns)],
        [
            [*([word(key)] if has_names else []), *(_said(row.get(column)) for column in columns)]
            for key, row in named
        ],
    )


def word(name: str) -> Any:
    return NAMED.get(name) or WORDS.get(name) or name.replace("_", " ").capitalize()


def _said(value: Any) -> Any:
    if value is None:
        return "–"
    if isinstance(value, float):
        return number(value, 0 if value == int(value) else 2)
    if isinstance(value, list | tuple):
        return ", ".join(str(_said(one)) for one in value)
    return _day(value) if isinstance(value, str) else value


def _day(text: str) -> str:
    try:
        return date_format(date.fromisoformat(text[:10])) if text[:2] == "20" and len(text) > 9 else text
    except ValueError:
        return text
