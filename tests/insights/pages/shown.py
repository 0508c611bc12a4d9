"""Asking for the pages of improvement projects, and north's project at any stage."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from insights.measure import measure
from insights.models import Proposal
from tenants.context import tenant
from tests.insights.projects import CLIENTS, accepted, finished, weekly

LIST = "/admin/insights/proposal/"
FUNNEL = "/admin/insights/funnel/"


def only(schema: str = "north") -> Proposal:
    with tenant(schema):
        return Proposal.objects.select_related("baseline", "topic").get()


def page(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def page_of(client: Client, one: Proposal) -> str:
    return page(client, f"{LIST}{one.pk}/change/")


def post(client: Client, one: Proposal, deed: str, **sent) -> str:
    sent = {"seen": one.version} | sent
    return client.post(f"{LIST}{one.pk}/{deed}/", sent, follow=True).content.decode()


def project(stage: str) -> Proposal:
    """North's, a year ago, as far as that."""
    with tenant("north"):
        one = Proposal.objects.get()
        past = timezone.now() - timedelta(days=400)
        weekly(one.topic, dict.fromkeys(CLIENTS, 10), now=past)
        if stage == "accepted":
            accepted(one, now=past)
        else:
            finished(one, now=past)
            weekly(
                one.topic, {1: 2} | dict.fromkeys(CLIENTS[1:], 10), now=past + timedelta(weeks=31), weeks=28
            )
        if stage == "measured":
            measure(timezone.now())
    return only()
