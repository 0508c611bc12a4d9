"""What may be done with an improvement project as it is now, and the answer to who was too late or left something out.

Whoever is refused gets the sentence, what they had written, and the form again where the deed is still possible.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.sites import next_page
from insights.models import Proposal
from insights.proposal_story import plan_words
from insights.workflow import FROM, UNDECIDED

Status = Proposal.Status
LEADS_TO = {
    "accept": Status.ACCEPTED,
    "start": Status.IN_PROGRESS,
    "finish": Status.DONE,
    "reopen": Status.PROPOSED,
    "snooze": Status.SNOOZED,
    "reject": Status.REJECTED,
}
# What opens the form of a deed, and the form's button.
WORDS = {
    "accept": (_("Accept …"), _("Accept …")),
    "start": (_("Start …"), _("Start it")),
    "finish": (_("Finish …"), _("It is finished")),
    "reopen": (_("Propose it again"), _("Propose it again")),
    "snooze": (_("Put off …"), _("Put it off")),
    "reject": (_("Reject …"), _("Reject")),
}
CORRECT = _("Correct its end"), _("Correct its end")
CALL_OFF = _("Call it off …"), _("Call it off")


@dataclass(frozen=True)
class Offer:
    """A deed that is possible now; the main one leads on."""

    deed: str
    title: Any
    button: Any
    address: str
    is_main: bool


def offers(proposal: Proposal) -> list[Offer]:
    possible = [deed for deed, to in LEADS_TO.items() if proposal.status in FROM[to]]
    if proposal.rolled_into_id and "accept" in possible:
        possible.remove("accept")
    return [_offer(proposal, deed) for deed in possible]


def _offer(proposal: Proposal, deed: str) -> Offer:
    page = "confirm" if deed == "accept" else deed
    return Offer(
        deed,
        *_words(proposal, deed),
        reverse(f"admin:proposal_{page}", args=[proposal.pk]),
        deed in ("accept", "start") or (deed == "finish" and proposal.status == Status.IN_PROGRESS),
    )


def _words(proposal: Proposal, deed: str) -> tuple[Any, Any]:
    if deed == "finish" and proposal.status == Status.DONE:
        return CORRECT
    if deed == "reject" and proposal.status not in UNDECIDED:
        return CALL_OFF
    return WORDS[deed]


def refused(request: HttpRequest, proposal: Proposal, deed: str, sentence: str) -> dict[str, Any]:
    """`proposal` as it is now."""
    words = {
        "reason": _("Reason"),
        "text": _("Your comment"),
        "until": _("Put off until"),
        "started_on": _("Start"),
        "finished_on": _("Finished"),
    } | plan_words()
    written = [(title, request.POST[name]) for name, title in words.items() if request.POST.get(name)]
    return {
        "title": _("Nothing was changed"),
        "proposal": proposal,
        "sentence": sentence,
        "written": written,
        "sent": request.POST,
        "offer": next((one for one in offers(proposal) if one.deed == deed), None),
        "next": next_page(request.POST),
    }
