import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from connectors.models import Device, RawSecurityAlert, RawTicket, RawTimeEntry
from kpis.decisions import decide
from kpis.models import Finding, FindingEvent
from tenants.context import tenant
from tests.admin.conftest import finding
from tests.factories import settings


@pytest.fixture
def found(sign_in) -> Finding:
    with tenant("north"):
        return Finding.objects.get()


def post(client, found, deed="decide", **sent):
    response = client.post(f"/admin/kpis/finding/{found.pk}/{deed}/", sent, follow=True)
    with tenant("north"):
        found.refresh_from_db()
    return response.content.decode()


def page_of(client, found) -> str:
    return client.get(f"/admin/kpis/finding/{found.pk}/change/").content.decode()


def events(**about):
    with tenant("north"):
        rows = FindingEvent.objects.filter(**about).order_by("id")
        return list(rows.values_list("kind", "username", "before", "after", "text"))


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_finding_is_not_dismissed_without_a_reason(sign_in, found, reason):
    text = post(sign_in("manager"), found, status="dismissed", reason=reason)
    assert "Say why this is dismissed" in text
    assert found.status == "open"


def test_a_dismissed_finding_keeps_reason_and_name(sign_in, found):
    post(sign_in("manager"), found, status="dismissed", reason="Planned migration")
    with tenant("north"):
        assert (found.status, found.status_reason, found.status_changed_by.username) == (
            "dismissed",
            "Planned migration",
            "manager",
        )
    text = sign_in("owner").get(f"/admin/kpis/finding/{found.pk}/change/").content.decode()
    assert "Planned migration" in text


@pytest.mark.parametrize("status", ["expired", "", "gone"])
def test_only_people_decisions_are_accepted(sign_in, found, status):
    with tenant("north"), pytest.raises(ValidationError):
        decide([found], status, "", User.objects.get(username="manager"))


def test_what_is_dismissed_leaves_the_dashboard(sign_in, found):
    client = sign_in("manager")
    assert "north-marker finding" in client.get("/admin/").content.decode()
    post(client, found, status="dismissed", reason="Known")
    assert "north-marker finding" not in client.get("/admin/").content.decode()


def test_every_deed_is_told_with_who_did_it(sign_in, found):
    client = sign_in("manager")
    post(client, found, status="acknowledged", reason="Calling them")
    post(client, found, "assign", to="owner")
    post(client, found, "comment", text="They are on holiday")
    post(client, found, "assign", to="")
    assert events() == [
        ("decided", "manager", "open", "acknowledged", "Calling them"),
        ("assigned", "manager", "", "owner", ""),
        ("commented", "manager", "", "", "They are on holiday"),
        ("assigned", "manager", "owner", "", ""),
    ]
    text = page_of(client, found)
    assert "They are on holiday" in text
    assert "owner → nobody" in text
    assert "Open → Acknowledged: Calling them" in text


def test_what_was_known_when_it_was_decided_is_kept(sign_in, found):
    with tenant("north"):
        Finding.objects.update(weight=7)
    post(sign_in("manager"), found, status="dismissed", reason="Planned")
    assert (found.decided_weight, found.decided_severity) == (7, "high")
    post(sign_in("manager"), found, status="open")
    assert (found.decided_weight, found.decided_severity) == (None, "")


@pytest.mark.parametrize("to", ["technician", "nobody-there"])
def test_it_is_assigned_only_to_who_may_see_it(sign_in, found, to):
    assert "Choose somebody who may see findings" in post(sign_in("owner"), found, "assign", to=to)
    assert found.assigned_to is None
    assert not events()


def test_an_empty_comment_is_none(sign_in, found):
    assert "Write something first" in post(sign_in("owner"), found, "comment", text="  ")
    assert not events()


@pytest.mark.parametrize("deed", ["decide", "assign", "comment"])
def test_technicians_do_none_of_it(sign_in, found, deed):
    client = sign_in("technician")
    sent = {"status": "dismissed", "reason": "No", "to": "owner", "text": "Hello"}
    assert client.post(f"/admin/kpis/finding/{found.pk}/{deed}/", sent).status_code == 403
    assert not events()


@pytest.fixture
def several(found) -> list[int]:
    """With one that was dismissed before."""
    with tenant("north"):
        others = [finding("second"), finding("third", status="dismissed", status_reason="Old")]
    return [found.pk, *(one.pk for one in others)]


def bulk(client, action, pks, **sent):
    sent |= {"action": action, "_selected_action": pks}
    return client.post("/admin/kpis/finding/", sent, follow=True).content.decode()


def statuses():
    with tenant("north"):
        return list(Finding.objects.order_by("id").values_list("status", flat=True))


def test_several_findings_are_decided_at_once_with_an_event_each(sign_in, several):
    text = bulk(sign_in("manager"), "acknowledge", several[:2])
    assert "2 findings decided" in text
    assert statuses() == ["acknowledged", "acknowledged", "dismissed"]
    assert [event[:4] for event in events()] == [("decided", "manager", "open", "acknowledged")] * 2


