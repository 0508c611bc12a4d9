"""The kinds of work that a technician's time goes to, and what can be said of each against colleagues."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from kpis import names
from kpis.handled_work import Domain
from kpis.profile.fair import between, more_or_less, tickets_said
from kpis.profile.groups import board_name
from kpis.profile.tickets import Line
from kpis.strengths import Share
from kpis.teams import LEAST_DOMAIN_TICKETS

SHOWN = 12


@dataclass(frozen=True)
class DomainLine:
    """One board and type: its part of the time and tickets, and how its work compares."""

    name: str
    share: Share
    width: int  # of the bar, of a thousand
    query: str  # what an address of the work behind it says
    verdict: str
    examples: Sequence[Line] = ()

    @property
    def hours(self) -> float:
        return self.share.minutes / 60

    @property
    def said(self) -> Mapping[str, Any]:
        """The comparison behind a strength or a weakness."""
        assert self.share.work
        handling = self.share.work.measures["handling"]
        return {
            "change": more_or_less(handling.ratio),
            "between": between(handling),
            "tickets": tickets_said(handling.tickets),
        }


def domain_lines(shares: Sequence[Share], examples: Mapping[Domain, list[Line]]) -> list[DomainLine]:
    """In the order of the shares."""
    boards = names.boards(share.domain[0] for share in shares)
    longest = max((share.minutes for share in shares), default=0) or 1
    return [
        DomainLine(
            name=_name(share.domain, boards),
            share=share,
            width=round(1000 * share.minutes / longest),
            query=urlencode({"board": share.domain[0] or "", "type": share.domain[1]}),
            verdict=_verdict(share),
            examples=examples.get(share.domain, ()),
        )
        for share in shares
    ]


def of(lines: Sequence[DomainLine], shares: Collection[Share]) -> list[DomainLine]:
    wanted = {share.domain for share in shares}
    return [line for line in lines if line.share.domain in wanted]


def _name(domain: Domain, boards: Mapping[int, str]) -> str:
    board, type_name = domain
    return f"{board_name(board, boards)} / {type_name or _('No type')}"


def _verdict(share: Share) -> str:
    if share.work is None or "handling" not in share.work.measures:
        return _("too few tickets to say (%(count)s are needed)") % {"count": LEAST_DOMAIN_TICKETS}
    if share.work.is_strength:
        return _("a strength")
    return _("takes longer") if share.work.is_weakness else _("as expected")
