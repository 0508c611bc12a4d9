"""Step 6: accounts for technicians, each linked to whom they are at the ticket desk; or later."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.sites import tenant_site
from connectors.models import RawMember
from connectors.setup.steps import Standing, State, Step, Story
from tenants.models import MemberLink
from tenants.roles import Role, assign


@dataclass(frozen=True)
class Suggestion:
    """A technician without an account, and the one that seems to be theirs or could be made."""

    member: RawMember
    user: User | None
    username: str


@dataclass(frozen=True)
class Welcome:
    """Whoever opens the address chooses a password of their own; it works once."""

    user: User
    address: str


def technicians() -> Any:
    return RawMember.objects.filter(deleted_at=None, is_inactive=False, is_automation=False)


def suggestions() -> list[Suggestion]:
    linked = MemberLink.objects.values("member_id")
    free = User.objects.filter(is_active=True, member_link=None).exclude(email="")
    by_email = {user.email.lower(): user for user in free}
    taken = {name.lower() for name in User.objects.values_list("username", flat=True)}
    return [
        Suggestion(member, by_email.get(member.email.lower()), _free_username(member, taken))
        for member in technicians().exclude(external_id__in=linked)
    ]


def _free_username(member: RawMember, taken: set[str]) -> str:
    wanted = (member.email or member.identifier or member.name).lower().replace(" ", ".")[:140]
    names = [wanted, *(f"{wanted}.{number}" for number in range(2, len(taken) + 3))]
    free = next(name for name in names if name not in taken)
    taken.add(free)
    return free


def standing(_request: HttpRequest) -> Standing:
    known, linked = technicians().count(), MemberLink.objects.count()
    if not known:
        return Standing(State.LATER, _("After the first sync."))
    told = {"linked": linked, "known": known}
    if linked:
        return Standing(State.DONE, _("%(linked)d of %(known)d technicians have an account.") % told)
    said = ngettext("%d technician has no account yet.", "%d technicians have no account yet.", known)
    return Standing(State.NEXT, said % known)


def story(_request: HttpRequest) -> Story:
    return {"suggestions": suggestions(), "linked": MemberLink.objects.count()}


def act(request: HttpRequest) -> Story:
    """Not a redirect: the addresses are shown once, and on the way they would have to be kept."""
    chosen = set(request.POST.getlist("member"))
    wanted = [
        each for each in suggestions() if "all" in request.POST or str(each.member.external_id) in chosen
    ]
    with transaction.atomic():
        welcomes = [found for each in wanted if (found := _give_account(request, each))]
    own = {"welcomes": welcomes, "linked_now": len(wanted) - len(welcomes), "is_answer": True}
    return story(request) | own


def _give_account(request: HttpRequest, suggested: Suggestion) -> Welcome | None:
    """An account that exists needs no welcome."""
    user = suggested.user or _new_user(request, suggested)
    MemberLink.objects.create(user=user, member_id=suggested.member.external_id)
    return None if suggested.user else Welcome(user, welcome_address(request, user))


def _new_user(request: HttpRequest, suggested: Suggestion) -> User:
    first, _space, last = suggested.member.name.partition(" ")
    user = User(
        username=suggested.username,
        email=suggested.member.email,
        first_name=first[:150],
        last_name=last[:150],
    )
    user.set_unusable_password()
    user.save()
    assign(user, Role.TECHNICIAN)
    tenant_site.get_model_admin(User).log_addition(request, user, [{"added": {}}])
    return user


def welcome_address(request: HttpRequest, user: User) -> str:
    """Good until it is used, or for the days of PASSWORD_RESET_TIMEOUT."""
    key = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return request.build_absolute_uri(reverse("welcome", args=[key, token]))


PEOPLE = Step(
    slug="people",
    title=gettext_lazy("People"),
    standing=standing,
    template="connectors/setup/people.html",
    story=story,
    act=act,
    is_required=False,
)
