"""Step 5: which client each customer of a security vendor is; only where a security vendor is connected."""

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.mapping_queue import waiting
from connectors.models import RawVendorCustomer
from connectors.registry import is_desk
from connectors.setup.links import links
from connectors.setup.steps import Standing, State, Step, Story


def applies() -> bool:
    return not all(map(is_desk, links()))


def standing(_request: HttpRequest) -> Standing:
    if not RawVendorCustomer.objects.exists():
        return Standing(State.LATER, _("After the first sync of a security vendor."))
    count = waiting().customers
    if not count:
        return Standing(State.DONE, _("Every customer is mapped."))
    said = ngettext("%d customer waits for you.", "%d customers wait for you.", count)
    return Standing(State.NEXT, said % count)


def story(_request: HttpRequest) -> Story:
    found = RawVendorCustomer.objects.filter(deleted_at=None)
    return {"waiting": waiting(), "customers": found.count()}


MAPPING = Step(
    slug="mapping",
    title=gettext_lazy("Client mapping"),
    standing=standing,
    template="connectors/setup/mapping.html",
    story=story,
    is_required=False,
    applies=applies,
)
