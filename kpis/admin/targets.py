"""What the MSP wants to reach, on a page of its own: a value for each figure that has a good direction."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from config.access import Area, RoleAdmin
from config.empty import to_add
from config.words import shown
from kpis.cards import number
from kpis.models import Target


class TargetAdmin(RoleAdmin):
    area = Area.SETTINGS
    plural = _("targets")
    when_empty = to_add(
        _("A target colours a figure on the dashboard: green where it is met, red where it is missed."),
        _("Add a target"),
        "kpis_target",
    )
    list_display = ["title", "direction", "goal", "near"]
    list_display_links = ["title"]
    fields = ["figure", "value", "warn_at"]

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Only figures that have no target yet."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if "figure" in form.base_fields:
            taken = set(Target.objects.exclude(pk=obj.pk if obj else 0).values_list("figure", flat=True))
            field = form.base_fields["figure"]
            field.choices = [choice for choice in field.choices if choice[0] not in taken]
        return form

    @shown(_("Figure"), ordering="figure")
    def title(self, target: Target) -> str:
        return str(target.get_figure_display())

    @shown(_("What is good"))
    def direction(self, target: Target) -> Any:
        return _("Less is better") if target.is_less_better else _("More is better")

    @shown(_("Target"), ordering="value")
    def goal(self, target: Target) -> str:
        return number(target.value, 2)

    @shown(_("Near the target up to"))
    def near(self, target: Target) -> str:
        return "" if target.warn_at is None else number(target.warn_at, 2)
