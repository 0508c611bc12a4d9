"""What is looked for in the data: how much of it is too much, which KPIs it lowers, and what to do about it.

The first checks are counted day by day, as cells are; the others hold of the present and are judged when shown.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from kpis.base import Text

Dimension = Literal["company", "technician", "board", ""]
FEWEST = 20  # looked at; one untyped ticket on a Sunday is no verdict
WHOLE_DESK = ("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11")


@dataclass(frozen=True)
class Check:
    """From `warn` percent on a KPI that it lowers is of medium trust, from `bad` percent on of low."""

    slug: str
    name: Text
    advice: Text
    warn: Decimal
    bad: Decimal
    lowers: tuple[str, ...]
    by: Dimension = ""  # of whom there are most
    fewest: int = FEWEST


def _check(
    slug: str, warn: str, bad: str, lowers: str, name: Text, advice: Text, by: Dimension = ""
) -> Check:
    return Check(slug, name, advice, Decimal(warn), Decimal(bad), tuple(lowers.split()), by)


COUNTED = (
    _check(
        *("no_type", "10", "30", "01 02 03 08 09 11"),
        _("Tickets without a type"),
        _("Make the type a required field on these boards."),
        by="board",
    ),
    _check(
        *("no_owner", "5", "20", "03 07 08 09"),
        _("Closed tickets that nobody owned or worked on"),
        _("Assign an owner before a ticket is closed; a workflow rule can require it."),
        by="board",
    ),
    _check(
        *("no_time", "15", "40", "03 06 07 08 09 10"),
        _("Closed tickets without any time"),
        _(
            "Enter time before closing, and have monitoring close its own tickets under an account of its own."
        ),
        by="board",
    ),
    _check(
        *("no_agreement", "20", "50", "05 01"),
        _("Time worked for clients without any agreement"),
        _("Enter their agreements, or name these clients in the settings as needing none."),
        by="company",
    ),
    _check(
        *("absurd_duration", "1", "5", "07"),
        _("Closed tickets with an impossible time to resolve"),
        _(
            "Look at when they were opened and resolved; imports and clocks that are wrong leave such moments."
        ),
        by="board",
    ),
    _check(
        *("late_entry", "20", "50", "04 05 06 07 09 10"),
        _("Time entered two days after the work or later"),
        _("Ask for time to be entered on the day of the work."),
        by="technician",
    ),
    _check(
        *("overlap", "2", "10", "04 05 09"),
        _("Minutes entered twice: two entries of one person at the same time"),
        _("Correct the start or the end of one of the two entries."),
        by="technician",
    ),
    _check(
        *("long_entry", "0.5", "2", "04 05 06 07 09 10"),
        _("Time entries of more than 16 hours, or that end before they start"),
        _("Correct their start, end or hours; most are slips of the keyboard."),
        by="technician",
    ),
    _check(
        *("no_member", "1", "5", "04 07 09"),
        _("Time entries of nobody, or of somebody unknown"),
        _("Let the API user of the connection see all members, and have integrations log time as a member."),
        by="company",
    ),
    _check(
        *("unmapped_alert", "5", "25", "12"),
        _("Alerts of no known client"),
        _("Say under Client mapping which clients these customers of the security vendors are."),
    ),
    _check(
        *("derived_severity", "25", "60", "12"),
        _("Alerts whose severity the vendor did not give"),
        _("Nothing is wrong; read the severities of these alerts as estimates."),
        by="company",
    ),
    _check(
        *("estimated", "25", "60", "12"),
        _("Alerts whose moment of resolution is an estimate"),
        _(
            "Let the API user see the vendor's activity log, and sync often: the moment is seen between two syncs."
        ),
        by="company",
    ),
    _check(
        *("no_history", "1", "50", "03 07"),
        _("Tickets closed before their history was recorded"),
        _("Nothing can be done: reopenings and escalations of that time are not known."),
    ),
)
STALE = Check(
    "stale",
    _("Connections that were not read to the day's end"),
    _("See under Connections what each needs; the figures are complete once it was read."),
    Decimal(0),
    Decimal(0),
    (),
    fewest=1,
)
UNMAPPED_DEVICE = _check(
    *("unmapped_device", "5", "25", "01 12"),
    _("Devices of no known client"),
    _("Say under Client mapping which clients these customers of the security vendors are."),
)
DRIFT = _check(
    *("drift", "0.1", "1", ""),
    _("Records that only the nightly comparison with the vendor found to differ"),
    _(
        "They are corrected. If it happens every night, look at the sync runs and at what the API user may see."
    ),
)
CHECKS: Mapping[str, Check] = {each.slug: each for each in (*COUNTED, STALE, UNMAPPED_DEVICE, DRIFT)}


@dataclass(frozen=True)
class Reason:
    """What speaks against a figure: so many of so many are wrong."""

    check: Check
    wrong: Decimal
    of: Decimal
    is_bad: bool

    @property
    def percent(self) -> Decimal:
        return 100 * self.wrong / self.of

    @property
    def badness(self) -> Decimal:
        return self.percent / self.check.bad if self.check.bad else Decimal(self.is_bad)

    def plain(self) -> dict[str, Any]:
        """As it is stored and told to programs."""
        percent = float(round(self.percent, 2))
        return {
            "check": self.check.slug,
            "wrong": _number(self.wrong),
            "of": _number(self.of),
            "percent": percent,
        }


def judged(check: Check, wrong: Decimal, of: Decimal) -> Reason | None:
    """None when it is well, or when too few were looked at to tell."""
    if of < check.fewest or 100 * wrong < check.warn * of:
        return None
    return Reason(check, wrong, of, is_bad=100 * wrong >= check.bad * of)


def worst_first(reasons: Iterable[Reason]) -> list[Reason]:
    return sorted(reasons, key=lambda reason: (not reason.is_bad, -reason.badness, reason.check.slug))


def _number(value: Decimal) -> int | float:
    return int(value) if value == int(value) else float(value)