def test_all_of_them_or_none(sign_in, several):
    text = bulk(sign_in("manager"), "acknowledge", several)
    assert "“third” is not open" in text
    assert statuses() == ["open", "open", "dismissed"]
    assert not events()


def test_several_are_marked_as_done(sign_in, several):
    bulk(sign_in("manager"), "mark_as_done", several)
    assert statuses() == ["actioned"] * 3


def test_several_are_dismissed_with_one_reason_that_is_asked_for(sign_in, several):
    client = sign_in("manager")
    asked = bulk(client, "dismiss", several[:2])
    assert "Reason, for all of them" in asked
    assert statuses()[:2] == ["open", "open"]
    assert "Say why this is dismissed" in bulk(client, "dismiss", several[:2], reason=" ")
    bulk(client, "dismiss", several[:2], reason="Migration")
    assert [event[4] for event in events()] == ["Migration", "Migration"]


def test_several_are_assigned_and_each_finds_the_own_ones(sign_in, several):
    client = sign_in("manager")
    assert '<option value="owner"' in bulk(client, "hand_over", several[1:])
    assert "2 findings assigned" in bulk(client, "hand_over", several[1:], to="owner")
    mine = sign_in("owner").get("/admin/kpis/finding/?assigned=is:me").content.decode()
    assert "second" in mine
    assert "north-marker finding" not in mine
    left = client.get("/admin/kpis/finding/?assigned=is:nobody").content.decode()
    assert "north-marker finding" in left
    by_name = client.get("/admin/kpis/finding/?assigned=owner").context["cl"].result_count
    assert by_name == 2


@pytest.mark.parametrize(("kind", "before"), [("reopened", "dismissed"), ("returned", "expired")])
def test_the_page_says_why_it_is_open_again(sign_in, found, kind, before):
    post(sign_in("manager"), found, status="dismissed", reason="Planned migration")
    with tenant("north"):
        Finding.objects.update(status="open", weight=9, decided_weight=4)
        FindingEvent.objects.create(
            finding=found, kind=kind, happened_at="2026-03-02T10:00Z", before=before, after="open"
        )
    text = page_of(sign_in("owner"), found)
    assert "Why it is open again" in text
    if kind == "reopened":
        assert "by manager (Planned migration) at high (weight 4); now high (weight 9)" in text
    else:
        assert "It was over, and was found again." in text


def test_what_somebody_opened_again_needs_no_explanation(sign_in, found):
    client = sign_in("manager")
    post(client, found, status="dismissed", reason="Planned")
    assert "Why it is open again" not in post(client, found, status="open")


def test_evidence_is_told_in_tables_that_lead_to_the_rows(sign_in, found):
    with tenant("north"):
        ticket, entry, alert, device = (
            model.objects.earliest("id") for model in (RawTicket, RawTimeEntry, RawSecurityAlert, Device)
        )
        found.evidence = {
            "ticket_ids": [ticket.external_id, 987654],
            "entry_ids": [entry.external_id],
            "alert_ids": [alert.external_id],
            "device_ids": [device.pk],
            "minutes": 90.5,
            "since": "2026-03-02",
            "sell": None,
            "reasons": [{"reason": "EXPIRED", "name": "Agreement ended", "minutes": 60.0}],
            "drivers": {"segment": [{"key": "Printer", "name": "Printers", "tickets": 4}], "board": []},
            "measures": {"handling": {"ratio": 1.7}},
            "subjects": {"Outlook": 3},
            "links": {"a1": [77, "crm"]},
            "hosts": ["LT-1", "LT-2"],
        }
        found.save()
    text = page_of(sign_in("manager"), found)
    for row, page in ((ticket, "rawticket"), (entry, "rawtimeentry"), (alert, "rawsecurityalert")):
        assert f"/admin/connectors/{page}/{row.pk}/change/" in text
    assert f"/admin/connectors/device/{device.pk}/change/" in text
    assert f"external_id__in={ticket.external_id},987654" in text
    for words in ("90.50", "March 2, 2026", "Agreement ended", "Printers", "1.70", "Outlook", "77, crm"):
        assert words in text
    assert "ticket_ids" not in text
    several = sign_in("manager").get(f"/admin/connectors/rawticket/?external_id__in={ticket.external_id},1")
    assert several.context["cl"].result_count == 1


def test_where_technicians_see_only_themselves_nobody_sees_findings_about_them(sign_in, found):
    with tenant("north"):
        about = finding("about Ada", technician=11)
        settings(privacy_mode="own_only")
    client = sign_in("owner")
    assert "about Ada" not in client.get("/admin/kpis/finding/").content.decode()
    client.post(f"/admin/kpis/finding/{about.pk}/decide/", {"status": "actioned"})
    assert statuses() == ["open", "open"]
