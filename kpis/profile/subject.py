"""Whose page it is, and how much is told to whoever asks: everything to oneself, to others by the privacy mode."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.access import Area, May, may, role_for
from connectors.models import RawMember
from kpis import names
from tenants.models import MemberLink, TenantSettings

Privacy = TenantSettings.Privacy
LENGTHS = (30, 90)


@dataclass(frozen=True)
class Subject:
    """`name` is a pseudonym where the MSP does not name people, and empty on the own page."""

    member_id: int
    page: str
    name: str = ""
    is_own: bool = False
    is_named: bool = True

    @property
    def work(self) -> str:
        """The address of the work behind figures; none where tickets would tell who it is."""
        return f"{self.page}work/" if self.is_named else ""


def oneself(request: HttpRequest) -> Subject | None:
    """None for accounts of which nobody has said yet whose they are."""
    if role_for(request) is None:
        raise PermissionDenied(_("Your account has no role here. Ask your owner for one."))
    link = MemberLink.objects.filter(user__username=request.user.get_username()).first()
    return Subject(link.member_id, reverse("me"), is_own=True) if link else None


def somebody(request: HttpRequest, number: int) -> Subject:
    """The technician at an address, as managers see them; programs have no page."""
    if not may(request, May.VIEW, Area.TEAM):
        raise PermissionDenied(_("You can see your own figures only."))
    privacy = TenantSettings.load().privacy_mode
    if privacy == Privacy.OWN_ONLY:
        raise PermissionDenied(_("Your settings say that technicians' figures are seen by themselves only."))
    member_id = names.at_address(number, privacy)
    people = RawMember.objects.filter(is_automation=False)
    member = people.filter(external_id=member_id).first() if member_id is not None else None
    if member_id is None or member is None:
        raise Http404
    is_named = privacy == Privacy.NAMED
    name = member.name if is_named else names.pseudonym(member_id)
    return Subject(member_id, reverse("technician", args=[number]), name, is_named=is_named)
