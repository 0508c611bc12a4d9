"""Topics on the tenant's pages: how they stand, and decisions about them, each after a look at what it changes."""

from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, Field, FloatField, IntegerField, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from config.access import Area, May, RoleAdmin, may
from config.empty import after_sync
from config.words import shown
from insights.admin.topic_deeds import DEEDS, Deed
from insights.admin.topic_story import story
from insights.models import Topic
from insights.topics.effects import Effect
from insights.topics.parts import parts_of
from insights.topics.standing import standings
from kpis.cards import number

Status = Topic.Status
COLOURS = {
    Status.CANDIDATE: "warning",
    Status.ACTIVE: "success",
    Status.MERGED: "info",
    Status.RETIRED: "info",
}


class TopicAdmin(RoleAdmin):
    area = Area.TOPICS
    plural = _("topics")
    when_empty = after_sync(
        _(
            "Recurring problems are learned from your tickets after the first sync, once there are enough of them."
        )
    )
    list_display = ["name", "state", "tickets_lately", "hours_lately", "own_share", "origin"]
    list_filter = ["status", "named_by"]
    list_filter_submit = True
    search_fields = ["name_en", "name_fr"]
    change_form_outer_after_template = "insights/topic_story.html"
    fieldsets = [
        (None, {"fields": ["name_en", "name_fr", "state", "origin", "criteria", "words"]}),
        (_("The last 30 days"), {"fields": ["tickets_lately", "hours_lately", "own_share"]}),
    ]

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """Every change is shown before it is made, on pages of its own."""
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, May.CHANGE, self.area)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        """Not the usual one, which would sort before it has what it is sorted by."""
        counted = standings(timezone.now())
        return Topic.objects.defer("prototype").annotate(
            tickets=_by_topic({topic: each.tickets for topic, each in counted.items()}, IntegerField()),
            minutes=_by_topic({topic: each.minutes for topic, each in counted.items()}, FloatField()),
            shown=_by_topic({topic: each.shown for topic, each in counted.items()}, IntegerField()),
        )

    def get_ordering(self, request: HttpRequest) -> list[str]:
        return ["-tickets", "id"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.deed_view)
        return [path("<int:pk>/decide/<slug:deed>/", view, name="topic_deed"), *super().get_urls()]

    def story_of(self, request: HttpRequest, topic: Topic) -> dict[str, Any]:
        possible = {name for name, deed in DEEDS.items() if topic.status in deed.allowed}
        return story(topic, timezone.now()) | {
            "possible": possible if self.has_decide_permission(request) else set()
        }

    def deed_view(self, request: HttpRequest, pk: int, deed: str) -> HttpResponse:
        if not self.has_decide_permission(request):
            raise PermissionDenied
        topic, chosen = Topic.objects.filter(pk=pk).first(), DEEDS.get(deed)
        if topic is None or chosen is None:
            raise Http404
        try:
            return self._answer(request, topic, chosen, timezone.now())
        except ValidationError as error:
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return redirect("admin:insights_topic_change", topic.pk)

    def _answer(self, request: HttpRequest, topic: Topic, deed: Deed, now: datetime) -> HttpResponse:
        if request.method == "POST":
            deed.do(topic, request.POST.dict(), cast(User, request.user), now)
            self.message_user(request, _("Done. The figures that it concerns follow within minutes."))
            return redirect("admin:insights_topic_change", topic.pk)
        if "part" in deed.needs and "part" not in request.GET:
            return self._page(request, "insights/topic_parts.html", topic, deed, parts=parts_of(topic, now))
        choice = {name: request.GET.get(name, "") for name in deed.needs}
        effect = deed.effect(topic, choice, now)
        return self._page(
            request, "insights/topic_deed.html", topic, deed, choice=choice, **_told(choice, effect)
        )

    def _page(
        self, request: HttpRequest, template: str, topic: Topic, deed: Deed, **more: Any
    ) -> HttpResponse:
        told = {"title": deed.title, "topic": topic, "deed": deed, "opts": self.opts, "plural": self.plural}
        return TemplateResponse(request, template, self.admin_site.each_context(request) | told | more)

    @shown(_("Topic"), ordering="name_en")
    def name(self, topic: Topic) -> str:
        return topic.name_fr if (get_language() or "").startswith("fr") else topic.name_en

    @shown(_("Status"), ordering="status", label=COLOURS)
    def state(self, topic: Topic) -> tuple[str, str]:
        return topic.status, topic.get_status_display()

    @shown(_("Named by"), ordering="named_by")
    def origin(self, topic: Topic) -> str:
        return topic.get_named_by_display()

    @shown(_("Typical words"))
    def words(self, topic: Topic) -> str:
        return ", ".join(str(term).replace("#", "") for term in topic.terms)

    @shown(_("Tickets in 30 days"), ordering="tickets")
    def tickets_lately(self, topic: Any) -> int:
        return int(topic.tickets)

    @shown(_("Hours in 30 days"), ordering="minutes")
    def hours_lately(self, topic: Any) -> str:
        return number(topic.minutes / 60, 1)

    @shown(_("Clearly its own"))
    def own_share(self, topic: Any) -> str:
        """Of the tickets shown with it, those that are counted."""
        return f"{number(100 * topic.tickets / topic.shown)} %" if topic.shown else ""


def _by_topic(values: dict[int, float], field: "Field[Any, Any]") -> Case:
    """What one query counted of all topics, as a column that can be sorted by."""
    cases = [When(pk=topic, then=Value(value)) for topic, value in values.items()]
    return Case(*cases, default=Value(0), output_field=field)


def _told(choice: dict[str, str], effect: Effect) -> dict[str, Any]:
    into = choice.get("into", "")
    other = Topic.objects.filter(pk=int(into)).first() if into.isdecimal() else None
    return {"effect": effect, "other": other, "hours": number(effect.hours, 1)}
