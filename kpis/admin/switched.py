"""Lists of built-in entries and an MSP's own: a built-in one is switched off and on again, an own one goes."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from config.access import May, RoleAdmin, may


class SwitchedAdmin(RoleAdmin):
    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """An entry is taken away and another one added: what counted then stays readable in the history."""
        return False

    def switched(
        self, request: HttpRequest, entry: dict[str, str], *, is_built_in: bool, praise: Any
    ) -> HttpResponse:
        """A row stands for what is not as built in, so taking it away is the way back."""
        if not may(request, May.CHANGE, self.area):
            raise PermissionDenied
        row = self.model.objects.filter(**entry).first()
        if row:
            self.log_deletions(request, self.model.objects.filter(pk=row.pk))
            row.delete()
        elif is_built_in:
            made = self.model.objects.create(**entry, is_on=False)
            self.log_addition(request, made, [{"added": {}}])
        else:
            raise Http404
        self.message_user(request, praise)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
