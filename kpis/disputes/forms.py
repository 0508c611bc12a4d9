"""What technicians and managers say on the forms of a dispute."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from connectors.models import RawMember
from kpis.models import Dispute

LONGEST_WORDS = 2000
NOBODY = ""


def words(label: Any, *, required: bool) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=label, max_length=LONGEST_WORDS, required=required, widget=area)


class ObjectionForm(forms.Form):
    """Why a ticket should not count for the technician."""

    kind = forms.ChoiceField(
        label=_("What is wrong?"), choices=Dispute.Kind.choices, widget=forms.RadioSelect
    )
    words = words(_("In your words"), required=True)


class UpholdForm(forms.Form):
    credited_to = forms.ChoiceField(label=_("The ticket counts for"), required=False)
    words = words(_("Your answer to the technician"), required=False)

    def __init__(self, dispute: Dispute, data: Any = None) -> None:
        super().__init__(data, auto_id="uphold_%s")
        nobody = (NOBODY, _("No technician: leave it out"))
        self.fields["credited_to"].choices = [nobody, *colleagues(dispute)]  # type: ignore[attr-defined]

    @property
    def member(self) -> int | None:
        chosen = self.cleaned_data["credited_to"]
        return int(chosen) if chosen else None


class DeclineForm(forms.Form):
    words = words(_("Why the ticket counts as it does"), required=True)


class TakeBackForm(forms.Form):
    words = words(_("Why the decision was wrong"), required=True)


def colleagues(dispute: Dispute) -> list[tuple[str, str]]:
    """Everybody else whom the ticket could count for; the list of technicians names them in every privacy mode."""
    people = RawMember.objects.filter(source=dispute.source_id, is_automation=False, deleted_at=None)
    named = people.exclude(external_id=dispute.member_id).order_by("name", "external_id")
    return [(str(number), name) for number, name in named.values_list("external_id", "name")]
