"""What each sync did, and which records it could not use and why."""

from django.utils.translation import gettext_lazy as _

from config.access import Area, RoleAdmin
from config.empty import WhenEmpty, after_sync
from config.sites import tenant_site
from config.words import shown
from connectors.models import SkippedRecord, SyncRun

RUN_COLOURS = {
    SyncRun.Status.OK: "success",
    SyncRun.Status.RUNNING: "info",
    SyncRun.Status.STOPPED: "danger",
    SyncRun.Status.INTERRUPTED: "warning",
}


class SyncRunAdmin(RoleAdmin):
    area = Area.SYNC
    plural = _("sync runs")
    when_empty = after_sync(
        _("Every sync leaves a line for each list that it reads. There has been none yet.")
    )
    list_display = [
        "started_at",
        "connection",
        "stream",
        "mode",
        "state",
        "took",
        "rows_seen",
        "rows_new",
        "rows_changed",
        "rows_deleted",
        "rows_skipped",
    ]
    list_filter = ["connection", "status", "mode", "stream"]
    list_select_related = ["connection"]

    @shown(_("State"), ordering="status", label=RUN_COLOURS)
    def state(self, run: SyncRun) -> tuple[str, str]:
        return run.status, run.get_status_display()

    @shown(_("Took"))
    def took(self, run: SyncRun) -> str:
        if run.finished_at is None:
            return ""
        return str(run.finished_at - run.started_at).partition(".")[0]


class SkippedRecordAdmin(RoleAdmin):
    area = Area.SYNC
    plural = _("skipped records")
    when_empty = WhenEmpty(
        _(
            "Records that could not be used are kept here with the reason. There is none, which is as it should be."
        ),
        _("To the sync runs"),
        "connectors_syncrun_changelist",
    )
    tells_who = frozenset({"payload"})  # as the vendor sent it, with whoever worked on it
    list_display = ["seen_at", "connection", "stream", "external_id", "reason"]
    list_filter = ["connection", "stream"]
    list_select_related = ["connection"]
    search_fields = ["external_id", "reason"]


tenant_site.register(SyncRun, SyncRunAdmin)
tenant_site.register(SkippedRecord, SkippedRecordAdmin)
