"""By what the list of improvement projects is narrowed down."""

from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from insights.models import Proposal, Topic
from kpis.decisions import assignees

Status = Proposal.Status
ME, NOBODY = "is:me", "is:nobody"  # no user names: these have no colons
UNDERWAY = (Status.ACCEPTED, Status.IN_PROGRESS, Status.DONE)


class StatusFilter(DropdownFilter):  # type: ignore[misc]
    """What tickets no longer support, and what became part of another project, is shown only when asked for."""

    title = _("status")
    parameter_name = "status"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("underway", _("Under way")), *Status.choices]

    def queryset(self, _request: HttpRequest, proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
        if self.value() == "underway":
            return proposals.filter(status__in=UNDERWAY)
        if self.value():
            return proposals.filter(status=self.value())
        return proposals.exclude(status=Status.WITHDRAWN)


class OwnerFilter(DropdownFilter):  # type: ignore[misc]
    title = _("owner")
    parameter_name = "owner"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        people = ((user.username, user.username) for user in assignees())
        return [(ME, _("Me")), (NOBODY, _("Nobody")), *people]

    def queryset(self, request: HttpRequest, proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
        if self.value() == ME:
            return proposals.filter(owner=cast(User, request.user))
        if self.value() == NOBODY:
            return proposals.filter(owner=None)
        return proposals.filter(owner__username=self.value()) if self.value() else proposals


class TopicFilter(DropdownFilter):  # type: ignore[misc]
    title = _("topic")
    parameter_name = "topic"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        topics = Topic.objects.filter(proposals__isnull=False).distinct()
        return sorted(((str(topic.pk), topic_name(topic)) for topic in topics), key=lambda one: one[1])

    def queryset(self, _request: HttpRequest, proposals: QuerySet[Proposal]) -> QuerySet[Proposal]:
        value = self.value() or ""
        return proposals.filter(topic__root=int(value)) if value.isdecimal() else proposals


def topic_name(topic: Topic) -> str:
    return topic.name_fr if (get_language() or "").startswith("fr") else topic.name_en
