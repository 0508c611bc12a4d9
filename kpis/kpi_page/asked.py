"""What an address asks of a KPI's table: by what it is told apart, of whom, in which order; and what makes no sense."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from kpis import names
from kpis.kpi_page.cuts import TITLES, Cut
from kpis.period import Period
from tenants.models import TenantSettings

Privacy = TenantSettings.Privacy
NONE = "none"  # of no client, no technician, no board
LONGEST_ID = 18


@dataclass(frozen=True)
class Asked:
    period: Period
    cut: Cut | None
    filters: Mapping[str, int | None]
    sort: str  # a metric or "name", with a minus for the largest first
    page: int
    problems: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)  # the filters as the address has them

    @classmethod
    def read(cls, request: HttpRequest, period: Period, cuts: Sequence[Cut]) -> "Asked":
        problems: list[str] = []
        cut = _cut(request.GET.get("by", ""), cuts, problems)
        filters = read_filters(request, problems)
        return cls(
            period=period,
            cut=cut,
            filters=filters,
            sort=_sort(request.GET.get("sort", ""), cut, problems),
            page=read_page(request.GET.get("page", ""), problems),
            problems=tuple(problems),
            words={name: request.GET[name] for name in filters},
        )

    def address(self, **other: str | int) -> str:
        """The same page but for what is given; always from its first rows on."""
        by = {"by": self.cut.word} if self.cut else {}
        return f"?{self.period.asked}&{urlencode({**by, 'sort': self.sort, **self.words, **other})}"

    @property
    def filter_query(self) -> str:
        """The filters alone, to be put behind the rest of an address."""
        return f"&{urlencode(self.words)}" if self.words else ""

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """What a form of the filters has to keep."""
        by = [("by", self.cut.word)] if self.cut else []
        return [*parse_qsl(self.period.asked), *by, ("sort", self.sort)]


def read_filters(request: HttpRequest, problems: list[str]) -> dict[str, int | None]:
    """By dimension. A number that stands for a person is turned into the person."""
    found: dict[str, int | None] = {}
    for name in TITLES:
        text = request.GET.get(name, "")
        if text == NONE:
            found[name] = None
        elif text.isdecimal() and text.isascii() and len(text) <= LONGEST_ID:
            found[name] = int(text)
        elif text:
            problems.append(
                _("“%(text)s” is not the id of a %(what)s.")
                % {"text": text[:40], "what": str(TITLES[name]).lower()}
            )
    return _people(found, problems)


def _people(filters: dict[str, int | None], problems: list[str]) -> dict[str, int | None]:
    privacy = TenantSettings.load().privacy_mode
    if filters.get("technician") is None and "technician" not in filters:
        return filters
    if privacy == Privacy.OWN_ONLY:
        problems.append(
            _("Your settings say that technicians see only themselves, so nothing is shown by person.")
        )
        return {name: value for name, value in filters.items() if name != "technician"}
    person = filters["technician"]
    member = None if person is None else names.at_address(person, privacy)
    if person is not None and member is None:
        problems.append(_("There is no such technician."))
        return {name: value for name, value in filters.items() if name != "technician"}
    return filters | {"technician": member}


def _cut(word: str, cuts: Sequence[Cut], problems: list[str]) -> Cut | None:
    found = next((cut for cut in cuts if cut.word == word), None)
    if word and cuts and found is None:
        problems.append(_("These figures can't be told apart by “%s”.") % word[:40])
    return found or (cuts[0] if cuts else None)


def _sort(asked: str, cut: Cut | None, problems: list[str]) -> str:
    """Most first; but technicians by name, because their work differs too much for a ranking."""
    usual = "name" if cut is None or cut.dimension == "technician" else f"-{cut.metrics[0].slug}"
    known = {"name", *(metric.slug for metric in cut.metrics)} if cut else {"name"}
    if not asked or asked.removeprefix("-") in known:
        return asked or usual
    if cut:
        problems.append(_("There is no column “%s” to sort by here.") % asked[:40])
    return usual


def read_page(asked: str, problems: list[str]) -> int:
    if asked.isdecimal() and asked.isascii() and 0 < len(asked) < 7:
        return max(1, int(asked))
    if asked:
        problems.append(_("“%s” is not a page.") % asked[:40])
    return 1


def shown_id(dimension: str, key: Any) -> str:
    """How an id is written in addresses: of a person, as the MSP's privacy mode says."""
    if key is None:
        return NONE
    return str(
        names.address_id(key, TenantSettings.load().privacy_mode) if dimension == "technician" else key
    )
