"""Every look at somebody's figures by somebody else is kept for a year, and shown to the person it was at."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from config.access import role_for
from kpis.models import ProfileLook
from tenants.models import MemberLink

Page = ProfileLook.Page
SHOWN_DAYS = 90
KEPT_DAYS = 365
MOST_SHOWN = 100


def record(request: HttpRequest, page: Page, member_id: int | None = None) -> None:
    """A look at a member's page, or without one at the whole team's. Once an hour, however often it is opened."""
    username = request.user.get_username()
    if member_id is not None and is_own(username, member_id):
        return
    now = timezone.now()
    look = ProfileLook(
        member_id=member_id,
        looked_at=now,
        hour=now.replace(minute=0, second=0, microsecond=0),
        user_id=request.user.pk,
        username=username,
        role=role_for(request) or "",
        page=page,
    )
    ProfileLook.objects.bulk_create([look], ignore_conflicts=True)


def is_own(username: str, member_id: int) -> bool:
    return MemberLink.objects.filter(user__username=username, member_id=member_id).exists()


def seen_by(member_id: int, username: str) -> Sequence[ProfileLook]:
    """Who saw a member's figures lately, other than the member, the latest first."""
    since = timezone.now() - timedelta(days=SHOWN_DAYS)
    looks = ProfileLook.objects.filter(Q(member_id=member_id) | Q(member_id=None), looked_at__gte=since)
    return list(looks.exclude(username=username)[:MOST_SHOWN])


def expire(now: datetime) -> int:
    return ProfileLook.objects.filter(looked_at__lt=now - timedelta(days=KEPT_DAYS)).delete()[0]
