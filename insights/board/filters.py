"""By what the board is narrowed down; what can be chosen follows from the projects there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from insights.admin.proposal_filters import ME, NOBODY
from insights.models import Proposal
from insights.playbooks import playbook_of
from kpis import names

Option = tuple[str, Any]


@dataclass(frozen=True)
class Choice:
    name: str
    title: Any
    options: Sequence[Option]
    chosen: str


@dataclass(frozen=True)
class Filters:
    """What was asked for; "" asks for everything."""

    company: str
    archetype: str
    owner: str
    scope: str
    me: str

    @classmethod
    def asked_for(cls, request: HttpRequest) -> "Filters":
        company, archetype, owner, scope = (
            request.GET.get(name, "") for name in ("company", "archetype", "owner", "scope")
        )
        is_number = company.isdecimal() and len(company) < 18
        return cls(company if is_number else "", archetype, owner, scope, request.user.get_username())

    @property
    def is_any(self) -> bool:
        return bool(self.company or self.archetype or self.owner or self.scope)

    def lets_through(self, proposal: Proposal) -> bool:
        return (
            (not self.company or int(self.company) in concerned(proposal))
            and self.archetype in ("", proposal.archetype)
            and self.scope in ("", proposal.scope)
            and self._is_owners(proposal.owner)
        )

    def rows(self) -> Q:
        """The same for the list of projects, which knows a project by its own client alone."""
        wanted = {"company": self.company, "archetype": self.archetype, "scope": self.scope}
        rows = Q(**{name: value for name, value in wanted.items() if value})
        return rows & self._owners() if self.owner else rows

    def in_list(self) -> dict[str, str]:
        """As the list of projects is asked."""
        asked = {"company": self.company, "archetype__exact": self.archetype, "owner": self.owner}
        return {name: value for name, value in {**asked, "scope__exact": self.scope}.items() if value}

    def _is_owners(self, owner: User | None) -> bool:
        if not self.owner:
            return True
        name = owner.get_username() if owner else NOBODY
        return name == (self.me if self.owner == ME else self.owner)

    def _owners(self) -> Q:
        if self.owner == NOBODY:
            return Q(owner=None)
        return Q(owner__username=self.me if self.owner == ME else self.owner)

    def choices(self, proposals: Iterable[Proposal], clients: Mapping[int, str]) -> list[Choice]:
        listed = list(proposals)
        owners = sorted({one.owner.get_username() for one in listed if one.owner})
        language = get_language() or "en"
        kinds = {one.archetype: playbook_of(one.archetype).words(language).title for one in listed}
        return [
            Choice("company", _("Client"), _by_name(clients), self.company),
            Choice("archetype", _("Kind of project"), _by_name(kinds), self.archetype),
            Choice(
                "owner",
                _("Owner"),
                [(ME, _("Me")), (NOBODY, _("Nobody")), *((name, name) for name in owners)],
                self.owner,
            ),
            Choice("scope", _("For"), Proposal.Scope.choices, self.scope),
        ]


def concerned(proposal: Proposal) -> frozenset[int]:
    """The clients that get it, once that is fixed; before, those whose tickets speak for it."""
    if proposal.company is not None:
        return frozenset({proposal.company})
    baseline = getattr(proposal, "baseline", None)
    numbers = baseline.treated.get("companies", ()) if baseline else proposal.evidence.get("companies", ())
    return frozenset(number for number in numbers if number is not None)


def clients_of(proposals: Iterable[Proposal]) -> dict[int, str]:
    numbers = {number for one in proposals for number in concerned(one)}
    found = names.companies(numbers)
    return {number: found.get(number, f"#{number}") for number in numbers}


def _by_name(named: Mapping[Any, str]) -> list[Option]:
    return sorted(((str(key), name) for key, name in named.items()), key=lambda option: option[1].lower())
