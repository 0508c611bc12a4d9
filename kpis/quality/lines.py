"""What to fix at the source: a line per check with something wrong in the last 30 days, biggest effect first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from connectors.mapping_queue import waiting
from connectors.models import SkippedRecord
from kpis import names
from kpis.base import Text
from kpis.behind import behind
from kpis.quality.checks import COUNTED, DRIFT, STALE, UNMAPPED_DEVICE, Dimension
from kpis.quality.concerned import minutes_concerned
from kpis.quality.definition import TRUST
from kpis.quality.standing import Standing
from tenants.models import TenantSettings

FRAME_DAYS = 30
NAMED = 3
Privacy = TenantSettings.Privacy
Counts = Sequence[tuple[int, Decimal]]  # by key, the most first

# The cut says by which dimension a row is summed; NULL is a key as well (nobody's).
TOTALS = """
SELECT
    metric,
    CASE GROUPING(company, technician, board)
        WHEN 3 THEN 'company' WHEN 5 THEN 'technician' WHEN 6 THEN 'board' ELSE ''
    END AS cut,
    COALESCE(company, technician, board),
    SUM(numerator),
    SUM(denominator)
FROM kpi_breakdown
WHERE kpi = %(kpi)s AND kpi_date >= %(since)s AND kpi_date < %(until)s
GROUP BY GROUPING SETS ((metric), (metric, company), (metric, technician), (metric, board))
HAVING SUM(numerator) > 0
ORDER BY metric, cut, SUM(numerator) DESC, COALESCE(company, technician, board)
"""


@dataclass(frozen=True)
class Most:
    """One of those with most of what is wrong. `id` is the desk's, or a pseudonym where people are not named."""

    dimension: Dimension
    id: int
    name: str
    count: Decimal


@dataclass(frozen=True)
class Line:
    check: str
    what: Text
    advice: Text
    count: Decimal
    of: Decimal | None = None
    minutes: Decimal = Decimal(0)  # concerned by it
    most: tuple[Most, ...] = ()
    url: str = ""

    @property
    def percent(self) -> float | None:
        return float(100 * self.count / self.of) if self.of else None


@dataclass(frozen=True)
class Total:
    """Of one check in the window: all that is wrong of what was looked at, and by key of each dimension."""

    wrong: Decimal
    of: Decimal
    by: Mapping[str, Sequence[tuple[int, Decimal]]]


def lines(standing: Standing) -> list[Line]:
    """Biggest effect first: the minutes concerned, then how many there are."""
    since, until = standing.today - timedelta(days=FRAME_DAYS - 1), standing.today + timedelta(days=1)
    found = [*_counted(since, until, standing.settings.privacy_mode), *_of_now(standing)]
    return sorted(found, key=lambda line: (-line.minutes, -line.count, line.check))


def _counted(since: date, until: date, privacy: str) -> Iterator[Line]:
    totals = _totals(since, until)
    minutes = minutes_concerned({check: total.wrong for check, total in totals.items()}, since, until)
    worst = _worst(totals, privacy)
    named = _named(worst.values(), privacy)
    for check in COUNTED:
        if total := totals.get(check.slug):
            yield Line(
                check=check.slug,
                what=check.name,
                advice=check.advice,
                count=total.wrong,
                of=total.of,
                minutes=minutes.get(check.slug, Decimal(0)),
                most=_most(*worst[check.slug], named, privacy),
                url=behind(check.slug, since, until),
            )


def _told(by: Dimension, privacy: str) -> Dimension:
    """Where technicians see only themselves, boards stand for who it was."""
    return "board" if by == "technician" and privacy == Privacy.OWN_ONLY else by


def _worst(totals: Mapping[str, Total], privacy: str) -> dict[str, tuple[Dimension, Counts]]:
    """By check: those with most of what is wrong, and by which dimension."""
    told = {check.slug: _told(check.by, privacy) for check in COUNTED if check.slug in totals}
    return {check: (by, totals[check].by.get(by, ())[:NAMED]) for check, by in told.items()}


def _named(worst: Iterable[tuple[Dimension, Counts]], privacy: str) -> dict[Dimension, dict[int, str]]:
    keys: dict[Dimension, set[int]] = defaultdict(set)
    for by, counts in worst:
        keys[by].update(key for key, _count in counts)
    return {
        "company": names.companies(keys["company"]),
        "board": names.boards(keys["board"]),
        "technician": names.technicians(keys["technician"], privacy),
    }


def _most(
    by: Dimension, counts: Counts, named: Mapping[Dimension, Mapping[int, str]], privacy: str
) -> tuple[Most, ...]:
    return tuple(
        Most(
            by,
            names.address_id(key, privacy) if by == "technician" else key,
            named[by].get(key, f"#{key}"),
            count,
        )
        for key, count in counts
    )


def _totals(since: date, until: date) -> dict[str, Total]:
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    by: dict[str, dict[str, list[tuple[int, Decimal]]]] = defaultdict(lambda: defaultdict(list))
    with connection.cursor() as cursor:
        cursor.execute(TOTALS, {"kpi": TRUST.slug, "since": since, "until": until})
        for check, cut, key, wrong, of in cursor.fetchall():
            if not cut:
                sums[check] = wrong, of
            elif key is not None:
                by[check][cut].append((key, wrong))
    return {check: Total(*parts, by[check]) for check, parts in sums.items()}


def _of_now(standing: Standing) -> Iterator[Line]:
    """What is wrong as of now, whatever day it is from. What it would change in the figures is not known."""
    unmapped, devices = standing.devices
    differing, seen = standing.drifted()
    stale = standing.behind()
    page = reverse("admin:connectors_syncrun_changelist")
    for check, count, of, url in (
        (STALE, len(stale), len(standing.sources), page),
        (UNMAPPED_DEVICE, unmapped, devices, reverse("admin:connectors_device_changelist")),
        (DRIFT, differing, seen, page),
    ):
        if count:
            yield Line(check.slug, check.name, check.advice, Decimal(count), Decimal(of), url=url)
    yield from _unmapped_customers()
    yield from _skipped_records()


def _unmapped_customers() -> Iterator[Line]:
    if customers := waiting().customers:
        yield Line(
            "unmapped_customer",
            _("Customers of security vendors that wait to be mapped"),
            _("Say which clients they are, or leave them out."),
            Decimal(customers),
            url=reverse("admin:connectors_rawvendorcustomer_changelist"),
        )


def _skipped_records() -> Iterator[Line]:
    if skipped := SkippedRecord.objects.count():
        yield Line(
            "skipped_record",
            _("Records that could not be read and count nowhere"),
            _("Each says what is wrong with it; correct it at the vendor, and the next sync reads it again."),
            Decimal(skipped),
            url=reverse("admin:connectors_skippedrecord_changelist"),
        )
