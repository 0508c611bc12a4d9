"""The days that a change of an alert marks: its own moments, its history's, and those of the work on its ticket."""

from datetime import date

from connectors import alert_history, dirty
from connectors.models import DirtyDay, RawAlertEvent, RawSecurityAlert
from tenants.context import tenant
from tests import factories
from tests.factories import at


def marked() -> set[date | None]:
    return set(DirtyDay.objects.values_list("day", flat=True))


def changed(alert: RawSecurityAlert) -> None:
    dirty.mark_rows(RawSecurityAlert, alert.source_id, [alert.external_id], dirty.Reason.CHANGE)


def test_a_changed_alert_marks_its_reopenings_and_the_work_on_its_ticket(north):
    alert = factories.alert(resolved_at=at("2026-03-09 15:00"))
    factories.alert_event(alert, occurred="2026-03-05 15:00")
    ticket = factories.ticket("2026-03-03 15:00")
    factories.time_entry(ticket, "2026-03-07 15:00")
    factories.alert_link(ticket, alert.external_id)
    with tenant("south"):
        other = factories.alert(alert.external_id)
        factories.alert_event(other, occurred="2026-01-05 15:00")
    changed(alert)
    assert marked() == {date(2026, 3, day) for day in (2, 5, 7, 9)}
    with tenant("south"):
        assert marked() == set()


def test_what_was_only_seen_marks_its_day_when_the_vendor_tells_otherwise(north):
    alert = factories.alert(status="resolved", resolved_at=at("2026-03-09 15:00"))
    factories.alert_event(alert, "new", "resolved", "2026-03-09 15:00", provenance="seen")
    told = factories.alert_event(alert, "new", "resolved", "2026-03-04 15:00", provenance="told")
    alert_history.derive_from_events(alert.source_id, [told.external_id])
    assert list(RawAlertEvent.objects.values_list("provenance", flat=True)) == ["told"]
    assert date(2026, 3, 9) in marked()
